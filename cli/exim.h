/*
 * exim.h - what the installed Exim says about itself
 *
 * Owns:    the process, until it has ended; what it said belongs to the caller
 * Errors:  -1 with *c filled in
 * Not here: what the answers mean (check-exim.h), the queue's files (queue.h)
 */
#ifndef CLI_EXIM_H
#define CLI_EXIM_H

#include <stddef.h>
#include <sys/types.h>

#include "cli/complaint.h"

/* Where Exim is: `option`, where given, else Debian's or the usual place. NULL: nowhere, *c says
 * so. */
const char *exim_program(const char *option, struct complaint *c);

/*
 * Runs Exim with these arguments (NULL last, without its name) and an empty
 * environment. Its standard output and error go to *said_r, NUL-terminated, to
 * be freed. Returns its exit code, or -1 where it could not be run or asked for
 * more than EXIM_SAID_MAX.
 */
int exim_ask(const char *program, const char *const *arguments, char **said_r, struct complaint *c);

/*
 * Exim's spool directory: `option`, where given, else what Exim says. Writes it
 * to `path`. 0 or -1.
 */
int exim_spool(
    const char *program, const char *option, char *path, size_t cap, struct complaint *c);

/*
 * As root: for good the user and group that own Exim's spool directory, with one
 * more group where `more` is not NULL, since what the queue holds is hostile text.
 * As anybody else: nothing.
 */
int exim_become(const char *directory, const gid_t *more, struct complaint *c);

#endif
