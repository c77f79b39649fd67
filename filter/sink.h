/*
 * sink.h - where a grafted message goes: standard output, a counter
 *
 * Errors:  0, or -errno, which stays
 */
#ifndef FILTER_SINK_H
#define FILTER_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/pace.h"

enum {
	SINK_BUFFER = 192 * 1024,
	/* whole pages: a pipe is full when it has so many, however little is on them */
	SINK_WHOLE = 8 * 1024,
	SINK_ROOM = SINK_BUFFER - SINK_WHOLE, /* what sink_room() can give */
	SINK_LARGE = 64 * 1024,               /* what a pipe holds by itself; more is many */
};

struct sink {
	int fd;                   /* -1: only counts */
	int error;                /* -errno of the first write that failed */
	uint64_t bytes;           /* taken so far */
	void (*first_byte)(void); /* called before the first write; may be NULL */
	struct pace pace;         /* of a pipe that many bytes go into */
	size_t buffered;
	uint8_t buffer[SINK_BUFFER];
};

void sink_to_fd(struct sink *s, int fd);
void sink_to_counter(struct sink *s);

/* Bytes into the sink, where they are gathered until they are many. */
int sink_write(struct sink *s, const void *p, size_t len);

/*
 * The same without a copy, for a sink that does not only count: room for len
 * bytes, at most SINK_ROOM, which is the caller's until the next call; then how
 * many of them were filled.
 */
uint8_t *sink_room(struct sink *s, size_t len);
int sink_fill(struct sink *s, size_t len);

/* A NUL-terminated text of ours. */
int sink_text(struct sink *s, const char *text);

/* So many bytes will come: more than a few are written at the pace that suits a pipe (pace.h). */
void sink_expect(struct sink *s, uint64_t len);

/* Counts bytes that nobody needs to see; a counter's alone. */
void sink_count(struct sink *s, uint64_t len);

/* What is gathered goes out. */
int sink_flush(struct sink *s);

#endif
