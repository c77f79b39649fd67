/*
 * ask.h - asks Postfix's own commands about its configuration: postconf, postmap
 *
 * Errors:   -errno: the command could not be run, or said more than POSTFIX_SAID_MAX
 * Not here: what the answers mean (rules.h)
 */
#ifndef POSTFIX_ASK_H
#define POSTFIX_ASK_H

#include "postfix/limits.h"

/* Which Postfix: the folder of its commands and its configuration directory. NULL: the usual ones.
 */
struct postfix_place_names {
	const char *commands;      /* "/usr/sbin" */
	const char *configuration; /* "/etc/postfix" */
};

/*
 * Runs `command` with "-c CONFIGURATION" and these arguments (NULL last, at most
 * POSTFIX_ARGUMENTS_MAX). Standard output goes to *said_r, NUL-terminated; the caller frees it.
 * Returns the exit code. `trouble`: the first line of standard error, NUL-terminated; empty: none.
 */
int postfix_ask(const struct postfix_place_names *where, const char *command,
    const char *const *arguments, char **said_r, char trouble[POSTFIX_OBJECT_MAX]);

#endif
