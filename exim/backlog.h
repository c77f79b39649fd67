/*
 * backlog.h - what waits in Exim's queues for its attachments, and how large it will be
 *
 * Every message that asks for attachments and that somebody has not got yet. Changes nothing.
 *
 * Not here: why a message cannot be grafted (stuck.h)
 */
#ifndef EXIM_BACKLOG_H
#define EXIM_BACKLOG_H

#include <stdint.h>

#include "exim/queue.h"
#include "spool/id-set.h"

/* All of it is valid during the call only. */
struct backlog_row {
	const char *queue, *id;
	int64_t received;    /* seconds since 1970; 0: unknown */
	uint64_t recipients; /* who have not got it */
	uint64_t refused;    /* of these, for whom it cannot be grafted now */
	uint64_t queued;     /* bytes in the queue */
	uint64_t grafted;    /* bytes that will leave, for all recipients together */
};

struct backlog {
	const char *exim_spool; /* Exim's directory */
	const char *spool;      /* ours */
	int64_t now;
	const struct id_set *wanted; /* only messages that may need one of these; NULL: all */
	void (*step)(void *arg);     /* before each message */
	void (*found)(void *arg, const struct backlog_row *row);
	void *arg;
	uint64_t unreadable; /* out: messages that cannot be read */
};

/* -1 where a queue cannot be read. */
int backlog_find(struct backlog *b, struct queue_fail *why);

#endif
