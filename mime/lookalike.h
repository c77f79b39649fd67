/*
 * lookalike.h - what looks like a marker, wherever and however it is written
 *
 * For whoever must say why a message has fewer markers than it says. Fed with a body in chunks of
 * any size, it decodes as the transfer encoding says and remembers the lines on which a marker's
 * head `((graft:` stands, whether it is a marker or not. It also knows the head with parentheses
 * that a template engine escaped, and in UTF-16.
 *
 * Owns:     nothing; no allocation
 * Not here: which of them are markers (marker.h); speed, since only a refused message is read so
 */
#ifndef MIME_LOOKALIKE_H
#define MIME_LOOKALIKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mime/base64.h"
#include "mime/entity.h"
#include "mime/limits.h"
#include "mime/quoted-printable.h"

struct lookalike_search {
	/* Results: lines of the decoded body, from 1. */
	size_t plain; /* lines with a head as it must be, and the first of them */
	uint64_t plain_line[LOOKALIKES_MAX];
	uint64_t escaped; /* the first line with one that is escaped; 0: none */
	uint64_t utf16;   /* the same for UTF-16 */

	/* The search's own. */
	enum scan_encoding encoding;
	uint64_t line;
	size_t len; /* of what came last, without NULs; TAIL_MAX of it are enough to know a head */
	uint8_t tail[2 * LOOKALIKE_TAIL];
	bool after_nul;
	unsigned wide; /* characters that came last, each with one NUL */
	struct qp_decoder qp;
	struct base64_decoder base64;
};

/* Starts a body. One in an encoding that is not known is read as it stands. */
void lookalike_begin(struct lookalike_search *s, enum scan_encoding encoding);

/* Some of the body. */
void lookalike_feed(struct lookalike_search *s, const uint8_t *p, size_t len);

#endif
