/*
 * moved.h - `put --move`: files whose names are removed after their tokens are out
 *
 * Owns:    the path, until moved_forget()
 */
#ifndef CLI_MOVED_H
#define CLI_MOVED_H

#include <stdint.h>
#include <sys/stat.h>

#include "cli/complaint.h"
#include "spool/hmac.h"
#include "spool/spool.h"

struct moved {
	char *path; /* NULL: none */
	struct stat st;
	uint8_t digest[SHA256_BYTES];
};

/* Notes that this file, with this state and content, became a blob. 0, or -1 with *c filled in. */
int moved_note(struct moved *m, const char *path, const struct stat *st,
    const uint8_t digest[SHA256_BYTES], struct complaint *c);

/* Removes the file's name, if it still names what was stored. 0, or -1 with *c filled in. */
int moved_remove(const struct moved *m, const struct spool *spool, struct complaint *c);

void moved_forget(struct moved *m);

#endif
