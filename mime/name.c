/*
 * name.c - reads names; name-write.c writes them
 */
#include "mime/name.h"

#include <string.h>

#include "mime/hex.h"
#include "mime/words.h"

/* A parameter's value as it is read: encoded words are longer than what they stand for. */
struct gathered {
	size_t len, label_len;
	size_t percent; /* where a percent sign ends that may begin "%XX"; 0: there is none */
	bool too_long;
	uint8_t label[CHARSET_LABEL_MAX];
	uint8_t bytes[NAME_PARAM_MAX];
};

static void
gather_byte(struct gathered *g, uint8_t c)
{
	if (g->len == sizeof(g->bytes)) {
		g->too_long = true;
	} else {
		g->bytes[g->len++] = c;
	}
}

/* A byte of an extended value, in which "%XX" is one (RFC 2231 4). Its three characters may stand
 * in two sections. */
static void
gather_extended(struct gathered *g, uint8_t c)
{
	if (c == '%') {
		gather_byte(g, c);
		g->percent = g->len;
		return;
	}
	if (g->percent > 0 && hex_value(c) >= 0 && g->len == g->percent + 1) {
		g->len = g->percent - 1;
		g->percent = 0;
		c = (uint8_t)(hex_value(g->bytes[g->len + 1]) * 16 + hex_value(c));
	} else if (hex_value(c) < 0) {
		g->percent = 0;
	}
	gather_byte(g, c);
}

/* Over charset'language', which is kept; where it is missing, at the value itself. */
static size_t
read_label(struct gathered *g, const uint8_t *v, size_t i, size_t end)
{
	const uint8_t *first = memchr(v + i, '\'', end - i), *second;
	size_t len = first == NULL ? 0 : (size_t)(first - v) - i;

	second = first == NULL ? NULL : memchr(first + 1, '\'', (size_t)(v + end - first) - 1);
	if (second == NULL || len > sizeof(g->label)) {
		return i;
	}
	memcpy(g->label, v + i, len);
	g->label_len = len;
	return (size_t)(second - v) + 1;
}

/*
 * A parameter's value without its quotes and folding. A backslash counts before a quote or another
 * one only: Windows' paths come unescaped.
 */
static void
gather_value(struct gathered *g, const uint8_t *body, const struct content_param *p, bool first)
{
	const uint8_t *v = body + p->value_at;
	size_t i = 0, end = p->value_len;
	bool quoted = end > 0 && v[0] == '"';

	if (quoted) {
		i = 1;
		end -= !p->loose && end > 1;
	}
	if (!p->extended) {
		g->percent = 0;
	}
	if (p->extended && first) {
		i = read_label(g, v, i, end);
	}
	for (; i < end; i++) {
		if (quoted && v[i] == '\\' && i + 1 < end &&
		    (v[i + 1] == '"' || v[i + 1] == '\\')) {
			gather_byte(g, v[++i]);
		} else if (v[i] != '\n' && p->extended) {
			gather_extended(g, v[i]);
		} else if (v[i] != '\n') {
			gather_byte(g, v[i]);
		}
	}
}

/* The first parameter of this attribute, section and form. */
static const struct content_param *
find(const uint8_t *body, const struct content *c, const char *attribute, int section,
    bool may_extend, bool may_not)
{
	for (size_t i = 0; i < c->params; i++) {
		const struct content_param *p = &c->param[i];

		if (content_param_is(body, p, attribute) && p->section == section &&
		    (p->extended ? may_extend : may_not)) {
			return p;
		}
	}
	return NULL;
}

/* Words in a quoted string are forbidden (RFC 2047 5) and common. Whether there were any. */
static bool
decode_words(const struct gathered *g, struct name *n)
{
	const uint8_t *label;
	size_t label_len;
	long len;

	if (!words_charset(g->bytes, g->len, &label, &label_len) || label_len > sizeof(n->label)) {
		return false;
	}
	len = words_decode(g->bytes, g->len, n->bytes, sizeof(n->bytes));
	if (len < 0) {
		return false;
	}
	memcpy(n->label, label, label_len);
	n->label_len = label_len;
	n->len = (size_t)len;
	return true;
}

/* Leaves out what a name may not hold; of a path stays the last component. */
static void
tame(struct name *n)
{
	struct charset_walk w = {.charset = n->charset};
	size_t to = 0;

	for (size_t i = 0; i < n->len;) {
		enum charset_class class;
		size_t len = charset_step(&w, n->bytes + i, n->len - i, &class);

		if (n->bytes[i] == '\t' && len == 1) {
			n->bytes[to++] = ' '; /* most are from folding */
		} else if (class == CHARSET_FOLDER) {
			to = 0;
		} else if (class == CHARSET_INVALID && w.charset == CHARSET_UTF8) {
			n->bytes[to++] = '_';
		} else if (class != CHARSET_CONTROL) {
			memmove(n->bytes + to, n->bytes + i, len);
			to += len;
		}
		i += len;
	}
	n->len = to;
}

