/*
 * lmtp-command.c - see lmtp-command.h
 */
#include "relay/lmtp-command.h"

#include <string.h>
#include <strings.h>

#include "relay/limits.h"

static const struct {
	const char *name;
	enum lmtp_verb verb;
	bool alone; /* nothing may follow */
} verbs[] = {
    {"LHLO", LMTP_LHLO, false},
    {"MAIL", LMTP_MAIL, false},
    {"RCPT", LMTP_RCPT, false},
    {"DATA", LMTP_DATA, true},
    {"RSET", LMTP_RSET, true},
    {"NOOP", LMTP_NOOP, false},
    {"QUIT", LMTP_QUIT, true},
    {"XFORWARD", LMTP_XFORWARD, false},
};

struct cursor {
	const uint8_t *p, *end;
};

static void
skip_blanks(struct cursor *c)
{
	while (c->p < c->end && *c->p == ' ') {
		c->p++;
	}
}

/* The bytes up to the next blank. */
static struct lmtp_text
next_word(struct cursor *c)
{
	struct lmtp_text w = {.p = c->p};

	while (c->p < c->end && *c->p != ' ') {
		c->p++;
	}
	w.len = (size_t)(c->p - w.p);
	return w;
}

static bool
text_is(const struct lmtp_text *t, const char *word)
{
	return t->len == strlen(word) && strncasecmp((const char *)t->p, word, t->len) == 0;
}

/* Printable ASCII without blanks, or bytes of UTF-8. */
static bool
is_graphic(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (p[i] <= ' ' || p[i] == 0x7f) {
			return false;
		}
	}
	return true;
}

/* "<...>": blanks and brackets only in quotes, no control characters. Goes on after the '>'. */
static bool
read_path(struct cursor *c, struct lmtp_text *address)
{
	bool quoted = false;

	if (c->p == c->end || *c->p++ != '<') {
		return false;
	}
	address->p = c->p;
	for (; c->p < c->end; c->p++) {
		uint8_t b = *c->p;

		if (b < ' ' || b == 0x7f || (!quoted && (b == ' ' || b == '<'))) {
			return false;
		}
		if (b == '\\' && quoted) {
			if (++c->p == c->end || *c->p < ' ' || *c->p == 0x7f) {
				return false;
			}
		} else if (b == '"') {
			quoted = !quoted;
		} else if (b == '>' && !quoted) {
			address->len = (size_t)(c->p++ - address->p);
			return address->len <= LMTP_ADDRESS_MAX && (c->p == c->end || *c->p == ' ');
		}
	}
	return false;
}

static bool
read_size(const struct lmtp_text *value, uint64_t *size)
{
	uint64_t n = 0;

	if (value->len == 0 || value->len > 19) {
		return false;
	}
	for (size_t i = 0; i < value->len; i++) {
		if (value->p[i] < '0' || value->p[i] > '9') {
			return false;
		}
		n = n * 10 + (uint64_t)(value->p[i] - '0');
	}
	*size = n;
	return true;
}

/* Cuts "KEY=VALUE" in two; a value that is not there has p NULL. */
static void
split(const struct lmtp_text *word, struct lmtp_text *key, struct lmtp_text *value)
{
	const uint8_t *eq = memchr(word->p, '=', word->len);

	*key = *word;
	*value = (struct lmtp_text){.p = NULL};
	if (eq != NULL) {
		key->len = (size_t)(eq - word->p);
		value->p = eq + 1;
		value->len = word->len - key->len - 1;
	}
}

/* Takes a value once. */
static enum lmtp_mistake
take(struct lmtp_text *to, const struct lmtp_text *value)
{
	if (to->p != NULL || value->p == NULL || value->len == 0) {
		return LMTP_BAD_SYNTAX;
	}
	*to = *value;
	return LMTP_FINE;
}

static enum lmtp_mistake
mail_parameter(struct lmtp_command *c, const struct lmtp_text *key, const struct lmtp_text *value)
{
	if (text_is(key, "SIZE")) {
		bool fine = !c->has_size && value->p != NULL && read_size(value, &c->size);

		c->has_size = true;
		return fine ? LMTP_FINE : LMTP_BAD_SYNTAX;
	}
	if (text_is(key, "BODY") && value->p != NULL) {
		c->eight_bit = text_is(value, "8BITMIME");
		return c->eight_bit || text_is(value, "7BIT") ? LMTP_FINE : LMTP_BAD_SYNTAX;
	}
	if (text_is(key, "SMTPUTF8") && value->p == NULL) {
		c->utf8 = true;
		return LMTP_FINE;
	}
	if (text_is(key, "RET")) {
		if (value->p != NULL && !text_is(value, "FULL") && !text_is(value, "HDRS")) {
			return LMTP_BAD_SYNTAX;
		}
		return take(&c->ret, value);
	}
	if (text_is(key, "ENVID")) {
		return take(&c->envid, value);
	}
	return LMTP_BAD_PARAMETER;
}

