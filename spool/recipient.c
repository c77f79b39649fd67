/*
 * recipient.c - the canonical spelling of an envelope recipient
 *
 * Not here: U-labels to A-labels (cli/), whether the address exists.
 */
#include "spool/recipient.h"

#include <stdbool.h>
#include <string.h>

static bool
is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

static bool
is_alnum(uint8_t c)
{
	return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z');
}

static bool
add(struct recipient *r, uint8_t c)
{
	if (r->len == sizeof(r->address)) {
		return false;
	}
	r->address[r->len++] = lower(c);
	return true;
}

/* A local part in quotes loses them and its backslashes; any other one stays as it is. */
static bool
add_local(struct recipient *r, const uint8_t *text, size_t len)
{
	bool quoted = len >= 2 && text[0] == '"' && text[len - 1] == '"';
	size_t end = quoted ? len - 1 : len;

	for (size_t i = quoted ? 1 : 0; i < end; i++) {
		if (quoted && text[i] == '"') {
			return false;
		}
		if (quoted && text[i] == '\\' && ++i == end) {
			return false;
		}
		if (text[i] < 0x20 || text[i] == 0x7f || !add(r, text[i])) {
			return false;
		}
	}
	return r->len > 0;
}

static bool
is_literal(const uint8_t *text, size_t len)
{
	if (len < 3 || text[0] != '[' || text[len - 1] != ']') {
		return false;
	}
	for (size_t i = 1; i < len - 1; i++) {
		if (!is_alnum(text[i]) && text[i] != ':' && text[i] != '.' && text[i] != '-') {
			return false;
		}
	}
	return true;
}

static bool
is_name(const uint8_t *text, size_t len)
{
	bool label = false;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '.') {
			if (!label) {
				return false;
			}
			label = false;
		} else if (is_alnum(text[i]) || text[i] == '-') {
			label = true;
		} else {
			return false;
		}
	}
	return label;
}

static bool
add_domain(struct recipient *r, const uint8_t *text, size_t len)
{
	if (!is_literal(text, len) && !is_name(text, len)) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		if (!add(r, text[i])) {
			return false;
		}
	}
	return true;
}

int
recipient_canonical(const uint8_t *text, size_t len, struct recipient *r)
{
	const uint8_t *at;
	size_t local;

	r->len = 0;
	while (len > 0 && is_space(text[0])) {
		text++;
		len--;
	}
	while (len > 0 && is_space(text[len - 1])) {
		len--;
	}
	if (len == 0 || (len == 1 && text[0] == '@')) {
		return 0;
	}
	at = memrchr(text, '@', len);
	if (at == NULL) {
		return -1;
	}
	local = (size_t)(at - text);
	if (!add_local(r, text, local) || !add(r, '@') || !add_domain(r, at + 1, len - local - 1)) {
		r->len = 0;
		return -1;
	}
	return 0;
}
