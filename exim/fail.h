/*
 * fail.h - why Exim could not be asked, or its queue not be read
 *
 * A function that can fail so returns -1 and fills this in. The program that
 * asked makes the sentence (cli/complain-exim.h).
 */
#ifndef EXIM_FAIL_H
#define EXIM_FAIL_H

#include "exim/limits.h"

enum exim_failure {
	EXIM_IS_NOWHERE,         /* in none of the usual places */
	EXIM_CANNOT_RUN,         /* object: the program; error */
	EXIM_CANNOT_HEAR,        /* object: the program and its first argument; error */
	EXIM_NO_SPOOL_NAMED,     /* object: the program; detail: what it said instead */
	EXIM_ANSWER_FAILED,      /* object: the program and its arguments; detail: what it said */
	EXIM_REFUSES_CONFIG,     /* detail: what it said, at most two lines */
	EXIM_CANNOT_READ_QUEUE,  /* object: the directory; error */
	EXIM_CANNOT_READ_MAIL,   /* object: the message's id; detail: what failed; error or 0 */
	EXIM_CANNOT_BECOME,      /* the owner of Exim's queue; error */
	EXIM_CANNOT_START_CHILD, /* the process that reads the queue; error */
	EXIM_CHILD_BROKE_OFF,    /* the process that reads the queue */
	EXIM_NO_MEMORY,
};

struct exim_fail {
	enum exim_failure failure;
	int error; /* errno; 0: none */
	char object[EXIM_OBJECT_BYTES], detail[EXIM_DETAIL_BYTES];
};

/* Fills *why in and returns -1. Both texts may be NULL, and are cut to fit. */
int exim_fail(struct exim_fail *why, enum exim_failure failure, int error, const char *object,
    const char *detail);

#endif
