/*
 * bench-spawn.c - runs many commands, some at a time, and accounts for itself
 *
 *	bench-spawn JOBS LIST
 *
 * Each line of LIST is a command: the file for its stdin, the file for its stdout ('-' is
 * /dev/null), then its arguments, all separated by tabs. At most JOBS run at a time, in the
 * order of the list. PATH is their only environment variable.
 *
 * Prints "done N" about once a second, and at the end one line
 *
 *	end COMMANDS FAILED WALL OWN_CPU WAITED_CPU WRITE_BYTES
 *
 * The caller subtracts OWN_CPU from the control group's CPU time, since this process is in the
 * group. WAITED_CPU and WRITE_BYTES (see proc(5), io) are those of all descendants that were waited
 * for.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

enum { ARGUMENTS_MAX = 1024 };

static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
static char *environment[] = {path, NULL};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double
cpu(int who)
{
	struct rusage u;

	getrusage(who, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	    (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6;
}

static unsigned long long
write_bytes(void)
{
	unsigned long long bytes = 0;
	char line[128];
	FILE *f = fopen("/proc/self/io", "re");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, "write_bytes: ", 13) == 0) {
			bytes = strtoull(line + 13, NULL, 10);
		}
	}
	if (f != NULL) {
		fclose(f);
	}
	return bytes;
}

/* Starts the command of a line. Changes the line. */
static int
start(char *line)
{
	char *argv[ARGUMENTS_MAX + 1], *in, *out, *save = NULL;
	posix_spawn_file_actions_t files;
	size_t argc = 0;
	pid_t pid;
	int error;

	line[strcspn(line, "\n")] = '\0';
	in = strtok_r(line, "\t", &save);
	out = strtok_r(NULL, "\t", &save);
	while (argc < ARGUMENTS_MAX && (argv[argc] = strtok_r(NULL, "\t", &save)) != NULL) {
		argc++;
	}
	argv[argc] = NULL;
	if (argc == 0) {
		fprintf(stderr, "bench-spawn: a line without a command\n");
		return -1;
	}
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(
	    &files, 0, strcmp(in, "-") == 0 ? "/dev/null" : in, O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, 1, strcmp(out, "-") == 0 ? "/dev/null" : out,
	    O_WRONLY | O_CREAT | O_TRUNC, 0600);
	error = posix_spawn(&pid, argv[0], &files, NULL, argv, environment);
	posix_spawn_file_actions_destroy(&files);
	if (error != 0) {
		fprintf(stderr, "bench-spawn: '%s': %s\n", argv[0], strerror(error));
		return -1;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	double begin = now(), told = begin;
	long jobs = argc == 3 ? strtol(argv[1], NULL, 10) : 0;
	long commands = 0, failed = 0, running = 0;
	size_t cap = 0;
	char *line = NULL;
	FILE *list;

	if (jobs < 1 || (list = fopen(argv[2], "re")) == NULL) {
		fprintf(stderr, "usage: bench-spawn JOBS LIST\n");
		return 64;
	}
	for (bool more = true; more || running > 0;) {
		int status;

		if (more && running < jobs) {
			more = getline(&line, &cap, list) > 0;
			if (more && start(line) < 0) {
				failed++;
			} else if (more) {
				running++;
			}
			continue;
		}
		if (wait(&status) < 0) {
			break;
		}
		running--;
		commands++;
		failed += status != 0;
		if (now() - told >= 1) {
			told = now();
			printf("done %ld\n", commands);
			fflush(stdout);
		}
	}
	printf("end %ld %ld %.6f %.6f %.6f %llu\n", commands, failed, now() - begin,
	    cpu(RUSAGE_SELF), cpu(RUSAGE_CHILDREN), write_bytes());
	free(line);
	fclose(list);
	return EXIT_SUCCESS;
}
