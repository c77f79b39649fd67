/*
 * rewrite.h - an entity's header on its way out: fields taken away, exchanged, added
 *
 * What is not named here goes out byte for byte, in its old order, but for blanks before a colon
 * and comments and blanks in Content-Type, -Transfer-Encoding and -Disposition (DESIGN.md, What is
 * rewritten is written strictly).
 */
#ifndef FILTER_REWRITE_H
#define FILTER_REWRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/fields.h"
#include "filter/refusal.h"
#include "filter/sink.h"
#include "mime/entity.h"
#include "spool/entry.h"

enum rewrite_scope {
	REWRITE_ALL,
	/* the Content- fields stay away; no empty line: the caller goes on */
	REWRITE_NOT_CONTENT,
	REWRITE_CONTENT, /* nothing but the Content- fields */
};

struct rewrite {
	enum rewrite_scope scope;
	bool top; /* the message's own header: Graft fields, Content-Length and Lines go */
	bool add_mime_version;
	bool multipart;    /* a transfer encoding that it may not have (RFC 2045 6.4) goes */
	bool body_changes; /* what counts or digests the body goes */
	/* the header becomes that of this attachment; NULL: it does not */
	const struct entry *entry;
	enum scan_kind parent; /* of an attachment: the multipart around it; none: SCAN_MIXED */
	const char *boundary;  /* Content-Type's new boundary; NULL: the old one */
	const struct field_veto *veto; /* of the message's own header */
};

/* Writes a rewritten header with its empty line. 0, or -1: REFUSED_IO. */
int rewrite_header(struct sink *s, const uint8_t *header, size_t len, const struct rewrite *r,
    struct refusal *why);

/* Writes the header of an attachment that is appended to a multipart of kind `parent`, with its
 * empty line. */
int rewrite_attachment(
    struct sink *s, const struct entry *entry, enum scan_kind parent, struct refusal *why);

#endif
