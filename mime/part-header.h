/*
 * part-header.h - the pieces of a part's header, made and checked once, at `put` (GMime)
 *
 * What comes in is what a person or an application said: bytes of unknown
 * virtue. What comes out is printable ASCII that may stand in a header as it is.
 *
 * Returns: PART_HEADER_OK, or what is wrong with the input; nothing is written then
 * Not here: the header itself, which the filter puts together
 */
#ifndef MIME_PART_HEADER_H
#define MIME_PART_HEADER_H

#include <stddef.h>

enum part_header {
	PART_HEADER_OK,
	PART_HEADER_SYNTAX,    /* it is no media type, or no Content-ID */
	PART_HEADER_COMPOSITE, /* a multipart, or a message other than message/rfc822 */
	PART_HEADER_EMPTY,     /* no name is left once its folders are gone */
	PART_HEADER_ENCODING,  /* the name is not UTF-8 */
	/* the name holds a control character or one that turns the direction of text */
	PART_HEADER_CONTROL,
	PART_HEADER_TOO_LONG,
};

/*
 * A media type with its parameters for Content-Type: type in lower case, parameters as GMime writes
 * them, on one line. A parameter `name` is left out: part_header_type_name() has it.
 */
enum part_header part_header_type(
    const char *text, size_t len, char *out, size_t cap, size_t *len_r);

/* The name that comes with a media type, in UTF-8; nothing where there is none. */
enum part_header part_header_type_name(
    const char *text, size_t len, char *out, size_t cap, size_t *len_r);

/* A file's name in UTF-8 and NFC, without the folders before it, of either kind of slash. */
enum part_header part_header_file_name(
    const char *name, size_t len, char *out, size_t cap, size_t *len_r);

/* Writes a Content-ID without its angle brackets. The input may have them, or be a `cid:` URL
 * (RFC 2392). */
enum part_header part_header_cid(
    const char *text, size_t len, char *out, size_t cap, size_t *len_r);

#endif
