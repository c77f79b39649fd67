/*
 * hold.h - the message on standard input, kept so that it can be read twice
 *
 * First its header, which says whether it opts in. Then, where it does, the
 * rest: up to HOLD_MEMORY in a fixed buffer, more in an unlinked temporary of
 * the spool; a regular file is read in place.
 *
 * Owns:    the temporary's descriptor; not the input's
 * Errors:  0 or -1 with *why filled in
 */
#ifndef FILTER_HOLD_H
#define FILTER_HOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "filter/refusal.h"
#include "spool/spool.h"

struct hold {
	int in;        /* the input */
	int spill;     /* the temporary, or -1 */
	bool seekable; /* the input is a regular file, from `base` on */
	off_t base;
	bool eof;
	size_t buffered; /* bytes at the start of the message that are in `buf` */
	/* of the header with its empty line; all there is, where there is none */
	size_t header_len;
	uint64_t size; /* of the whole, once it is held */
	uint8_t chunk[HOLD_CHUNK];
	uint8_t buf[HOLD_HEADER + HOLD_CHUNK];
};

/* Starts on an open descriptor. Touches only what it must of half a megabyte. */
void hold_begin(struct hold *h, int in);
void hold_end(struct hold *h);

/* Reads until the header is whole. REFUSED_EMPTY, REFUSED_HEADER_TOO_LARGE, REFUSED_IO. */
int hold_header(struct hold *h, struct refusal *why);

/* Reads the rest. REFUSED_TOO_LARGE, REFUSED_IO, or what the spool says. */
int hold_rest(struct hold *h, const struct spool *spool, struct refusal *why);

/* What comes next on the input, which may be a descriptor that does not block: bytes read, 0 at the
 * end, or -1. */
ssize_t hold_input(struct hold *h, void *p, size_t len, struct refusal *why);

/*
 * The held message from offset `at`: sets *p and returns how many bytes stand
 * there, 0 at the end, or -1. They stay until the next call.
 */
ssize_t hold_read(struct hold *h, uint64_t at, const uint8_t **p, struct refusal *why);

#endif
