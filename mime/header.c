/*
 * header.c - see header.h
 */
#include "mime/header.h"

#include <string.h>

static bool
is_wsp(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

enum header_next
header_next(const uint8_t *header, size_t len, size_t *at, struct field *f)
{
	const uint8_t *lf;
	size_t i = *at, name_len, end;

	if (i >= len || header[i] == '\n') {
		return HEADER_END;
	}
	while (i < len && header[i] > ' ' && header[i] < 0x7f && header[i] != ':') {
		i++;
	}
	name_len = i - *at;
	while (i < len && is_wsp(header[i])) {
		i++;
	}
	if (name_len == 0 || i >= len || header[i] != ':') {
		return HEADER_BAD;
	}
	f->text = header + *at;
	f->name_len = name_len;
	f->body = header + i + 1;
	do {
		lf = memchr(header + i, '\n', len - i);
		i = lf == NULL ? len : (size_t)(lf - header) + 1;
	} while (i < len && is_wsp(header[i]));
	end = lf == NULL ? len : i - 1;
	f->len = i - *at;
	f->body_len = (size_t)(header + end - f->body);
	*at = i;
	return HEADER_FIELD;
}

bool
bytes_are(const uint8_t *p, size_t len, const char *word)
{
	for (size_t i = 0; i < len; i++) {
		if (word[i] == '\0' || lower(p[i]) != (uint8_t)word[i]) {
			return false;
		}
	}
	return word[len] == '\0';
}

bool
header_is(const struct field *f, const char *name)
{
	return bytes_are(f->text, f->name_len, name);
}

bool
header_begins(const struct field *f, const char *prefix)
{
	size_t n = strlen(prefix);

	return f->name_len >= n && bytes_are(f->text, n, prefix);
}