static enum lmtp_mistake
rcpt_parameter(struct lmtp_command *c, const struct lmtp_text *key, const struct lmtp_text *value)
{
	if (text_is(key, "NOTIFY")) {
		return take(&c->notify, value);
	}
	return text_is(key, "ORCPT") ? take(&c->orcpt, value) : LMTP_BAD_PARAMETER;
}

/* Postfix writes each attribute as NAME=xtext. */
static enum lmtp_mistake
xforward_parameter(
    struct lmtp_command *c, const struct lmtp_text *key, const struct lmtp_text *value)
{
	if (value->p == NULL) {
		return LMTP_BAD_SYNTAX;
	}
	return text_is(key, "IDENT") ? take(&c->ident, value) : LMTP_FINE;
}

static enum lmtp_mistake
read_parameters(struct lmtp_command *c, struct cursor *at)
{
	for (;;) {
		struct lmtp_text word, key, value;
		enum lmtp_mistake m;

		skip_blanks(at);
		if (at->p == at->end) {
			return LMTP_FINE;
		}
		word = next_word(at);
		split(&word, &key, &value);
		if (word.len > LMTP_PARAMETER_MAX || !is_graphic(word.p, word.len)) {
			return LMTP_BAD_SYNTAX;
		}
		m = c->verb == LMTP_MAIL   ? mail_parameter(c, &key, &value)
		    : c->verb == LMTP_RCPT ? rcpt_parameter(c, &key, &value)
		                           : xforward_parameter(c, &key, &value);
		if (m != LMTP_FINE) {
			return m;
		}
	}
}

/* "FROM:<...>" or "TO:<...>", a blank before the path tolerated, and parameters. */
static enum lmtp_mistake
read_envelope(struct lmtp_command *c, struct cursor *at)
{
	const char *word = c->verb == LMTP_MAIL ? "FROM:" : "TO:";
	size_t n = strlen(word);

	if ((size_t)(at->end - at->p) < n || strncasecmp((const char *)at->p, word, n) != 0) {
		return LMTP_BAD_SYNTAX;
	}
	at->p += n;
	skip_blanks(at);
	if (!read_path(at, &c->address) || (c->verb == LMTP_RCPT && c->address.len == 0)) {
		return LMTP_BAD_SYNTAX;
	}
	return read_parameters(c, at);
}

static enum lmtp_mistake
read_name(struct lmtp_command *c, struct cursor *at)
{
	c->name = next_word(at);
	if (c->name.len == 0 || c->name.len > LMTP_NAME_MAX ||
	    !is_graphic(c->name.p, c->name.len)) {
		return LMTP_BAD_SYNTAX;
	}
	skip_blanks(at);
	return at->p == at->end ? LMTP_FINE : LMTP_BAD_SYNTAX;
}

static bool
is_clean(const uint8_t *line, size_t len)
{
	return memchr(line, '\r', len) == NULL && memchr(line, '\n', len) == NULL &&
	    memchr(line, '\0', len) == NULL;
}

enum lmtp_mistake
lmtp_command_parse(const uint8_t *line, size_t len, struct lmtp_command *c)
{
	struct cursor at = {.p = line, .end = line + len};
	struct lmtp_text verb = next_word(&at);
	bool alone = false;

	*c = (struct lmtp_command){.verb = LMTP_UNKNOWN};
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (text_is(&verb, verbs[i].name)) {
			c->verb = verbs[i].verb;
			alone = verbs[i].alone;
		}
	}
	if (c->verb == LMTP_UNKNOWN || !is_clean(line, len)) {
		return LMTP_BAD_COMMAND;
	}
	skip_blanks(&at);
	switch (c->verb) {
	case LMTP_LHLO:
		return read_name(c, &at);
	case LMTP_MAIL:
	case LMTP_RCPT:
		return read_envelope(c, &at);
	case LMTP_XFORWARD:
		return at.p == at.end ? LMTP_BAD_SYNTAX : read_parameters(c, &at);
	default:
		return !alone || at.p == at.end ? LMTP_FINE : LMTP_BAD_SYNTAX;
	}
}

static int
hex_value(uint8_t c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int
lmtp_xtext(const struct lmtp_text *x, uint8_t *out, size_t cap)
{
	size_t n = 0;

	for (size_t i = 0; i < x->len; i++) {
		uint8_t b = x->p[i];

		if (b == '+') {
			int high = i + 2 < x->len ? hex_value(x->p[i + 1]) : -1;
			int low = i + 2 < x->len ? hex_value(x->p[i + 2]) : -1;

			if (high < 0 || low < 0) {
				return -1;
			}
			b = (uint8_t)(high << 4 | low);
			i += 2;
		} else if (b < '!' || b > '~' || b == '=') {
			return -1;
		}
		if (n == cap) {
			return -1;
		}
		out[n++] = b;
	}
	return (int)n;
}
