/*
 * request.h - a line of `put --batch` as a request
 */
#ifndef CLI_REQUEST_H
#define CLI_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/intake.h"

struct request_line {
	struct request request;
	bool json;         /* so must its answer be */
	bool has_bytes;    /* its content follows, whether or not the rest of it is right */
	const char *wrong; /* NULL, or why it is none; static text */
};

/* The line is changed and must stay as long as the request. `defaults` is what it does not say. */
void request_read(char *line, size_t len, const struct request *defaults, struct request_line *r);

#endif
