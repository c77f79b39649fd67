/*
 * stuck.h - which queued messages cannot be grafted, and why
 *
 * Plans every message of Exim's queues that asks for attachments, for each
 * recipient who has not got it yet, as the filter will. Changes nothing.
 *
 * Not here: when Exim tries again, or whether the receiver will take it
 */
#ifndef EXIM_STUCK_H
#define EXIM_STUCK_H

#include <stdint.h>

#include "exim/queue.h"

/* All of it is valid during the call only. */
struct stuck_row {
	const char *queue, *id;
	int64_t received;      /* seconds since 1970; 0: unknown */
	struct span recipient; /* empty where the message itself cannot be read */
	int exit;              /* what the filter would exit with */
	bool lasting;          /* no retry can mend it: Exim will return the message */
	const char *word;      /* its reason in one word, or "unreadable" */
	const char *reason;    /* and as a sentence, which `error` ends where it is not 0 */
	int error;             /* errno */
};

typedef void stuck_report(void *arg, const struct stuck_row *row);
/* Before each message is judged. */
typedef void stuck_step(void *arg);

/*
 * Judges every queue beneath Exim's spool directory `exim_spool` by the spool
 * `spool` and the time `now`. -1 where a queue cannot be read.
 */
int stuck_find(const char *exim_spool, const char *spool, int64_t now, stuck_report *report,
    stuck_step *step, void *arg, struct queue_fail *why);

#endif
