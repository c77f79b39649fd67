/*
 * scan.h - a message in pieces: headers, bodies, delimiters (RFC 2046 5.1)
 *
 * A push scanner. Feed it the message in chunks of any size; each input byte
 * comes back in exactly one event, in order, so that writing every event's
 * bytes copies the message. How the input was cut into chunks changes only
 * how body bytes are cut into events.
 *
 * Refuses what mail programs read in different ways: see enum scan_refusal.
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

enum scan_refusal {
	SCAN_HEADER_TOO_LARGE,
	SCAN_HEADER_LINE,       /* neither a field nor a continuation */
	SCAN_CONTROL_IN_HEADER, /* CR or NUL */
	SCAN_CONTROL_IN_DELIMITER,
	SCAN_TWO_CONTENT_TYPES,
	SCAN_TWO_ENCODINGS,
	SCAN_TWO_MIME_VERSIONS,
	SCAN_TWO_BOUNDARIES,
	SCAN_NO_BOUNDARY,
	SCAN_BAD_BOUNDARY,
	/* an inner boundary that has an outer one as prefix, or equals it */
	SCAN_BOUNDARY_PREFIX,
	SCAN_IRREGULAR_MULTIPART, /* its Content-Type does not parse */
	/* a composite part in base64, quoted-printable or something unknown */
	SCAN_ENCODED_COMPOSITE,
	/* a line that begins like a delimiter and is none, or is two */
	SCAN_AMBIGUOUS_DELIMITER,
	SCAN_NO_PART,             /* two delimiters with not even a line between them */
	SCAN_NESTING,             /* more than NESTING_MAX */
	SCAN_UNTERMINATED,        /* a multipart without its close delimiter */
	SCAN_TOO_MANY_MULTIPARTS, /* more than a serial number can count */
};

/* What an entity is, as far as grafting cares. */
enum scan_kind {
	SCAN_TEXT_PLAIN,
	SCAN_TEXT_HTML,
	SCAN_LEAF, /* any other leaf */
	/* message/ anything, text/rfc822-headers: what is in it is not looked at */
	SCAN_INERT,
	/* application/pkcs7-mime, message/partial: must not be changed, nor what holds it as a root
	 */
	SCAN_SEALED_LEAF,
	SCAN_MIXED, /* the multiparts from here on */
	SCAN_ALTERNATIVE,
	SCAN_RELATED,
	SCAN_DIGEST,
	SCAN_SEALED,    /* multipart/signed, multipart/encrypted */
	SCAN_MULTIPART, /* any other */
};

enum scan_encoding {
	SCAN_IDENTITY, /* 7bit, 8bit, binary, or none given */
	SCAN_QUOTED_PRINTABLE,
	SCAN_BASE64,
	SCAN_OPAQUE, /* one that we do not know */
};

/* of the root, when it is a multipart: serials count multiparts from 1 in order of their headers */
enum { SCAN_ROOT_SERIAL = 1 };

/* The entity whose header came last (SCAN_HEADER), whose body this is (SCAN_BODY). */
struct scan_entity {
	enum scan_kind kind;
	enum scan_encoding encoding;
	bool has_disposition, has_id, has_mime_version;
	bool named_twice; /* two Content-Disposition or two Content-ID fields */
	bool eight_bit;   /* Content-Transfer-Encoding 8bit or binary */
	bool binary;      /* the latter */
	uint32_t serial;  /* of a multipart; 0 for a leaf */
	uint32_t child;   /* 1 for the first child of its parent; 0 for the root */
};

/* An open multipart. */
struct scan_open {
	uint32_t serial;
	uint32_t child; /* the number of its child that is being read; 0 in the preamble */
	enum scan_kind kind;
	uint8_t boundary_len;
	uint8_t boundary[BOUNDARY_MAX];
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

/* Whether an entity is a multipart. */
static inline bool
scan_is_multipart(enum scan_kind kind)
{
	return kind >= SCAN_MIXED;
}

#endif
