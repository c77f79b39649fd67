/*
 * entity.c - see entity.h
 */
#include "mime/entity.h"

#include <string.h>

#include "mime/content.h"
#include "mime/header.h"

/* The fields that decide; each may stand once. */
struct deciding {
	struct field type, encoding;
	bool has_type, has_encoding;
};

static int
gather(const uint8_t *header, size_t len, struct scan_entity *e, struct deciding *d)
{
	enum header_next next;
	struct field f;
	size_t at = 0;

	while ((next = header_next(header, len, &at, &f)) == HEADER_FIELD) {
		if (header_is(&f, "content-type")) {
			if (d->has_type) {
				return SCAN_TWO_CONTENT_TYPES;
			}
			d->has_type = true;
			d->type = f;
		} else if (header_is(&f, "content-transfer-encoding")) {
			if (d->has_encoding) {
				return SCAN_TWO_ENCODINGS;
			}
			d->has_encoding = true;
			d->encoding = f;
		} else if (header_is(&f, "mime-version")) {
			if (e->has_mime_version) {
				return SCAN_TWO_MIME_VERSIONS;
			}
			e->has_mime_version = true;
		} else if (header_is(&f, "content-disposition")) {
			e->named_twice = e->named_twice || e->has_disposition;
			e->has_disposition = true;
		} else if (header_is(&f, "content-id")) {
			e->named_twice = e->named_twice || e->has_id;
			e->has_id = true;
		}
	}
	return next == HEADER_BAD ? (int)SCAN_HEADER_LINE : -1;
}

static void
read_encoding(const struct field *f, struct scan_entity *e)
{
	struct content c;
	const uint8_t *word;

	content_parse(f->body, f->body_len, &c);
	word = f->body + c.type_at;
	if (bytes_are(word, c.type_len, "7bit")) {
		e->encoding = SCAN_IDENTITY;
	} else if (bytes_are(word, c.type_len, "8bit") || bytes_are(word, c.type_len, "binary")) {
		e->encoding = SCAN_IDENTITY;
		e->eight_bit = true;
		e->binary = bytes_are(word, c.type_len, "binary");
	} else if (bytes_are(word, c.type_len, "quoted-printable")) {
		e->encoding = SCAN_QUOTED_PRINTABLE;
	} else if (bytes_are(word, c.type_len, "base64")) {
		e->encoding = SCAN_BASE64;
	} else {
		e->encoding = SCAN_OPAQUE;
	}
}

static const struct {
	const char *type;    /* NULL: any */
	const char *subtype; /* NULL: any */
	enum scan_kind kind;
} kinds[] = {
    {"text", "plain", SCAN_TEXT_PLAIN},
    {"text", "html", SCAN_TEXT_HTML},
    {"text", "rfc822-headers", SCAN_INERT},
    {"message", "partial", SCAN_SEALED_LEAF},
    {"message", NULL, SCAN_INERT},
    {"application", "pkcs7-mime", SCAN_SEALED_LEAF},
    {"application", "x-pkcs7-mime", SCAN_SEALED_LEAF},
    {"multipart", "mixed", SCAN_MIXED},
    {"multipart", "alternative", SCAN_ALTERNATIVE},
    {"multipart", "related", SCAN_RELATED},
    {"multipart", "digest", SCAN_DIGEST},
    {"multipart", "signed", SCAN_SEALED},
    {"multipart", "encrypted", SCAN_SEALED},
    {"multipart", NULL, SCAN_MULTIPART},
    {NULL, NULL, SCAN_LEAF},
};

static enum scan_kind
kind_of(const uint8_t *body, const struct content *c)
{
	size_t i = 0;

	while (
	    (kinds[i].type != NULL && !bytes_are(body + c->type_at, c->type_len, kinds[i].type)) ||
	    (kinds[i].subtype != NULL &&
	        !bytes_are(body + c->subtype_at, c->subtype_len, kinds[i].subtype))) {
		i++;
	}
	return kinds[i].kind;
}

static int
read_multipart(const struct field *f, const struct content *c, struct scan_open *open)
{
	size_t len = 0;

	switch (content_boundary(f->body, c, open->boundary, &len)) {
	case CONTENT_BOUNDARY_OK:
		break;
	case CONTENT_BOUNDARY_NONE:
		return SCAN_NO_BOUNDARY;
	case CONTENT_BOUNDARY_TWO:
		return SCAN_TWO_BOUNDARIES;
	case CONTENT_BOUNDARY_BAD:
		return SCAN_BAD_BOUNDARY;
	}
	open->boundary_len = (uint8_t)len;
	/* Without a subtype some readers take it for text/plain. */
	return c->irregular || c->subtype_len == 0 ? (int)SCAN_IRREGULAR_MULTIPART : -1;
}

int
entity_read(const uint8_t *header, size_t len, bool in_digest, struct scan_entity *e,
    struct scan_open *open)
{
	struct deciding d = {.has_type = false, .has_encoding = false};
	struct content c;
	uint32_t child = e->child;
	int refusal;

	memset(e, 0, sizeof(*e));
	e->child = child;
	if (memchr(header, '\r', len) != NULL || memchr(header, '\0', len) != NULL) {
		return SCAN_CONTROL_IN_HEADER;
	}
	refusal = gather(header, len, e, &d);
	if (refusal >= 0) {
		return refusal;
	}
	if (d.has_encoding) {
		read_encoding(&d.encoding, e);
	}
	if (!d.has_type) {
		e->kind = in_digest ? SCAN_INERT : SCAN_TEXT_PLAIN;
		return -1;
	}
	content_parse(d.type.body, d.type.body_len, &c);
	e->kind = kind_of(d.type.body, &c);
	return scan_is_multipart(e->kind) ? read_multipart(&d.type, &c, open) : -1;
}
