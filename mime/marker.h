/*
 * marker.h - finds `((graft:TOKEN))` in a leaf's decoded body (DESIGN.md, Markers)
 *
 * Fed with the raw body in chunks of any size, it decodes as the leaf's
 * transfer encoding says and reports markers that stand alone on a line, and
 * whether the whole body is one. How the body was cut into chunks makes no
 * difference.
 *
 * Owns:    nothing. No allocation; memory does not depend on the body.
 * Not here: what a token means; which form a marker has (the planner); what
 * only looks like a marker (lookalike.h)
 */
#ifndef MIME_MARKER_H
#define MIME_MARKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mime/base64.h"
#include "mime/entity.h"
#include "mime/limits.h"
#include "mime/marker-text.h"
#include "mime/quoted-printable.h"

/* A marker alone on a line. */
struct marker_hit {
	uint8_t token[MARKER_TOKEN_CHARS]; /* base64url characters */
	uint64_t line;                     /* of the decoded body, from 1 */
	/* the line with its line end, in the message; not for base64 */
	uint64_t raw_from, raw_to;
	uint64_t decoded_from, decoded_to; /* the same in the decoded body */
	bool mid_line; /* quoted-printable: raw_from is not at the start of a raw line */
};

struct marker_search {
	/* Results; complete after marker_end(). Of a leaf that is not text, only `whole` is about
	 * all of it. */
	size_t hits;
	struct marker_hit hit[MARKERS_MAX];
	bool too_many;  /* more than MARKERS_MAX: the rest was not kept */
	bool whole;     /* the whole body is one marker and white space */
	bool irregular; /* base64 that decoders read in different ways */

	/* The search's own. */
	bool decided; /* nothing that comes can make a difference any more */
	uint64_t decoded_len;
	enum scan_encoding encoding;
	bool text;
	enum { MARKER_LEAD, MARKER_IN, MARKER_TRAIL, MARKER_CR, MARKER_NO } state;
	uint8_t matched;        /* characters of the marker, in MARKER_IN */
	bool marker_here;       /* this line has had a whole marker */
	uint64_t others;        /* lines with anything but a marker or white space */
	struct marker_hit line; /* the line that is being read */
	uint64_t raw_line;      /* where the raw line starts */
	struct qp_decoder qp;
	struct base64_decoder base64;
};

/*
 * Starts a leaf whose body begins at offset `at` of the message. `text`: line
 * form is possible, so every line is looked at; without it only whether the
 * whole body is one marker.
 */
void marker_begin(struct marker_search *m, enum scan_encoding encoding, bool text, uint64_t at);

/* Some of the raw body, which begins at offset `at` of the message. */
void marker_feed(struct marker_search *m, const uint8_t *p, size_t len, uint64_t at);

/* The end of the body, at offset `at` of the message. */
void marker_end(struct marker_search *m, uint64_t at);

#endif
