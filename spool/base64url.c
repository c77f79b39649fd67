/*
 * base64url.c - base64url without padding, strict both ways
 *
 * For tokens and boundaries, a few dozen bytes at a time. Not here: the base64
 * of attachments (mime/).
 */
#include "spool/base64url.h"

#include <assert.h>

void
base64url_encode(const uint8_t *in, size_t chars, char *out)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

	for (size_t i = 0; i < chars; i++) {
		size_t byte = i * 6 / 8, offset = i * 6 % 8;
		unsigned bits = (unsigned)in[byte] << 8;
		if (offset > 2) {
			bits |= in[byte + 1];
		}
		out[i] = alphabet[bits >> (10 - offset) & 63];
	}
}

static int
sextet(uint8_t c)
{
	if (c >= 'A' && c <= 'Z') {
		return c - 'A';
	}
	if (c >= 'a' && c <= 'z') {
		return c - 'a' + 26;
	}
	if (c >= '0' && c <= '9') {
		return c - '0' + 52;
	}
	return c == '-' ? 62 : c == '_' ? 63 : -1;
}

int
base64url_decode(const uint8_t *in, size_t chars, uint8_t *out)
{
	assert(chars % 4 == 0);
	for (size_t i = 0; i < chars; i += 4) {
		int a = sextet(in[i]), b = sextet(in[i + 1]);
		int c = sextet(in[i + 2]), d = sextet(in[i + 3]);
		if (a < 0 || b < 0 || c < 0 || d < 0) {
			return -1;
		}
		*out++ = (uint8_t)(a << 2 | b >> 4);
		*out++ = (uint8_t)((b & 15) << 4 | c >> 2);
		*out++ = (uint8_t)((c & 3) << 6 | d);
	}
	return 0;
}
