/*
 * sink.h - where a message goes: a descriptor, memory, a hash, SMTP, a counter
 *
 * Bytes come with LF line ends. They are gathered in the sink's buffer, and leave it in large
 * blocks through a write function. An SMTP sink turns line ends into CRLF and stuffs dots
 * (RFC 5321 4.5.2) as the bytes come in, so its buffer holds what goes on the wire.
 *
 * Owns:     nothing. The caller owns the struct (about 200 kB, of which only what is used is
 *           touched), the descriptor, and the write function's state.
 * Errors:   0, or -errno. The first error stays: each later call returns it and writes nothing.
 * Not here: the line with one dot that ends DATA; TLS
 */
#ifndef FILTER_SINK_H
#define FILTER_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/limits.h"

struct sha256;

/* Writes all of `len` bytes, at least 1. Returns 0, or -errno. */
typedef int sink_function(void *state, const uint8_t *p, size_t len);

struct sink {
	/* For the caller to read. */
	int error;      /* 0, or -errno of the first write that failed */
	uint64_t bytes; /* of the message, as it was given to the sink */
	uint64_t wire;  /* bytes that leave the sink: with CRs and stuffed dots where it is SMTP */

	/* For the caller to set, after sink_to_…(). */
	const char *name;         /* of what it writes to, for error sentences; it is "output" */
	void (*first_byte)(void); /* called before the first write; NULL: nothing is called */

	/* The sink's own. */
	sink_function *write; /* NULL: it only counts */
	void *state;
	int fd; /* -1: not a descriptor */
	bool smtp;
	bool enlarged; /* the pipe was asked to hold more */
	bool in_line;  /* smtp: the last byte was not a line end */
	size_t buffered;
	uint8_t buffer[SINK_BUFFER];
};

/* Each starts a sink. */

/* A descriptor, which may be non-blocking. */
void sink_to_fd(struct sink *s, int fd);

/* Any function, such as a hash. */
void sink_to_function(struct sink *s, sink_function *write, void *state);

/* SHA-256 of the message. The caller begins and ends the hash. */
void sink_to_sha256(struct sink *s, struct sha256 *hash);

/* Memory of the caller. -ENOSPC when it is full; what fits is there. */
struct sink_memory {
	uint8_t *bytes;
	size_t room; /* bytes that fit */
	size_t len;  /* bytes that are there; the caller sets it to 0 */
};
void sink_to_memory(struct sink *s, struct sink_memory *memory);

/*
 * SMTP (or LMTP) DATA, through a function that writes to the connection. A CR in the message is
 * -EILSEQ: it could end a line early. The caller writes the line with the dot.
 */
void sink_to_smtp(struct sink *s, sink_function *write, void *state);

/* Counts, and writes nothing: `bytes`; and with `smtp` also `wire`, as an SMTP sink would. */
void sink_to_counter(struct sink *s, bool smtp);

/* Writes len bytes. */
int sink_write(struct sink *s, const void *p, size_t len);

/* Writes a NUL-terminated text of ours. */
int sink_text(struct sink *s, const char *text);

/*
 * The same without a copy, for base64 and a sink that does not only count. sink_room() gives room
 * for len bytes (at most SINK_ROOM), which are the caller's until the next call. sink_fill() says
 * how many of them are filled. For an SMTP sink the lines that are filled in end in CRLF;
 * `lines` is the number of line ends. No line may begin with a dot.
 */
uint8_t *sink_room(struct sink *s, size_t len);
int sink_fill(struct sink *s, size_t len, size_t lines);

/* So many bytes will come. A pipe is made to hold more, where the kernel allows it. */
void sink_expect(struct sink *s, uint64_t len);

/* Makes a pipe hold SINK_PIPE bytes, and never fewer than it holds; what is no pipe stays as it
 * is. */
void sink_enlarge_pipe(int fd);

/* Counts base64 that nobody needs to see, in a sink that only counts: `len` bytes with LF line
 * ends, and how many line ends are among them. The last line has none. */
void sink_count(struct sink *s, uint64_t len, uint64_t lines);

/* What is gathered goes out now. */
int sink_flush(struct sink *s);

/* The message is whole: an SMTP sink ends a last line that has no line end, and what is gathered
 * goes out. */
int sink_end(struct sink *s);

#endif
