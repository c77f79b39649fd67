/*
 * hex.h - a hexadecimal digit, as quoted-printable, RFC 2231 and RFC 2047 have them
 */
#ifndef MIME_HEX_H
#define MIME_HEX_H

#include <stdint.h>

/* The value of a digit in either case, or -1. */
static inline int
hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

#endif
