/*
 * scan.h - a message in pieces: headers, bodies, delimiters (RFC 2046 5.1)
 *
 * A push scanner. Feed it the message in chunks of any size; each input byte
 * comes back in exactly one event, in order, so that writing every event's
 * bytes copies the message. How the input was cut into chunks changes only
 * how body bytes are cut into events.
 *
 * Refuses what mail programs read in different ways: see enum scan_refusal (entity.h).
 *
 * Owns:    nothing; the caller holds the struct (some 300 KiB, of which only
 *          what a message needs is touched)
 * Errors:  SCAN_REFUSED, with the reason, where, and in which part
 * Limits:  mime/limits.h; time is linear in the input
 * Not here: decoding, markers (marker.h), what inert parts contain (a
 *          message/rfc822 is one leaf)
 */
#ifndef MIME_SCAN_H
#define MIME_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mime/entity.h"
#include "mime/limits.h"

enum scan_event {
	SCAN_MORE, /* feed the next chunk, or say that there is none */
	/* a whole header with its empty line (missing at the end of input, or before a delimiter)
	 */
	SCAN_HEADER,
	SCAN_BODY,      /* some of a leaf's body */
	SCAN_BETWEEN,   /* some of a multipart's preamble or epilogue */
	SCAN_DELIMITER, /* a delimiter line with the LF before it, which belongs to it */
	SCAN_END,       /* the end; every multipart is closed */
	SCAN_REFUSED,
};

struct scan {
	/* For the caller, about the event that scan_next() returned. */
	const uint8_t *bytes; /* the event's bytes; good until the next call */
	size_t len;
	uint64_t at; /* where they begin in the message */
	struct scan_entity entity;
	/* the open multiparts, the root's first, as they are before the event */
	struct scan_open *open;
	size_t depth;              /* how many are open */
	uint32_t delimiter_serial; /* SCAN_DELIMITER: whose */
	bool delimiter_close;
	size_t delimiter_boundary; /* offset of the boundary's first byte in `bytes` */
	size_t delimiter_boundary_len;
	enum scan_refusal refusal;

	/* The scanner's own. */
	enum { SCANNING_HEADER, SCANNING_BODY, SCANNING_OVER } state;
	bool in_leaf;    /* else preamble or epilogue */
	bool line_start; /* of the body, with no LF before it */
	bool eof, refused;
	/* the multipart whose header was just given opens at the next call */
	bool push_pending;
	/* the delimiter that was just given closes, or begins a child, at the next call */
	bool step_pending;
	bool delimiter_waits; /* `carry` holds a whole delimiter line that ended a header */
	const uint8_t *in;
	size_t in_len;
	uint64_t consumed; /* bytes given out so far */
	uint32_t serials;
	size_t carry_len; /* a line that may be a delimiter, cut by the end of a chunk */
	size_t header_len, header_line; /* bytes gathered; where the last line starts */
	struct scan_open pending;       /* opened after its SCAN_HEADER was seen */
	struct scan_open stack[NESTING_MAX];
	uint8_t carry[DELIMITER_LINE_MAX + 3];
	uint8_t header[HEADER_MAX];
};

/* Starts a message. */
void scan_begin(struct scan *s);

/* Gives the next chunk, which must stay until scan_next() has returned SCAN_MORE. */
void scan_feed(struct scan *s, const uint8_t *p, size_t len);

/* Says that there is no more. */
void scan_eof(struct scan *s);

/* The next event. After SCAN_END or SCAN_REFUSED the same again. */
enum scan_event scan_next(struct scan *s);

#endif
