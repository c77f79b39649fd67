/*
 * command-output.h - runs another program and gives what it printed
 *
 * The program is looked for in PATH, then in /usr/sbin. Its input is empty.
 *
 * Returns: its exit status (128 and more: killed by a signal), or -errno when it cannot be run
 * Not here: understanding the output
 */
#ifndef POLICY_COMMAND_OUTPUT_H
#define POLICY_COMMAND_OUTPUT_H

/*
 * *out is the standard output, NUL-terminated and cut at COMMAND_OUTPUT_MAX; the caller frees it.
 * *complaint is the last line on standard error, likewise. Both are NULL on -errno.
 */
int command_output(const char *const *argv, char **out, char **complaint);

#endif
