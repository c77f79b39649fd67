/*
 * exim-queue.h - where Exim's queue is, for the commands that read it
 *
 * Not here: the rights to read it (exim/rights.h), reading it (exim/queue.h)
 */
#ifndef CLI_EXIM_QUEUE_H
#define CLI_EXIM_QUEUE_H

#include "cli/complaint.h"
#include "exim/queue.h"

struct exim_queue {
	const char *program;             /* Exim, from --exim; NULL: the installed one */
	const char *spool;               /* Exim's spool, from --exim-spool; NULL: Exim is asked */
	char path[QUEUE_NAME_BYTES * 4]; /* what Exim said */
};

/* Fills in `spool`, and `program` if Exim was asked. 0, or -1 with a complaint. */
int exim_queue_locate(struct exim_queue *q, struct complaint *c);

#endif