static void
trim(struct name *n)
{
	size_t from = 0;

	while (n->len > 0 && n->bytes[n->len - 1] == ' ') {
		n->len--;
	}
	while (from < n->len && n->bytes[from] == ' ') {
		from++;
	}
	n->len -= from;
	memmove(n->bytes, n->bytes + from, n->len);
}

static bool
is_ascii(const struct name *n)
{
	for (size_t i = 0; i < n->len; i++) {
		if (n->bytes[i] < 0x20 || n->bytes[i] > 0x7e) {
			return false;
		}
	}
	return true;
}

static bool
is_utf8(const struct name *n)
{
	struct charset_walk w = {.charset = CHARSET_UTF8};
	enum charset_class class = CHARSET_LETTER;

	for (size_t i = 0; i < n->len && class != CHARSET_INVALID;) {
		i += charset_step(&w, n->bytes + i, n->len - i, &class);
	}
	return class != CHARSET_INVALID;
}

static bool
take_as_it_is(const struct gathered *g, struct name *n)
{
	if (g->len > sizeof(n->bytes)) {
		return false;
	}
	memcpy(n->label, g->label, g->label_len);
	n->label_len = g->label_len;
	memcpy(n->bytes, g->bytes, g->len);
	n->len = g->len;
	return true;
}

/* Finds out what the bytes are, and makes a name of them. Whether there is one. */
static bool
settle(const struct gathered *g, struct name *n)
{
	size_t before;

	if (g->too_long || (!(g->label_len == 0 && decode_words(g, n)) && !take_as_it_is(g, n))) {
		return false;
	}
	n->charset = n->label_len == 0 ? CHARSET_ASCII : charset_find(n->label, n->label_len);
	if (n->charset == CHARSET_UNKNOWN) {
		return false;
	}
	if (n->charset == CHARSET_ASCII) {
		n->charset = CHARSET_RAW;
	}
	do { /* in the raw, what is left out may have kept two halves apart */
		before = n->len;
		tame(n);
	} while (n->charset == CHARSET_RAW && n->len < before);
	trim(n);
	if (n->charset == CHARSET_RAW && is_utf8(n)) {
		n->charset = CHARSET_UTF8;
	}
	if (n->charset != CHARSET_ISO_2022_JP && is_ascii(n)) {
		n->charset = CHARSET_ASCII;
	}
	return n->len > 0 && !(n->len <= 2 && memcmp(n->bytes, "..", n->len) == 0);
}

static void
start(struct gathered *g)
{
	g->len = g->label_len = g->percent = 0;
	g->too_long = false;
}

static bool
read_whole(const uint8_t *body, const struct content_param *p, struct name *n)
{
	struct gathered g;

	if (p == NULL) {
		return false;
	}
	start(&g);
	gather_value(&g, body, p, true);
	return settle(&g, n);
}

static bool
read_sections(const uint8_t *body, const struct content *c, const char *attribute, struct name *n)
{
	const struct content_param *p;
	struct gathered g;

	start(&g);
	for (int i = 0; (p = find(body, c, attribute, i, true, true)) != NULL; i++) {
		gather_value(&g, body, p, i == 0);
	}
	return settle(&g, n);
}

bool
name_read(const uint8_t *body, const struct content *c, const char *attribute, struct name *n)
{
	return read_whole(body, find(body, c, attribute, -1, true, false), n) ||
	    read_sections(body, c, attribute, n) ||
	    read_whole(body, find(body, c, attribute, -1, false, true), n);
}

bool
name_of_piece(const char *piece, size_t len, struct name *n)
{
	static const char before[] = "x;";
	uint8_t body[sizeof(before) + NAME_PARAM_MAX];
	struct content c;

	if (len > NAME_PARAM_MAX) {
		return false;
	}
	memcpy(body, before, sizeof(before) - 1);
	memcpy(body + sizeof(before) - 1, piece, len);
	content_parse(body, sizeof(before) - 1 + len, &c);
	return name_read(body, &c, "filename", n);
}

bool
name_from_utf8(const char *text, size_t len, struct name *n)
{
	if (len > sizeof(n->bytes)) {
		return false;
	}
	n->charset = CHARSET_UTF8;
	n->label_len = 0;
	n->len = len;
	memcpy(n->bytes, text, len);
	tame(n);
	trim(n);
	if (is_ascii(n)) {
		n->charset = CHARSET_ASCII;
	}
	return n->len > 0;
}
