/*
 * source.h - the file that is to be stored
 *
 * Owns:    its descriptor, unless it is given to somebody
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
	bool given;         /* the descriptor is somebody else's now, who keeps it open */
	bool regular;       /* and by a name, so of a known size that must not change */
	enum take_over how; /* TAKE_OVER_DONE: it may be tried */
	struct stat st;     /* as it was when it was opened */
};

/* A regular file, or with "-" whatever standard input is. `to_take`: opened so that it may be taken
 * over. */
int source_open(const char *file, bool to_take, struct source *source_r, struct complaint *c);
void source_close(struct source *source);

/* A token must stand for one state of the file: what was written to meanwhile is refused. `size`:
 * bytes read. */
int source_unchanged(const struct source *source, uint64_t size, struct complaint *c);

/* One line on stderr: it is copied, and why. */
void source_say_copied(const struct source *source, enum take_over why);

#endif
