/*
 * base64-alphabet.h - the characters and lines of base64, for encoder, decoder and kernels
 */
#ifndef MIME_BASE64_ALPHABET_H
#define MIME_BASE64_ALPHABET_H

#include <stdint.h>

/* A full line, without its LF, and the bytes it stands for (RFC 2045, 6.8). */
enum { BASE64_LINE_BYTES = 57, BASE64_LINE_CHARS = 76 };

/* The 64 characters, by sextet (RFC 4648, 4), and a NUL. */
extern _Alignas(64) const uint8_t base64_alphabet[65];

/* What a character is, if it is not a sextet (0 to 63). */
enum {
	BASE64_BLANK = 64,    /* white space that may stand anywhere */
	BASE64_PADDING = 65,  /* `=` */
	BASE64_STRANGER = 66, /* no part of base64 */
};

/* Of each byte: the sextet it stands for, or one of the above. */
extern const uint8_t base64_meaning[256];

#endif
