/*
 * content.h - the bodies of Content-Type, Content-Disposition and
 * Content-Transfer-Encoding: a word, perhaps a subtype, and parameters
 * (RFC 2045 5, RFC 2183, RFC 2231)
 *
 * Says where each thing stands in the body, so that an editor can take one
 * parameter out and leave every other byte. Comments, folding and obsolete
 * white space are understood anywhere RFC 5322 allows them.
 *
 * Not here: character sets; which value is right (the caller asks).
 */
#ifndef MIME_CONTENT_H
#define MIME_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mime/limits.h"

/* Offsets are into the body that was parsed. */
struct content_param {
	size_t from, to; /* from its `;` to the end of its value: what taking it out removes */
	size_t name_at, name_len;   /* as written, with section and asterisks */
	size_t attribute_len;       /* of the name: the attribute alone (RFC 2231) */
	size_t value_at, value_len; /* as written, quotes included */
	int section;                /* RFC 2231 3; -1: none */
	bool extended;              /* RFC 2231 4: a trailing asterisk */
	/* the value is no token and no closed quoted string: all up to the next `;` */
	bool loose;
};

struct content {
	size_t type_at, type_len;
	size_t subtype_at, subtype_len; /* 0 long where there is no `/subtype` */
	size_t params;
	struct content_param param[CONTENT_PARAMS_MAX];
	bool irregular; /* not what RFC 2045 allows; what could be read has been */
};

/* Parses a field's body. Never fails: what makes no sense is `irregular`. */
void content_parse(const uint8_t *body, size_t len, struct content *c);

/* Whether the parameter's attribute is this one (NUL-terminated lower case), in any RFC 2231 form.
 */
bool content_param_is(const uint8_t *body, const struct content_param *p, const char *attribute);

enum content_boundary {
	CONTENT_BOUNDARY_OK,
	CONTENT_BOUNDARY_NONE,
	CONTENT_BOUNDARY_TWO, /* two of them, or sections that do not fit together */
	CONTENT_BOUNDARY_BAD, /* not 1 to 70 bchars, or ends in a space (RFC 2046 5.1.1) */
};

/* The boundary parameter's value, in whatever form it is written. */
enum content_boundary content_boundary(
    const uint8_t *body, const struct content *c, uint8_t boundary[BOUNDARY_MAX], size_t *len_r);

#endif
