/*
 * json-object.c - reads one flat JSON object, in place
 */
#include "cli/json-object.h"

#include <string.h>

struct cursor {
	char *at, *end;
	const char *wrong;
};

static void
skip_blank(struct cursor *c)
{
	while (c->at < c->end && strchr(" \t\r\n", *c->at) != NULL && *c->at != '\0') {
		c->at++;
	}
}

static bool
take(struct cursor *c, char wanted)
{
	skip_blank(c);
	if (c->at < c->end && *c->at == wanted) {
		c->at++;
		return true;
	}
	return false;
}

static bool
take_word(struct cursor *c, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(c->end - c->at) < len || memcmp(c->at, word, len) != 0) {
		return false;
	}
	c->at += len;
	return true;
}

static bool
hex4(struct cursor *c, uint32_t *value_r)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	uint32_t value = 0;

	if (c->end - c->at < 4) {
		return false;
	}
	for (int i = 0; i < 4; i++) {
		const char *digit = *c->at == '\0' ? NULL : strchr(digits, *c->at);
		if (digit == NULL) {
			return false;
		}
		value = value << 4 | ((uint32_t)(digit - digits) & 15);
		c->at++;
	}
	*value_r = value;
	return true;
}

/* The character behind \u, a surrogate with its other half. */
static bool
escaped_character(struct cursor *c, uint32_t *value_r)
{
	uint32_t high, low;

	if (!hex4(c, &high)) {
		return false;
	}
	*value_r = high;
	if (high < 0xd800 || high > 0xdfff) {
		return high != 0;
	}
	if (high > 0xdbff || !take_word(c, "\\u") || !hex4(c, &low) || low < 0xdc00 ||
	    low > 0xdfff) {
		return false;
	}
	*value_r = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
	return true;
}

/* UTF-8 is never longer than its escape. */
static char *
put_utf8(char *out, uint32_t value)
{
	if (value < 0x80) {
		*out++ = (char)value;
		return out;
	}
	if (value < 0x800) {
		*out++ = (char)(0xc0 | value >> 6);
	} else if (value < 0x10000) {
		*out++ = (char)(0xe0 | value >> 12);
		*out++ = (char)(0x80 | (value >> 6 & 63));
	} else {
		*out++ = (char)(0xf0 | value >> 18);
		*out++ = (char)(0x80 | (value >> 12 & 63));
		*out++ = (char)(0x80 | (value >> 6 & 63));
	}
	*out++ = (char)(0x80 | (value & 63));
	return out;
}

static bool
unescape(struct cursor *c, char **out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *simple;
	uint32_t value;
	char letter;

	if (c->at == c->end || *c->at == '\0') {
		return false;
	}
	letter = *c->at++;
	if (letter == 'u') {
		if (!escaped_character(c, &value)) {
			return false;
		}
		*out = put_utf8(*out, value);
		return true;
	}
	simple = strchr(from, letter);
	if (simple != NULL) {
		*(*out)++ = to[simple - from];
	}
	return simple != NULL;
}

/* A string, decoded where it stands. */
static const char *
read_string(struct cursor *c)
{
	char *start, *out;

	if (!take(c, '"')) {
		c->wrong = "a string is missing";
		return NULL;
	}
	start = out = c->at;
	while (c->at < c->end && *c->at != '"') {
		if ((unsigned char)*c->at < 0x20) {
			c->wrong = "a control character in a string";
			return NULL;
		}
		if (*c->at != '\\') {
			*out++ = *c->at++;
			continue;
		}
		c->at++;
		if (!unescape(c, &out)) {
			c->wrong = "a bad escape in a string";
			return NULL;
		}
	}
	if (c->at == c->end) {
		c->wrong = "a string does not end";
		return NULL;
	}
	c->at++;
	*out = '\0';
	return start;
}

static bool
read_number(struct cursor *c, uint64_t *number_r)
{
	uint64_t value = 0;
	char *start = c->at;

	while (c->at < c->end && *c->at >= '0' && *c->at <= '9') {
		uint64_t digit = (uint64_t)(*c->at - '0');
		if (value > (UINT64_MAX - digit) / 10) {
			return false;
		}
		value = value * 10 + digit;
		c->at++;
	}
	*number_r = value;
	return c->at > start && (*start != '0' || c->at == start + 1);
}

static bool
read_value(struct cursor *c, struct json_member *m)
{
	skip_blank(c);
	m->text = NULL;
	m->number = 0;
	if (c->at < c->end && *c->at == '"') {
		m->kind = JSON_STRING;
		m->text = read_string(c);
		return m->text != NULL;
	}
	if (take_word(c, "true")) {
		m->kind = JSON_BOOLEAN;
		m->number = 1;
	} else if (take_word(c, "false")) {
		m->kind = JSON_BOOLEAN;
	} else if (take_word(c, "null")) {
		m->kind = JSON_NULL;
	} else {
		m->kind = JSON_NUMBER;
		if (!read_number(c, &m->number)) {
			c->wrong = "a value that is no string, whole number, true, false or null";
			return false;
		}
	}
	return true;
}

static bool
read_member(struct cursor *c, struct json_object *o)
{
	struct json_member *m = &o->members[o->count];

	if (o->count == JSON_MEMBERS_MAX) {
		c->wrong = "too many members";
		return false;
	}
	m->name = read_string(c);
	if (m->name == NULL) {
		return false;
	}
	for (size_t i = 0; i < o->count; i++) {
		if (strcmp(o->members[i].name, m->name) == 0) {
			c->wrong = "a member stands twice";
			return false;
		}
	}
	if (!take(c, ':')) {
		c->wrong = "a ':' is missing";
		return false;
	}
	if (!read_value(c, m)) {
		return false;
	}
	o->count++;
	return true;
}

const char *
json_object_read(char *text, size_t len, struct json_object *o)
{
	struct cursor c = {.at = text, .end = text + len};

	o->count = 0;
	if (!take(&c, '{')) {
		return "it does not begin with '{'";
	}
	if (!take(&c, '}')) {
		do {
			if (!read_member(&c, o)) {
				return c.wrong;
			}
		} while (take(&c, ','));
		if (!take(&c, '}')) {
			return "a ',' or '}' is missing";
		}
	}
	skip_blank(&c);
	return c.at == c.end ? NULL : "there is more behind '}'";
}
