/*
 * words.c - see words.h
 */
#include "mime/words.h"

#include <string.h>

#include "mime/base64.h"
#include "mime/hex.h"
#include "mime/limits.h"

static bool
is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The Q encoding (RFC 2047 4.2). */
static long
decode_q(const uint8_t *p, size_t len, uint8_t *out, size_t cap)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		uint8_t c = p[i] == '_' ? ' ' : p[i];

		if (c == '=') {
			if (i + 2 >= len || hex_value(p[i + 1]) < 0 || hex_value(p[i + 2]) < 0) {
				return -1;
			}
			c = (uint8_t)(hex_value(p[i + 1]) * 16 + hex_value(p[i + 2]));
			i += 2;
		}
		if (n == cap) {
			return -1;
		}
		out[n++] = c;
	}
	return (long)n;
}

static long
decode_b(const uint8_t *p, size_t len, uint8_t *out, size_t cap)
{
	struct base64_decoder d = {.bits = 0};
	uint8_t buf[ENCODED_WORD_MAX];
	size_t n;
	_Static_assert(ENCODED_WORD_MAX / 4 * 3 + 3 <= sizeof(buf), "base64_decode()");

	n = base64_decode(&d, p, len, buf);
	base64_decode_end(&d);
	if (d.irregular || n > cap) {
		return -1;
	}
	memcpy(out, buf, n);
	return (long)n;
}

/* The length of the encoded word at p, or 0. */
static size_t
encoded_word(const uint8_t *p, size_t len, size_t *text_at, size_t *text_len, bool *b)
{
	size_t i = 2, marks = 0;

	if (len < 8 || p[0] != '=' || p[1] != '?') {
		return 0;
	}
	for (; i + 1 < len && i < ENCODED_WORD_MAX && !is_space(p[i]); i++) {
		if (p[i] != '?') {
			continue;
		}
		if (++marks == 1) {
			if (i + 2 >= len || p[i + 2] != '?' || strchr("BbQq", p[i + 1]) == NULL ||
			    p[i + 1] == '\0') {
				return 0;
			}
			*b = (p[i + 1] | 0x20) == 'b';
			i += 2;
			*text_at = i + 1;
		} else if (p[i + 1] == '=') {
			*text_len = i - *text_at;
			return i + 2;
		} else {
			return 0;
		}
	}
	return 0;
}

long
words_decode(const uint8_t *body, size_t len, uint8_t *out, size_t cap)
{
	/* where white space after an encoded word starts, in out */
	size_t n = 0, after_word = SIZE_MAX;

	for (size_t i = 0; i < len;) {
		size_t text_at = 0, text_len = 0, word;
		bool b = false;

		word = encoded_word(body + i, len - i, &text_at, &text_len, &b);
		if (word > 0) {
			long got;

			if (after_word != SIZE_MAX) {
				n = after_word;
			}
			got = b ? decode_b(body + i + text_at, text_len, out + n, cap - n)
			        : decode_q(body + i + text_at, text_len, out + n, cap - n);
			if (got < 0) {
				return -1;
			}
			n += (size_t)got;
			after_word = n;
			i += word;
			continue;
		}
		if (n == cap) {
			return -1;
		}
		if (is_space(body[i])) {
			out[n++] = ' ';
		} else {
			out[n++] = body[i];
			after_word = SIZE_MAX;
		}
		i++;
	}
	return (long)n;
}

static bool
same_letters(const uint8_t *a, const uint8_t *b, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((a[i] | 0x20) != (b[i] | 0x20)) {
			return false;
		}
	}
	return true;
}

bool
words_charset(const uint8_t *body, size_t len, const uint8_t **label_r, size_t *label_len_r)
{
	*label_len_r = 0;
	for (size_t i = 0; i < len;) {
		size_t text_at, text_len, n = 0, word;
		bool b;

		word = encoded_word(body + i, len - i, &text_at, &text_len, &b);
		if (word == 0) {
			i++;
			continue;
		}
		while (body[i + 2 + n] != '?' && body[i + 2 + n] != '*') {
			n++;
		}
		if (*label_len_r > 0 &&
		    (n != *label_len_r || !same_letters(*label_r, body + i + 2, n))) {
			return false;
		}
		*label_r = body + i + 2;
		*label_len_r = n;
		i += word;
	}
	return *label_len_r > 0;
}
