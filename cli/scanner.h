/*
 * scanner.h - `put --exec`: a command that says whether a file may be stored
 */
#ifndef CLI_SCANNER_H
#define CLI_SCANNER_H

#include "cli/complaint.h"

/*
 * Runs `command` by the shell with the content on standard input, read-only and
 * from its start. Exit 0: it may be stored. Anything else, or no start: -1,
 * with *c filled in. Its output is thrown away.
 */
int scanner_run(const char *command, int content, const char *file, struct complaint *c);

#endif
