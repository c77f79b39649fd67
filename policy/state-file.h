/*
 * state-file.h - what is to survive a restart, on disk: files of lines that grow with what changes
 *
 * Each part of the state is one text file in the directory. What has changed is appended, and
 * synced; when the file has become much larger than what it says, it is written whole beside its
 * name and renamed. What cannot be read as a line of the part is skipped and counted, never
 * believed.
 *
 * Returns: 0 or -errno with the call that failed in *what
 * Not here: the lines themselves (dns-state.h, ...), when to write (state-saver.h)
 */
#ifndef POLICY_STATE_FILE_H
#define POLICY_STATE_FILE_H

#include "policy/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Both in milliseconds: the wall clock, and the loop's clock at the same moment. */
struct state_clock {
	int64_t wall;
	int64_t now;
};

enum state_line { STATE_LINE_TAKEN, STATE_LINE_OLD, STATE_LINE_BAD };

struct state_part {
	const char *name;   /* of the file */
	const char *header; /* its first line, with LF */
	/*
	 * Grows with each change. When its upper half grows, what was written before no longer
	 * holds, and the file is written whole.
	 */
	uint64_t (*changes)(void *context);
	/* About how many bytes all of it takes. */
	size_t (*size)(void *context);
	/* The lines of what changed after `since`; 0: of all. offset: wall clock minus loop's. */
	void (*write)(void *context, FILE *f, uint64_t since, int64_t offset);
	/* One line without its LF, which it may cut up. NULL: the part is not read back this way.
	 */
	enum state_line (*read)(void *context, char *line, const struct state_clock *clock);
	void *context;
};

struct state_clock state_clock_at(int64_t now);

/* since 0: whole. now: the loop's clock. */
int state_file_write(const char *directory, const struct state_part *part, uint64_t since,
    int64_t now, const char **what);

/* A file that does not exist is an empty one. */
int state_file_read(const char *directory, const struct state_part *part, int64_t now,
    size_t *taken, size_t *skipped, const char **what);

#endif
