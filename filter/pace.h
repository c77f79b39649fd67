/*
 * pace.h - how to write many bytes into a pipe
 *
 * A write locks the pipe while it copies, and a reader on another CPU spins
 * meanwhile: so writes are short, of what Exim reads at a time. A reader that
 * finds nothing sleeps and must be woken: so the last write of a block is long,
 * a stock for the time in which the next block is read and encoded.
 *
 * On one CPU nobody spins, and nobody reads while the other writes: there, both
 * would only cost. So writes are long until it is seen to be otherwise.
 * bench/results/README.md has what each of this brings.
 *
 * Owns:     nothing
 * Not here: the writing (sink.c)
 */
#ifndef FILTER_PACE_H
#define FILTER_PACE_H

#include <stdbool.h>
#include <stddef.h>

struct pace {
	int fd;
	bool is_pipe;   /* and many bytes were announced */
	bool parallel;  /* its reader has been seen to have another CPU */
	unsigned looks; /* blocks behind which that was looked for */
	size_t unread;  /* bytes in the pipe behind the last block, */
	long switches;  /* and how often this process had been off its CPU */
};

/*
 * Makes a pipe hold more, and never less, if the kernel allows it: past a user's
 * limit (pipe(7)) it stays as it is. Whether it is a pipe.
 */
bool pace_enlarge(int fd);

/* Many bytes will follow. A pipe is made larger. */
void pace_begin(struct pace *p, int fd);

/* Before a block is written, and behind it: what happens in between is looked at, a few times. */
void pace_before(struct pace *p);
void pace_behind(struct pace *p);

/* How many of the block's last `left` bytes go into the next write. */
size_t pace_write(const struct pace *p, size_t left);

#endif
