/*
 * program.c - see program.h
 */
#include "exim/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

const char *
exim_program(const char *option, struct exim_fail *why)
{
	static const char *const places[] = {
	    "/usr/sbin/exim4",
	    "/usr/sbin/exim",
	    "/usr/exim/bin/exim",
	    "/usr/local/sbin/exim",
	};

	if (option != NULL) {
		return option;
	}
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (access(places[i], X_OK) == 0) {
			return places[i];
		}
	}
	exim_fail(why, EXIM_IS_NOWHERE, 0, NULL, NULL);
	return NULL;
}

/* Starts it with its output in a pipe. The pipe's end to read from, or -errno. */
static int
start(const char *program, const char *const *arguments, pid_t *pid_r)
{
	char *argv[EXIM_ARGUMENTS_MAX + 2], *environment[] = {NULL};
	posix_spawn_file_actions_t actions;
	int ends[2], error;
	size_t n = 0;

	argv[n++] = (char *)(size_t)program;
	for (size_t i = 0; i < EXIM_ARGUMENTS_MAX && arguments[i] != NULL; i++) {
		argv[n++] = (char *)(size_t)arguments[i];
	}
	argv[n] = NULL;
	if (pipe2(ends, O_CLOEXEC) < 0) {
		return -errno;
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
	posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
	error = posix_spawn(pid_r, program, &actions, NULL, argv, environment);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	if (error != 0) {
		close(ends[0]);
		return -error;
	}
	return ends[0];
}

/* All that is said, up to the limit and for as long as is patient. -1 with errno. */
static int
listen_to(int fd, char **said_r)
{
	size_t len = 0, room = 0;
	char *said = NULL;
	ssize_t n = -1;

	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};

		if (room - len < EXIM_CHUNK + 1) {
			size_t larger = room + (size_t)2 * EXIM_CHUNK;
			char *more = len > EXIM_SAID_MAX ? NULL : realloc(said, larger);

			if (more == NULL) {
				errno = ENOMEM;
				break;
			}
			said = more;
			room = larger;
		}
		if (poll(&p, 1, EXIM_SILENCE_MS) == 0) {
			errno = ETIMEDOUT;
			break;
		}
		n = read(fd, said + len, EXIM_CHUNK);
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			break;
		}
		len += (size_t)n;
		n = -1;
	}
	if (n != 0) {
		free(said);
		return -1;
	}
	said[len] = '\0';
	*said_r = said;
	return 0;
}

int
exim_ask(const char *program, const char *const *arguments, char **said_r, struct exim_fail *why)
{
	char command[EXIM_OBJECT_BYTES];
	int fd, status = 0, heard, saved;
	pid_t pid = -1;

	*said_r = NULL;
	fd = start(program, arguments, &pid);
	if (fd < 0) {
		return exim_fail(why, EXIM_CANNOT_RUN, -fd, program, NULL);
	}
	heard = listen_to(fd, said_r);
	saved = errno;
	close(fd);
	if (heard < 0) {
		kill(pid, SIGKILL);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
	}
	if (heard < 0) {
		snprintf(command, sizeof(command), "%s %s", program, arguments[0]);
		return exim_fail(why, EXIM_CANNOT_HEAR, saved, command, NULL);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : EX_SOFTWARE;
}

int
exim_spool(const char *program, char *path, size_t cap, struct exim_fail *why)
{
	static const char *const arguments[] = {"-bP", "spool_directory", NULL};
	static const char name[] = "spool_directory = ";
	const char *at, *end;
	char *said = NULL;
	int ret = -1, code;

	code = exim_ask(program, arguments, &said, why);
	if (code < 0) {
		goto out;
	}
	at = said == NULL ? NULL : strstr(said, name);
	end = at == NULL ? NULL : strchr(at, '\n');
	if (code != 0 || end == NULL || (size_t)(end - at) - (sizeof(name) - 1) >= cap) {
		exim_fail(why, EXIM_NO_SPOOL_NAMED, 0, program, said);
		goto out;
	}
	at += sizeof(name) - 1;
	memcpy(path, at, (size_t)(end - at));
	path[end - at] = '\0';
	ret = 0;
out:
	free(said);
	return ret;
}
