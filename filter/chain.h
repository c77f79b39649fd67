/*
 * chain.h - the command after the filter: the transport filter that was there before
 *
 * The command reads the message on its standard input, from a pipe, and writes to the filter's own
 * standard output. Its descriptor 2 is the filter's, which is /dev/null: under Exim the old one is
 * the message. It starts with the first byte of the message. A message that is refused before that
 * byte does not start it. If the filter ends first, the command is killed.
 *
 * Owns:     the pipe and the process, from chain_start() to chain_end().
 * Not here: which messages pass through it (all that the filter gets), and for how long we wait
 *           (the filter's alarm)
 */
#ifndef FILTER_CHAIN_H
#define FILTER_CHAIN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "filter/refusal.h"

struct chain {
	const char *name; /* of the command */
	pid_t pid;
	int process; /* its pidfd */
	int in;      /* what it reads, to write to; -1: closed */
	int unread;  /* the same pipe, to see whether it was read to its end */
};

/*
 * Prepares `command`, which ends in NULL and stands in PATH or is a path. Must be called before
 * the sandbox closes. 0, or -1 with REFUSED_LATER or REFUSED_IO.
 */
int chain_start(struct chain *c, char *const command[], struct refusal *why);

/* A sink_function. -EPIPE when the command has ended. */
int chain_write(void *chain, const uint8_t *p, size_t len);

/*
 * The message is whole, or was cut off: ends the command's input and waits for its end. 0 when it
 * read everything and ended with 0; else -1 with REFUSED_COMMAND.
 */
int chain_end(struct chain *c, struct refusal *why);

#endif
