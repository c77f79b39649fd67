/*
 * progress.h - shows on a terminal how far a long command is; elsewhere nothing
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct progress {
	bool on;        /* stderr is a terminal */
	uint64_t total; /* 0: not known */
	uint64_t count, bytes;
	struct timespec start, shown;
};

/* `input`: the descriptor that lists the work, or -1. If it is a regular file, the end is known. */
void progress_begin(struct progress *p, int input);
/* One more thing is done, of `bytes` bytes; `done` bytes of the input are read. */
void progress_add(struct progress *p, uint64_t bytes, uint64_t done);
void progress_end(struct progress *p);

#endif
