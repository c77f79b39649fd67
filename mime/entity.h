/*
 * entity.h - what an entity is, as its header says (RFC 2045, RFC 2046)
 *
 * The scanner's words for parts and multiparts, and the reading of a header into them.
 *
 * Not here: the structure of a message (scan.h); the syntax of a field (content.h)
 */
#ifndef MIME_ENTITY_H
#define MIME_ENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mime/limits.h"

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
	/* two open boundaries that one line could be a delimiter of: equal, or equal with "--" */
	SCAN_BOUNDARY_PREFIX,
	SCAN_IRREGULAR_MULTIPART, /* its Content-Type does not parse */
	/* a multipart that says it is encoded, and no delimiter of it stands plainly */
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
/* A multipart may not say any but the first (RFC 2045 6.4). Where its delimiters stand plainly,
   what it says is not believed; who writes its header anew leaves the field out. */

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
	bool labelled; /* it says that it is encoded */
	uint8_t boundary_len;
	uint8_t boundary[BOUNDARY_MAX];
};
_Static_assert(BOUNDARY_MAX <= UINT8_MAX, "boundary_len");

/* Whether an entity is a multipart. */
static inline bool
scan_is_multipart(enum scan_kind kind)
{
	return kind >= SCAN_MIXED;
}

/*
 * Reads a whole header. `in_digest`: the entity is a child of a
 * multipart/digest, whose children are message/rfc822 by default. Fills *e but
 * for serial and child, and, for a multipart, the boundary of *open. Returns -1,
 * or the scan_refusal.
 */
int entity_read(const uint8_t *header, size_t len, bool in_digest, struct scan_entity *e,
    struct scan_open *open);

#endif
