/*
 * bench-pipe.c - programs that write into a pipe, timed with their reader
 *
 *	bench-pipe ROUNDS READ WRITER_CPU READER_CPU LIST
 *
 * Each line of LIST is a contender: its name, its stdin, and its arguments, separated by tabs.
 * Stdin is "file:PATH", "pipe:PATH" or "null". A pipe holds the file's bytes; if they are too many,
 * a thread on the reader's CPU feeds it with 8190 bytes a write, as Exim does. This process is the
 * reader, with READ bytes a read (Exim: 8192); 0 means that there is no pipe, and stdout is
 * /dev/null. Writer and reader stay on their CPUs; -1 lets them move. stderr is /dev/null.
 *
 * In every round each contender runs once. Every round begins with another one. For each run it
 * prints a line:
 *
 *	NAME ROUND WALL_US WRITER_CPU_US READER_CPU_US WRITER_RSS_KB BYTES STATUS
 *
 * Wall is from before the process is made until its output has ended and it was waited for. The
 * writer's CPU is its rusage, exec included; the reader's is that of the reading thread.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	CONTENDERS_MAX = 32768,
	ARGUMENTS_MAX = 32,
	PIPE_HOLDS = 65536,
	EXIM_WRITES = 8190,
	READ_MAX = 1 << 20
};

struct contender {
	char *name, *stdin_kind;
	char *argv[ARGUMENTS_MAX + 1];
};

struct feed {
	int from, to, cpu; /* from: -1 if there is nothing to feed */
};

static struct contender contenders[CONTENDERS_MAX];
static size_t count;
static char *empty_environment[] = {NULL};
static char buffer[READ_MAX];

static void
die(const char *what)
{
	fprintf(stderr, "bench-pipe: '%s': %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

static double
clock_us(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static void
stay_on(int cpu)
{
	cpu_set_t set;

	if (cpu >= 0) {
		CPU_ZERO(&set);
		CPU_SET((size_t)cpu, &set);
		sched_setaffinity(0, sizeof(set), &set);
	}
}

static void *
feed(void *p)
{
	static char bytes[EXIM_WRITES];
	struct feed *f = p;
	ssize_t n;

	stay_on(f->cpu);
	while (
	    (n = read(f->from, bytes, sizeof(bytes))) > 0 && write(f->to, bytes, (size_t)n) == n) {
	}
	close(f->from);
	close(f->to);
	return NULL;
}

/* The descriptor that becomes the contender's stdin. If it must be fed, *f says from where. */
static int
open_stdin(const char *kind, struct feed *f)
{
	const char *path = strchr(kind, ':') == NULL ? "/dev/null" : strchr(kind, ':') + 1;
	int file = open(path, O_RDONLY | O_CLOEXEC), ends[2];
	struct stat st;

	f->from = -1;
	if (file < 0 || fstat(file, &st) < 0) {
		die(path);
	}
	if (strncmp(kind, "pipe:", 5) != 0) {
		return file;
	}
	if (pipe2(ends, O_CLOEXEC) < 0) {
		die("pipe");
	}
	if (st.st_size <= PIPE_HOLDS) {
		ssize_t n = read(file, buffer, PIPE_HOLDS);

		if (n != st.st_size || write(ends[1], buffer, (size_t)n) != n) {
			die(path);
		}
		close(ends[1]);
		close(file);
	} else {
		f->from = file;
		f->to = ends[1];
	}
	return ends[0];
}

static pid_t
start(char **argv, int in, int out, int null, int cpu)
{
	pid_t pid = vfork();

	if (pid == 0) {
		stay_on(cpu);
		dup2(in, 0);
		dup2(out, 1);
		dup2(null, 2);
		execve(argv[0], argv, empty_environment);
		_exit(127);
	}
	return pid;
}

static void
run(const struct contender *c, int round, size_t read_size, int writer_cpu, int reader_cpu)
{
	int ends[2] = {-1, -1}, null = open("/dev/null", O_WRONLY | O_CLOEXEC), in, status = 0;
	double begin, own, wall;
	unsigned long long bytes = 0;
	struct feed f = {.cpu = reader_cpu};
	struct rusage u;
	pthread_t thread;
	pid_t pid;

	in = open_stdin(c->stdin_kind, &f);
	if (read_size > 0 && pipe2(ends, O_CLOEXEC) < 0) {
		die("pipe");
	}
	begin = clock_us(CLOCK_MONOTONIC);
	own = clock_us(CLOCK_THREAD_CPUTIME_ID);
	pid = start(
	    (char **)(uintptr_t)c->argv, in, read_size > 0 ? ends[1] : null, null, writer_cpu);
	if (pid < 0) {
		die("vfork");
	}
	close(in);
	if (f.from >= 0 && pthread_create(&thread, NULL, feed, &f) != 0) {
		die("pthread_create");
	}
	if (read_size > 0) {
		ssize_t n;

		close(ends[1]);
		while ((n = read(ends[0], buffer, read_size)) > 0) {
			bytes += (size_t)n;
		}
		close(ends[0]);
	}
	while (wait4(pid, &status, 0, &u) < 0 && errno == EINTR) {
	}
	wall = clock_us(CLOCK_MONOTONIC) - begin;
	own = clock_us(CLOCK_THREAD_CPUTIME_ID) - own;
	if (f.from >= 0) {
		pthread_join(thread, NULL);
	}
	close(null);
	printf("%s\t%d\t%.1f\t%.1f\t%.1f\t%ld\t%llu\t%d\n", c->name, round, wall,
	    (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 +
	        (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec),
	    own, u.ru_maxrss, bytes, status);
}

static void
load(const char *path)
{
	FILE *list = fopen(path, "re");
	char *line = NULL;
	size_t cap = 0;

	if (list == NULL) {
		die(path);
	}
	while (count < CONTENDERS_MAX && getline(&line, &cap, list) > 0) {
		struct contender *c = &contenders[count++];
		char *save = NULL;
		size_t argc = 0;

		line[strcspn(line, "\n")] = '\0';
		c->name = strtok_r(line, "\t", &save);
		c->stdin_kind = strtok_r(NULL, "\t", &save);
		while (
		    argc < ARGUMENTS_MAX && (c->argv[argc] = strtok_r(NULL, "\t", &save)) != NULL) {
			argc++;
		}
		if (argc == 0) {
			errno = EINVAL;
			die(path);
		}
		line = NULL; /* the contender keeps it */
		cap = 0;
	}
	free(line);
	fclose(list);
}

int
main(int argc, char **argv)
{
	int rounds, writer_cpu, reader_cpu;
	size_t read_size;

	if (argc != 6) {
		fprintf(stderr, "usage: bench-pipe ROUNDS READ WRITER_CPU READER_CPU LIST\n");
		return 64;
	}
	signal(SIGPIPE, SIG_IGN);
	rounds = atoi(argv[1]);
	read_size = (size_t)atol(argv[2]);
	read_size = read_size < READ_MAX ? read_size : READ_MAX;
	writer_cpu = atoi(argv[3]);
	reader_cpu = atoi(argv[4]);
	load(argv[5]);
	stay_on(reader_cpu);
	for (int round = 0; round < rounds; round++) {
		for (size_t i = 0; i < count; i++) {
			run(&contenders[(i + (size_t)round) % count], round, read_size, writer_cpu,
			    reader_cpu);
		}
	}
	return EXIT_SUCCESS;
}
