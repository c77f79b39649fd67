/*
 * hold.h - a message, kept so that it can be read more than once
 *
 * First its header, which says whether it opts in. Then, where it does, the rest: up to
 * HOLD_MEMORY in a fixed buffer, more in a file that the prover gives (the spill). A regular file
 * and bytes in memory are read where they are.
 *
 * Owns:    the spill's descriptor; not the input
 * Errors:  0 or -1 with *why filled in
 */
#ifndef FILTER_HOLD_H
#define FILTER_HOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "filter/limits.h"
#include "filter/refusal.h"

struct prover;

struct hold {
	const char *name;      /* of the input, for error sentences */
	int in;                /* the input; -1: it is in memory */
	const uint8_t *memory; /* the input's bytes, where it is in memory */
	int spill;             /* -1: there is none */
	bool seekable;         /* the input is a regular file, from `base` on */
	off_t base;
	bool eof;
	bool held;           /* all of it */
	const uint8_t *head; /* the first bytes of the message, and how many there are */
	size_t head_len;
	/* of the header with its empty line; all there is, where there is none */
	size_t header_len;
	uint64_t size; /* of the whole, once it is held */
	uint8_t chunk[HOLD_CHUNK];
	uint8_t buf[HOLD_HEADER + HOLD_CHUNK];
};

/* Each starts a message; `name` stays the caller's. Touches only what it must of a megabyte. */
void hold_begin(struct hold *h, int in, const char *name);
void hold_begin_memory(struct hold *h, const void *message, size_t len, const char *name);
void hold_end(struct hold *h);

/* Reads until the header is whole. REFUSED_EMPTY, REFUSED_HEADER_TOO_LARGE, REFUSED_IO. */
int hold_header(struct hold *h, struct refusal *why);

/* Reads the rest. REFUSED_TOO_LARGE, REFUSED_IO, or what the prover says. After a failure the
 * message cannot be held any more. */
int hold_rest(struct hold *h, const struct prover *prover, struct refusal *why);

/* What comes next on the input, which may be a descriptor that does not block: bytes read, 0 at the
 * end, or -1. Not where the input is in memory. */
ssize_t hold_input(struct hold *h, void *p, size_t len, struct refusal *why);

/*
 * The held message from offset `at`: sets *p and returns how many bytes stand
 * there, 0 at the end, or -1. They stay until the next call.
 */
ssize_t hold_read(struct hold *h, uint64_t at, const uint8_t **p, struct refusal *why);

#endif
