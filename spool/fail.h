/*
 * fail.h - how the spool tells that the system failed it
 *
 * A function that can fail so returns -errno and fills this in at the failing
 * call: which call, on which object. Nothing is allocated and nothing is
 * logged; the program that asked makes the sentence.
 */
#ifndef SPOOL_FAIL_H
#define SPOOL_FAIL_H

#include "spool/limits.h"

struct spool_fail {
	/* static text: "openat2", "read", "fsync", or what was checked: "owner", "mode" */
	const char *call;
	int error; /* errno, positive */
	/* path beneath the spool or the file's name, cut to fit, NUL-terminated */
	char object[SPOOL_OBJECT_MAX];
};

/* Fills *why (which may be NULL) and returns -error. `object` may be NULL. */
int spool_fail(struct spool_fail *why, const char *call, const char *object, int error);

#endif
