/*
 * scanner.c - runs a virus scanner over a file's content
 */
#include "cli/scanner.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

extern char **environ;

static int
start(const char *command, const char *content, pid_t *child_r)
{
	char shell[] = "sh", option[] = "-c";
	/* posix_spawn's type allows it to change the strings, but it does not. */
	union {
		const char *in;
		char *out;
	} text = {command};
	char *argv[] = {shell, option, text.out, NULL};
	posix_spawn_file_actions_t actions;
	int error = posix_spawn_file_actions_init(&actions);

	if (error != 0) {
		return error;
	}
	error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, content, O_RDONLY, 0);
	if (error == 0) {
		error = posix_spawn_file_actions_addopen(
		    &actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	}
	if (error == 0) {
		error = posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
	}
	if (error == 0) {
		error = posix_spawn(child_r, "/bin/sh", &actions, NULL, argv, environ);
	}
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

int
scanner_run(const char *command, int content, const char *file, struct complaint *c)
{
	char path[64];
	pid_t child = -1;
	int error, status = 0;

	/* Opened again, since our descriptor can write and has our position. The child finds it
	 * under its parent's number. */
	snprintf(path, sizeof(path), "/proc/%ld/fd/%d", (long)getpid(), content);
	error = start(command, path, &child);
	if (error != 0) {
		return complain(c, EX_TEMPFAIL,
		    "cannot store '%.200s': the scanner does not start: %s", file, reason(error));
	}
	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR) {
			return complain(c, EX_OSERR,
			    "cannot store '%.200s': waiting for the scanner: %s", file,
			    reason(errno));
		}
	}
	if (WIFSIGNALED(status)) {
		return complain(c, EX_TEMPFAIL,
		    "cannot store '%.200s': the scanner was killed by signal %d", file,
		    WTERMSIG(status));
	}
	if (WEXITSTATUS(status) == 126 || WEXITSTATUS(status) == 127) {
		return complain(
		    c, EX_TEMPFAIL, "cannot store '%.200s': the scanner does not start", file);
	}
	return WEXITSTATUS(status) == 0
	    ? 0
	    : complain(c, EX_DATAERR, "refused '%.200s': the scanner says %d", file,
	          WEXITSTATUS(status));
}
