/*
 * hex.c - lower-case hexadecimal, strict
 */
#include "spool/hex.h"

#include <assert.h>

char *
hex_encode(const uint8_t *in, size_t len, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		*out++ = digits[in[i] >> 4];
		*out++ = digits[in[i] & 15];
	}
	return out;
}

static int
hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	if (c >= 'a' && c <= 'f') {
		return c - 'a' + 10;
	}
	return -1;
}

int
hex_decode(const uint8_t *in, size_t chars, uint8_t *out)
{
	assert(chars % 2 == 0);
	for (size_t i = 0; i < chars; i += 2) {
		int high = hex_value(in[i]), low = hex_value(in[i + 1]);
		if (high < 0 || low < 0) {
			return -1;
		}
		*out++ = (uint8_t)(high << 4 | low);
	}
	return 0;
}
