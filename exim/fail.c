/*
 * fail.c - see fail.h
 */
#include "exim/fail.h"

#include <stdio.h>

int
exim_fail(struct exim_fail *why, enum exim_failure failure, int error, const char *object,
    const char *detail)
{
	why->failure = failure;
	why->error = error;
	snprintf(why->object, sizeof(why->object), "%s", object == NULL ? "" : object);
	snprintf(why->detail, sizeof(why->detail), "%s", detail == NULL ? "" : detail);
	return -1;
}
