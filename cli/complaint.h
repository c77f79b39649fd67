/*
 * complaint.h - what went wrong, as a sentence and an exit code
 *
 * Lower case, what failed first, the object quoted, the reason last. Whoever
 * notices fills it in; only a program's main part shows it.
 */
#ifndef CLI_COMPLAINT_H
#define CLI_COMPLAINT_H

#include "cli/limits.h"
#include "spool/spool.h"

struct complaint {
	int code; /* sysexits.h */
	char text[COMPLAINT_MAX];
};

/* Fills it in and returns -1. Control characters in what it quotes become '?'. */
int complain(struct complaint *c, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * The same for a failure of the spool: `doing` is what was wanted, such as
 * "cannot store 'a.pdf'". `spool` is its path, for failures with a cure to name.
 */
int complain_spool(struct complaint *c, const char *spool, const struct spool_fail *why,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* errno's text in lower case. */
const char *reason(int error);

/* Writes "mailgraft COMMAND: text" to stderr and returns the exit code. */
int complain_aloud(const char *command, const struct complaint *c);

#endif
