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

enum { SINK_BUFFER = 64 * 1024, SINK_PIPE = 256 * 1024 };

struct sink {
	int fd;                         /* -1: only counts */
	int error;                      /* -errno of the first write that failed */
	uint64_t bytes;                 /* taken so far */
	void (*first_byte)(void);       /* called before the first write; may be NULL */
	size_t buffered;
	uint8_t buffer[SINK_BUFFER];
};

void sink_to_fd(struct sink *s, int fd);
void sink_to_counter(struct sink *s);

/* Bytes into the sink. Small ones are gathered, large ones are written from where they are. */
int sink_write(struct sink *s, const void *p, size_t len);

/* A NUL-terminated text of ours. */
int sink_text(struct sink *s, const char *text);

/*
 * Enlarges the pipe that the sink writes to, where it is one and the kernel
 * allows it: fewer changes between the two processes. Past the user's limit for
 * pipes (pipe(7)) it stays as it is.
 */
void sink_expect(struct sink *s, uint64_t len);

/* Counts bytes that nobody needs to see; a counter's alone. */
void sink_count(struct sink *s, uint64_t len);

/* What is gathered goes out. */
int sink_flush(struct sink *s);

#endif
