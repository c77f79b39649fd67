/*
 * base64url.h - base64url without padding (RFC 4648 5), strict both ways
 */
#ifndef SPOOL_BASE64URL_H
#define SPOOL_BASE64URL_H

#include <stddef.h>
#include <stdint.h>

/* Writes `chars` characters from the first bits of `in` (which holds at least chars * 6 bits); no
 * NUL. */
void base64url_encode(const uint8_t *in, size_t chars, char *out);

/* Decodes chars characters (a multiple of 4) into chars / 4 * 3 bytes. 0, or -1 at the first
 * character outside the alphabet. */
int base64url_decode(const uint8_t *in, size_t chars, uint8_t *out);

#endif
