/*
 * name.h - an attachment's name, as parameters of a header have it
 *
 * Reads the forms that are sent: plain and quoted, RFC 2231 whole and in sections, RFC 2047 words
 * in a quoted string, bytes without quotes or of no charset. Writes two: `filename` for those who
 * follow RFC 2231, and `name` for those who do not, such as Outlook and Gmail.
 *
 * A name that was read is fit for a file: the last component of a path, never empty, "." or "..",
 * without control characters and without those that turn the direction of text; these are left out.
 *
 * Not here: translating charsets; NFC (part-header.h)
 */
#ifndef MIME_NAME_H
#define MIME_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mime/charset.h"
#include "mime/content.h"
#include "mime/limits.h"

struct name {
	enum charset charset; /* CHARSET_ASCII where every byte is */
	size_t len, label_len;
	uint8_t label[CHARSET_LABEL_MAX]; /* the charset, as it was written */
	uint8_t bytes[NAME_BYTES_MAX];
};

/*
 * Reads the parameter `attribute` ("filename" or "name") of a parsed body: the RFC 2231 form before
 * the plain one, the first of two equal ones, an empty one not at all. Whether there is a name.
 */
bool name_read(
    const uint8_t *body, const struct content *c, const char *attribute, struct name *name_r);

/* The same from filename parameters as an entry has them. */
bool name_of_piece(const char *piece, size_t len, struct name *name_r);

/* A name from UTF-8; false: nothing of it may be one, or it is too long. */
bool name_from_utf8(const char *text, size_t len, struct name *name_r);

/*
 * Write the parameter to stand after "Content-Disposition: attachment;\n\t", or after
 * "Content-Type: a/b;\n\t". Lines are joined by ";\n\t" or "\n\t", are 76 bytes long where that
 * can be, and never longer than LINE_MAX_MAIL. Return the length; 0: it cannot be written so, or
 * not in `cap` bytes. NAME_PARAM_MAX is always enough.
 */
size_t name_write_filename(const struct name *name, char *out, size_t cap);
size_t name_write_name(const struct name *name, char *out, size_t cap);

#endif
