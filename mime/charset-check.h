/*
 * charset-check.h - of which charset is a whole text, for certain?
 *
 * Bytes are added in pieces of any size. Not here: whether it is a text.
 */
#ifndef MIME_CHARSET_CHECK_H
#define MIME_CHARSET_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mime/charset.h"

struct charset_check {
	bool eight_bit; /* there was a byte over 0x7f */
	bool escape;    /* there was one that shifts between charsets of seven bits */
	bool not_utf8;
	uint8_t left;      /* bytes that the last character still needs, */
	uint8_t low, high; /* and between which two the next one must be */
};

void charset_check_begin(struct charset_check *c);
void charset_check_add(struct charset_check *c, const uint8_t *data, size_t len);
/* After the last byte: CHARSET_ASCII, CHARSET_UTF8 (RFC 3629), or CHARSET_UNKNOWN. */
enum charset charset_check_end(const struct charset_check *c);

/* Whether there is a byte over 0x7f. */
bool charset_is_eight_bit(const uint8_t *data, size_t len);

#endif
