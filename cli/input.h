/*
 * input.h - standard input as lines and counted bytes, for `put --batch`
 *
 * Owns:    its buffer, not the descriptor
 * Before it waits for input it calls `before_wait`, so that all finished requests are answered
 * first.
 */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "cli/limits.h"

struct input {
	int fd;
	void (*before_wait)(void *);
	void *arg;
	uint64_t taken; /* bytes given out so far */
	size_t at, end;
	bool eof;
	int error; /* errno of a read that failed; this also ends the input */
	char buf[BATCH_LINE_MAX + 1];
};

enum input_kind { INPUT_LINE, INPUT_END, INPUT_TOO_LONG };

/*
 * The next line, without its LF, NUL-terminated in place; valid and writable
 * until the next call. The last line may lack its LF. INPUT_TOO_LONG: it had over BATCH_LINE_MAX
 * bytes and was skipped.
 */
enum input_kind input_line(struct input *r, char **line_r, size_t *len_r);

/* Up to cap bytes; 0 at the end. */
size_t input_bytes(struct input *r, void *buf, size_t cap);

/* Skips bytes until `taken` is `offset`, or to the end. */
void input_skip_to(struct input *r, uint64_t offset);

#endif
