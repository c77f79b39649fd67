/*
 * program.h - runs the installed Exim to ask it something
 *
 * Owns:    the process, until it has ended; what it said belongs to the caller
 * Errors:  -1 with *why filled in
 * Not here: what the answers mean (config.h, rules.h), the queue's files (queue.h)
 */
#ifndef EXIM_PROGRAM_H
#define EXIM_PROGRAM_H

#include <stddef.h>

#include "exim/fail.h"

/* Where Exim is: `option` if not NULL, else the first of the usual places that exists. NULL: in
 * none, and *why says so. */
const char *exim_program(const char *option, struct exim_fail *why);

/*
 * Runs Exim with these arguments (NULL last, without its name, at most
 * EXIM_ARGUMENTS_MAX) and an empty environment. What it writes to standard output and error goes to
 * *said_r, NUL-terminated; the caller frees it. Returns its exit code, or -1 where it could not be
 * run or said more than EXIM_SAID_MAX.
 */
int exim_ask(
    const char *program, const char *const *arguments, char **said_r, struct exim_fail *why);

/* Asks Exim for its spool directory and writes it to `path`. */
int exim_spool(const char *program, char *path, size_t cap, struct exim_fail *why);

#endif
