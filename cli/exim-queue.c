/*
 * exim-queue.c - see exim-queue.h
 */
#include "cli/exim-queue.h"

#include "cli/complain-exim.h"
#include "exim/program.h"

int
exim_queue_locate(struct exim_queue *q, struct complaint *c)
{
	struct exim_fail why;

	if (q->spool != NULL) {
		return 0;
	}
	q->program = exim_program(q->program, &why);
	if (q->program == NULL || exim_spool(q->program, q->path, sizeof(q->path), &why) < 0) {
		return complain_exim(c, &why);
	}
	q->spool = q->path;
	return 0;
}
