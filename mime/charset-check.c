/*
 * charset-check.c - see charset-check.h
 */
#include "mime/charset-check.h"

#include <string.h>

enum { ESCAPE = 0x1b };

void
charset_check_begin(struct charset_check *c)
{
	*c = (struct charset_check){0};
}

bool
charset_is_eight_bit(const uint8_t *data, size_t len)
{
	static const uint64_t high = UINT64_C(0x8080808080808080);
	uint64_t word;
	size_t i = 0;

	for (; i + sizeof(word) <= len; i += sizeof(word)) {
		memcpy(&word, data + i, sizeof(word));
		if ((word & high) != 0) {
			return true;
		}
	}
	for (; i < len; i++) {
		if (data[i] > 0x7f) {
			return true;
		}
	}
	return false;
}

static void
add_byte(struct charset_check *c, uint8_t byte)
{
	if (c->left > 0) {
		c->not_utf8 = byte < c->low || byte > c->high;
		c->low = 0x80;
		c->high = 0xbf;
		c->left--;
	} else if (byte > 0x7f) {
		c->not_utf8 = byte < 0xc2 || byte > 0xf4;
		c->left = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
		c->low = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
		c->high = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf;
	}
}

void
charset_check_add(struct charset_check *c, const uint8_t *data, size_t len)
{
	if (c->not_utf8) {
		return;
	}
	if (c->left == 0 && !charset_is_eight_bit(data, len)) {
		c->escape = c->escape || memchr(data, ESCAPE, len) != NULL;
		return;
	}
	c->eight_bit = true;
	for (size_t i = 0; i < len && !c->not_utf8; i++) {
		add_byte(c, data[i]);
	}
}

enum charset
charset_check_end(const struct charset_check *c)
{
	if (c->not_utf8 || c->left > 0) {
		return CHARSET_UNKNOWN;
	}
	if (c->eight_bit) {
		return CHARSET_UTF8;
	}
	return c->escape ? CHARSET_UNKNOWN : CHARSET_ASCII;
}
