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
 * A media type with its parameters for Content-Type: type in lower case,
 * parameters as GMime writes them, on one line.
 */
enum part_header part_header_type(
    const char *text, size_t len, char *out, size_t cap, size_t *len_r);

/* The last component of a path, of either kind of slash. Points into `name`. */
enum part_header part_header_base_name(
    const char *name, size_t len, const char **base_r, size_t *len_r);

/*
 * The filename parameters, to stand after "Content-Disposition: attachment; ":
 * RFC 2231 where the name asks for it, as UTF-8 whatever the locale; several
 * are joined by ";" LF TAB. Folders are cut off.
 */
enum part_header part_header_filename(
    const char *name, size_t len, char *out, size_t cap, size_t *len_r);

/* The name that such parameters stand for, to show it. Returns its length, cut to fit `cap`; 0:
 * none. */
size_t part_header_name(const char *piece, size_t len, char *out, size_t cap);

/* A Content-ID without its angle brackets, with or without which it may come. */
enum part_header part_header_cid(
    const char *text, size_t len, char *out, size_t cap, size_t *len_r);

#endif
