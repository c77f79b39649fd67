/*
 * parameters.c - see parameters.h
 */
#include "filter/parameters.h"

#include <string.h>

enum { COLUMNS = 76 };

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

size_t
parameters_put_type(struct sink *s, const uint8_t *body, const struct content *c)
{
	sink_write(s, body + c->type_at, c->type_len);
	if (c->subtype_len == 0) {
		return c->type_len;
	}
	sink_text(s, "/");
	sink_write(s, body + c->subtype_at, c->subtype_len);
	return c->type_len + 1 + c->subtype_len;
}

/* Whether a value without quotes may go without (RFC 2045 5.1). */
static bool
is_token(const uint8_t *v, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (v[i] <= ' ' || v[i] >= 0x7f || strchr("()<>@,;:\\\"/[]?=", v[i]) != NULL) {
			return false;
		}
	}
	return true;
}

static void
put_value(struct sink *s, const uint8_t *v, size_t len, bool bare)
{
	if (!bare) {
		sink_write(s, v, len);
		return;
	}
	sink_text(s, "\"");
	for (size_t i = 0; i < len; i++) {
		if (v[i] == '\\') {
			sink_text(s, "\\");
		}
		sink_write(s, v + i, 1);
	}
	sink_text(s, "\"");
}

size_t
parameters_put(struct sink *s, const uint8_t *body, const struct content_param *p, size_t column)
{
	const uint8_t *v = body + p->value_at;
	bool quoted = p->value_len > 0 && v[0] == '"';
	bool bare = !quoted && !is_token(v, p->value_len);
	size_t len = p->name_len + 1 + p->value_len + (bare ? 2 : 0);

	if (column > COLUMNS || len + strlen("; ;") > COLUMNS - column) {
		sink_text(s, ";\n\t");
		column = 1;
	} else {
		sink_text(s, "; ");
		column += 2;
	}
	sink_write(s, body + p->name_at, p->name_len);
	sink_text(s, "=");
	put_value(s, v, p->value_len, bare);
	return column + len;
}

static bool
same_name(const uint8_t *body, const struct content_param *a, const struct content_param *b)
{
	if (a->name_len != b->name_len) {
		return false;
	}
	for (size_t i = 0; i < a->name_len; i++) {
		if (lower(body[a->name_at + i]) != lower(body[b->name_at + i])) {
			return false;
		}
	}
	return true;
}

static bool
is_repeated(const uint8_t *body, const struct content *c, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		if (same_name(body, &c->param[i], &c->param[at])) {
			return true;
		}
	}
	return false;
}

void
parameters_put_all(
    struct sink *s, const uint8_t *body, const struct content *c, const char *but, size_t column)
{
	for (size_t i = 0; i < c->params; i++) {
		const struct content_param *p = &c->param[i];

		if (p->value_len > 0 && !p->loose && !content_param_is(body, p, but) &&
		    !is_repeated(body, c, i)) {
			column = parameters_put(s, body, p, column);
		}
	}
}
