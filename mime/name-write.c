/*
 * name-write.c - a name as `filename` and as `name`
 */
#include <string.h>

#include "mime/base64.h"
#include "mime/name.h"

struct parameter_text {
	char *bytes;
	size_t len, cap;
	size_t line; /* where the last line began */
};

static void
put(struct parameter_text *t, const void *p, size_t len)
{
	if (t->len <= t->cap && len <= t->cap - t->len) {
		memcpy(t->bytes + t->len, p, len);
		t->len += len;
	} else {
		t->len = t->cap + 1;
	}
}

static void
put_text(struct parameter_text *t, const char *s)
{
	put(t, s, strlen(s));
}

static void
new_line(struct parameter_text *t, const char *end)
{
	put_text(t, end);
	put_text(t, "\n\t");
	t->line = t->len;
}

static size_t
column(const struct parameter_text *t)
{
	return t->len - t->line;
}

/* The length, where everything fitted. */
static size_t
finish(const struct parameter_text *t)
{
	return t->len <= t->cap && column(t) <= LINE_MAX_MAIL - 2 ? t->len : 0;
}

/* A byte of a quoted string. */
static void
put_quoted(struct parameter_text *t, const uint8_t *c)
{
	if (*c == '"' || *c == '\\') {
		put_text(t, "\\");
	}
	put(t, c, 1);
}

/* attribute="…", on one line. */
static size_t
write_quoted(const char *attribute, const struct name *n, struct parameter_text *t)
{
	put_text(t, attribute);
	put_text(t, "=\"");
	for (size_t i = 0; i < n->len; i++) {
		put_quoted(t, n->bytes + i);
	}
	put_text(t, "\"");
	return finish(t);
}

/* filename*12* and so on. */
static void
put_section(struct parameter_text *t, unsigned section, bool extended)
{
	char digits[3], *at = digits + sizeof(digits);

	put_text(t, "filename*");
	do {
		*--at = (char)('0' + section % 10);
		section /= 10;
	} while (section > 0 && at > digits);
	put(t, at, (size_t)(digits + sizeof(digits) - at));
	put_text(t, extended ? "*=" : "=\"");
}

/* filename*0="…"; filename*1="…": a name of ASCII that is too long for a line. */
static size_t
write_quoted_sections(const struct name *n, struct parameter_text *t)
{
	unsigned section = 0;

	put_section(t, section, false);
	for (size_t i = 0; i < n->len; i++) {
		if (column(t) + strlen("\\x\"") > NAME_LINE_MAX) {
			put_text(t, "\"");
			new_line(t, ";");
			put_section(t, ++section, false);
		}
		put_quoted(t, n->bytes + i);
	}
	put_text(t, "\"");
	return finish(t);
}

/* attribute-char of RFC 2231 7. */
static bool
is_attribute_char(uint8_t c)
{
	return c > ' ' && c < 0x7f && strchr("*'%()<>@,;:\\\"/[]?=", c) == NULL;
}

static void
put_percent(struct parameter_text *t, uint8_t c)
{
	static const char digits[] = "0123456789ABCDEF";

	if (is_attribute_char(c)) {
		put(t, &c, 1);
		return;
	}
	put_text(t, "%");
	put(t, &digits[c >> 4], 1);
	put(t, &digits[c & 15], 1);
}

static void
put_label(struct parameter_text *t, const struct name *n)
{
	if (n->charset == CHARSET_UTF8 || n->charset == CHARSET_ASCII) {
		put_text(t, "UTF-8");
	} else {
		put(t, n->label, n->label_len);
	}
}

static size_t
write_percent(const struct name *n, struct parameter_text *t)
{
	put_text(t, "filename*=");
	put_label(t, n);
	put_text(t, "''");
	for (size_t i = 0; i < n->len; i++) {
		put_percent(t, n->bytes[i]);
	}
	return finish(t);
}

/* The same in sections, with no character in two of them. */
static size_t
write_percent_sections(const struct name *n, struct parameter_text *t)
{
	struct charset_walk w = {.charset = n->charset};
	unsigned section = 0;
	size_t len;

	put_section(t, section, true);
	put_label(t, n);
	put_text(t, "''");
	for (size_t i = 0; i < n->len; i += len) {
		enum charset_class class;

		len = charset_step(&w, n->bytes + i, n->len - i, &class);
		if (column(t) + 3 * len > NAME_LINE_MAX) {
			new_line(t, ";");
			put_section(t, ++section, true);
		}
		for (size_t k = 0; k < len; k++) {
			put_percent(t, n->bytes[i + k]);
		}
	}
	return finish(t);
}

size_t
name_write_filename(const struct name *n, char *out, size_t cap)
{
	struct parameter_text t = {out, 0, cap, 0};
	size_t len;
	bool quoted = n->charset == CHARSET_ASCII || n->charset == CHARSET_RAW;

	len = quoted ? write_quoted("filename", n, &t) : write_percent(n, &t);
	if ((len > 0 && len <= NAME_LINE_MAX) || n->charset == CHARSET_RAW) {
		return len;
	}
	t.len = t.line = 0;
	return quoted ? write_quoted_sections(n, &t) : write_percent_sections(n, &t);
}

/* An encoded word (RFC 2047 4.1). */
static void
put_word(struct parameter_text *t, const struct name *n, size_t at, size_t len)
{
	uint8_t encoded[(NAME_BYTES_MAX + BASE64_LINE_BYTES) / BASE64_LINE_BYTES *
	    (BASE64_LINE_CHARS + 1)];
	size_t encoded_len = base64_encode_lines(n->bytes + at, len, encoded);

	put_text(t, "=?");
	put_label(t, n);
	put_text(t, "?B?");
	for (size_t i = 0; i < encoded_len; i++) {
		if (encoded[i] != '\n') {
			put(t, encoded + i, 1);
		}
	}
	put_text(t, "?=");
}

/* As many bytes as a word may have whose line begins with `name="` and ends with a quote. */
static size_t
word_bytes(const struct name *n)
{
	size_t label = n->charset == CHARSET_UTF8 || n->charset == CHARSET_ASCII ? strlen("UTF-8")
	                                                                         : n->label_len;

	return (NAME_LINE_MAX -
	           strlen("name=\"=?"
	                  "?B?"
	                  "?=\"") -
	           label) /
	    4 * 3;
}

/* name="=?UTF-8?B?…?=", in several words where it must be. */
static size_t
write_words(const struct name *n, struct parameter_text *t)
{
	struct charset_walk w = {.charset = n->charset};
	size_t begun = 0, most = word_bytes(n), len;
	/* A word of ISO-2022-JP would need its own escape sequences. */
	bool whole = n->charset == CHARSET_ISO_2022_JP;

	put_text(t, "name=\"");
	for (size_t i = 0; i < n->len && !whole; i += len) {
		enum charset_class class;

		len = charset_step(&w, n->bytes + i, n->len - i, &class);
		if (i + len - begun > most) {
			put_word(t, n, begun, i - begun);
			new_line(t, "");
			begun = i;
		}
	}
	put_word(t, n, begun, n->len - begun);
	put_text(t, "\"");
	return finish(t);
}

size_t
name_write_name(const struct name *n, char *out, size_t cap)
{
	struct parameter_text t = {out, 0, cap, 0};
	size_t len = 0;

	if (n->charset == CHARSET_ASCII || n->charset == CHARSET_RAW) {
		len = write_quoted("name", n, &t);
		if ((len > 0 && len <= NAME_LINE_MAX) || n->charset == CHARSET_RAW) {
			return len;
		}
		t.len = t.line = 0;
	}
	return write_words(n, &t);
}
