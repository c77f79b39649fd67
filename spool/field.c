/*
 * field.c - takes lines "name value\n" apart
 */
#include "spool/field.h"

#include <string.h>

#include "spool/hex.h"

/* The next line's value, if the line is `name`; *next is where the one after it starts. */
static bool
peek(const struct field_lines *f, const char *name, const uint8_t **value_r, size_t *len_r,
    const uint8_t **next)
{
	size_t len = strlen(name), left = (size_t)(f->end - f->at);
	const uint8_t *lf;

	if (left <= len || memcmp(f->at, name, len) != 0 || f->at[len] != ' ') {
		return false;
	}
	lf = memchr(f->at, '\n', left);
	if (lf == NULL) {
		return false;
	}
	*value_r = f->at + len + 1;
	*len_r = (size_t)(lf - *value_r);
	*next = lf + 1;
	return true;
}

bool
field_text(struct field_lines *f, const char *name, const uint8_t **value_r, size_t *len_r)
{
	return peek(f, name, value_r, len_r, &f->at);
}

bool
field_is(struct field_lines *f, const char *name, const char *value)
{
	const uint8_t *text, *next;
	size_t len;

	if (!peek(f, name, &text, &len, &next) || len != strlen(value) ||
	    memcmp(text, value, len) != 0) {
		return false;
	}
	f->at = next;
	return true;
}

bool
field_hex(struct field_lines *f, const char *name, uint8_t *out, size_t bytes)
{
	const uint8_t *text, *next;
	size_t len;

	if (!peek(f, name, &text, &len, &next) || len != bytes * 2 ||
	    hex_decode(text, len, out) != 0) {
		return false;
	}
	f->at = next;
	return true;
}

bool
field_number(struct field_lines *f, const char *name, uint64_t max, uint64_t *value_r)
{
	const uint8_t *text, *next;
	size_t len;
	uint64_t value = 0;

	if (!peek(f, name, &text, &len, &next) || len == 0 || (len > 1 && text[0] == '0')) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		uint8_t digit = (uint8_t)(text[i] - '0');
		if (digit > 9 || digit > max || value > (max - digit) / 10) {
			return false;
		}
		value = value * 10 + digit;
	}
	*value_r = value;
	f->at = next;
	return true;
}
