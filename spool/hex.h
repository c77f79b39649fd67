/*
 * hex.h - lower-case hexadecimal, the spelling of every id in the spool
 *
 * Upper case is refused, so that a name has one spelling.
 */
#ifndef SPOOL_HEX_H
#define SPOOL_HEX_H

#include <stddef.h>
#include <stdint.h>

/* Writes len * 2 characters; no NUL. Returns the place after them. */
char *hex_encode(const uint8_t *in, size_t len, char *out);

/* Decodes chars characters (an even number) into chars / 2 bytes. 0, or -1. */
int hex_decode(const uint8_t *in, size_t chars, uint8_t *out);

#endif
