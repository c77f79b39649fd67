/*
 * progress.h - how far a long command is: one line on a terminal's stderr, and nothing elsewhere
 *
 * The line comes after a second, says what is done, how fast, of how much, and the time left, and
 * goes when the command ends. Where stderr is no terminal each call returns at once.
 *
 * May be told from several threads. Who prints anything while it stands says so: progress_pause().
 *
 * Not here: who knows the totals
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct progress {
	bool on;          /* stderr is a terminal */
	bool shown;       /* the line stands there */
	const char *noun; /* what is counted: "files" */
	uint64_t count, bytes;
	uint64_t total_bytes; /* 0: not known */
	uint64_t at, end;     /* how far, in any unit; end 0: not known */
	struct timespec start, last;
	pthread_mutex_t lock;
};

/* `total_bytes`: of what progress_add() will tell; 0 where nobody knows. */
void progress_begin(struct progress *p, const char *noun, uint64_t total_bytes);

/* So many more are done, and so many bytes more. Here, and to pause, p may be NULL. */
void progress_add(struct progress *p, uint64_t count, uint64_t bytes);

/* Where the total is not of bytes: `at` of `end` is done. */
void progress_reach(struct progress *p, uint64_t at, uint64_t end);

/* Takes the line away until progress_resume(), so that something else can be printed. */
void progress_pause(struct progress *p);
void progress_resume(struct progress *p);

/* Takes the line away for good. */
void progress_end(struct progress *p);

#endif
