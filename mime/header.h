/*
 * header.h - the fields of an entity's header, as they stand (RFC 5322 2.2, 4.5)
 *
 * Works on the bytes of a whole header and points into them. LF line ends, as
 * Exim hands a message to a filter.
 *
 * Not here: what a field means (content.h), encoded words (words.h).
 */
#ifndef MIME_HEADER_H
#define MIME_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One field; all of it points into the header. */
struct field {
	/* name, colon, body, folded lines, and the last line end where there is one */
	const uint8_t *text;
	size_t len;
	size_t name_len;     /* without the white space that old mail has before the colon */
	const uint8_t *body; /* after the colon */
	size_t body_len;     /* without the last line end */
};

enum header_next {
	HEADER_FIELD,
	HEADER_END, /* the empty line or the last byte */
	HEADER_BAD, /* a line that is neither a field nor the continuation of one */
};

/* Steps through a header: *at starts as 0. Fills *f on HEADER_FIELD only. */
enum header_next header_next(const uint8_t *header, size_t len, size_t *at, struct field *f);

/* Whether the field has this name, in any case. `name` is NUL-terminated lower case. */
bool header_is(const struct field *f, const char *name);

/* Whether the field's name begins so, in any case. */
bool header_begins(const struct field *f, const char *prefix);

/* Whether the bytes equal the NUL-terminated lower-case word, in any ASCII case. */
bool bytes_are(const uint8_t *p, size_t len, const char *word);

#endif
