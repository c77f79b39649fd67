/*
 * complain-spool.h - sentences about the spool, with the cure if there is one
 */
#ifndef CLI_COMPLAIN_SPOOL_H
#define CLI_COMPLAIN_SPOOL_H

#include "cli/complaint.h"
#include "spool/fail.h"
#include "spool/spool.h"

/*
 * Fills *c in from *why and returns -1. `spool` is the spool's path; the format says what we tried
 * to do, such as "cannot store 'a.pdf'".
 */
int complain_spool(struct complaint *c, const char *spool, const struct spool_fail *why,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Notes on stderr where the open spool is another than was made at its path. */
void note_another_spool(const char *command, const char *path, const struct spool *spool);

/* Says on stderr that this system does not allow openat2, where it does not. */
void note_no_openat2(const char *command, const struct spool *spool);

#endif
