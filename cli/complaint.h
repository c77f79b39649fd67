/*
 * complaint.h - what went wrong, as a sentence and an exit code
 *
 * Sentences are lower case: what failed first, the object quoted, the reason
 * last. The function that notices a failure fills in the struct; only a
 * program's main part shows it.
 *
 * Not here: sentences about the spool (complain-spool.h) and Exim (complain-exim.h)
 */
#ifndef CLI_COMPLAINT_H
#define CLI_COMPLAINT_H

#include "cli/limits.h"

struct complaint {
	int code; /* sysexits.h */
	char text[COMPLAINT_MAX];
};

/* Fills it in and returns -1. Control characters in what it quotes become '?'. */
int complain(struct complaint *c, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* errno's text in lower case; valid until the thread's next call. */
const char *reason(int error);

/* Writes "mailgraft COMMAND: text" to stderr and returns the exit code. */
int complain_aloud(const char *command, const struct complaint *c);

#endif
