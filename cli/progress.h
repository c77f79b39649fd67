/*
 * progress.h - how far a long command is, on a terminal; nothing elsewhere
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

/* `input`: where what is to do is read from, -1 for nowhere. Of a regular file the end is known. */
void progress_begin(struct progress *p, int input);
/* One thing more is done, `bytes` of it; so much of the input is read. */
void progress_add(struct progress *p, uint64_t bytes, uint64_t done);
void progress_end(struct progress *p);

#endif
