/*
 * request.h - what to store, and how: from a command line, or from a line of `put --batch`
 */
#ifndef CLI_REQUEST_H
#define CLI_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/input.h"

struct put_request {
	const char *file; /* the source's name; "-": standard input */
	const char *name; /* NULL: the one with the type, or the file's */
	const char *type; /* NULL: what content and name say */
	const char *cid;  /* NULL: none */
	const char *to;   /* NULL: bound to nobody */
	uint64_t expires; /* seconds from now */
	bool is_inline;
	bool keep;    /* gc --delivered keeps it until it expires */
	bool reflink; /* share the file's blocks if the file system can */
	/* the file itself becomes the blob if this is possible; else one line on stderr says why
	 * not
	 */
	bool take_over;
	bool move;           /* with take_over: the file's name is removed in the end */
	const char *scanner; /* NULL, or a command that must pass the file's content */
	struct input *input; /* NULL, or where the next `bytes` bytes are the content */
	uint64_t bytes;
};

struct request_line {
	struct put_request request;
	bool json;                       /* the request is JSON, so its answer must be JSON */
	bool has_bytes;                  /* its content follows, even if the rest of it is wrong */
	bool ends_batch;                 /* its content follows, and its length is not known */
	bool wrong;                      /* this is no request */
	char reason[REQUEST_REASON_MAX]; /* why not */
	struct json_t *object;           /* jansson's, which the request points into */
};

/*
 * Reads a line: a JSON object, or fields with tabs between them. The line is changed, and the
 * request points into it. `defaults` has the values that the line does not set.
 */
void request_read(
    char *line, size_t len, const struct put_request *defaults, struct request_line *r);

/* Frees what the request points into. */
void request_free(struct request_line *r);

#endif
