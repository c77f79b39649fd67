/*
 * ask.c - see ask.h
 */
#include "postfix/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

extern char **environ;

/* Starts it with its output in a pipe. The pipe's end to read from, or -errno. */
static int
start(const char *program, char **argv, int err, pid_t *pid_r)
{
	posix_spawn_file_actions_t actions;
	int ends[2], error;

	if (pipe2(ends, O_CLOEXEC) < 0) {
		return -errno;
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
	posix_spawn_file_actions_adddup2(&actions, err, 2);
	error = posix_spawn(pid_r, program, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	if (error != 0) {
		close(ends[0]);
		return -error;
	}
	return ends[0];
}

/* All that is said. -errno. */
static int
listen_to(int fd, char **said_r)
{
	char *said = malloc(POSTFIX_SAID_MAX + 1);
	size_t len = 0;
	ssize_t n;

	if (said == NULL) {
		return -ENOMEM;
	}
	do {
		n = read(fd, said + len, POSTFIX_SAID_MAX - len);
		len += n > 0 ? (size_t)n : 0;
	} while ((n > 0 && len < POSTFIX_SAID_MAX) || (n < 0 && errno == EINTR));
	if (n != 0) {
		int error = n < 0 ? errno : EMSGSIZE;

		free(said);
		return -error;
	}
	said[len] = '\0';
	*said_r = said;
	return 0;
}

/* The first line of what went to standard error. */
static void
read_trouble(int err, char trouble[POSTFIX_OBJECT_MAX])
{
	ssize_t n = pread(err, trouble, POSTFIX_OBJECT_MAX - 1, 0);

	trouble[n > 0 ? n : 0] = '\0';
	trouble[strcspn(trouble, "\n")] = '\0';
}

int
postfix_ask(const struct postfix_place_names *where, const char *command,
    const char *const *arguments, char **said_r, char trouble[POSTFIX_OBJECT_MAX])
{
	char program[POSTFIX_PATH_MAX], *argv[POSTFIX_ARGUMENTS_MAX + 4];
	int err = memfd_create("stderr", MFD_CLOEXEC), fd, status = 0, ret;
	pid_t pid = -1;
	size_t n = 0;

	*said_r = NULL;
	trouble[0] = '\0';
	if (err < 0) {
		return -errno;
	}
	snprintf(program, sizeof(program), "%s/%s",
	    where->commands != NULL ? where->commands : "/usr/sbin", command);
	argv[n++] = program;
	if (where->configuration != NULL) {
		static char option[] = "-c";

		argv[n++] = option;
		argv[n++] = (char *)(size_t)where->configuration;
	}
	for (size_t i = 0; i < POSTFIX_ARGUMENTS_MAX && arguments[i] != NULL; i++) {
		argv[n++] = (char *)(size_t)arguments[i];
	}
	argv[n] = NULL;
	fd = start(program, argv, err, &pid);
	if (fd < 0) {
		close(err);
		return fd;
	}
	ret = listen_to(fd, said_r);
	close(fd);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
	}
	read_trouble(err, trouble);
	close(err);
	if (ret < 0) {
		return ret;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : EX_SOFTWARE;
}
