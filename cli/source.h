/*
 * source.h - the file that is to be stored
 *
 * Owns: its descriptor, until it is given away
 * Returns: 0, or -1 with *c filled in
 * Not here: reading it (intake.c)
 */
#ifndef CLI_SOURCE_H
#define CLI_SOURCE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "cli/complaint.h"
#include "spool/take-over.h"

struct source {
	const char *file;   /* how it is called */
	int fd;             /* -1: it is no file */
	bool given;         /* the descriptor belongs to somebody else now, who keeps it open */
	bool regular;       /* opened by a name, so its size is known and must not change */
	enum take_over how; /* TAKE_OVER_DONE: it may be tried */
	struct stat st;     /* as it was when it was opened */
};

/* Opens a regular file, or with "-" standard input of any kind. `to_take`: in a way that it may be
 * taken over. */
int source_open(const char *file, bool to_take, struct source *source_r, struct complaint *c);
void source_close(struct source *source);

/* Refuses a file that was written to meanwhile: a token must stand for one state of it. `size`:
 * bytes read. */
int source_unchanged(const struct source *source, uint64_t size, struct complaint *c);

/* Prints one line on stderr: the file is copied, and why. */
void source_say_copied(const struct source *source, enum take_over why);

#endif
