/*
 * content.c - see content.h
 */
#include "mime/content.h"

#include <string.h>

#include "mime/header.h"
#include "mime/hex.h"

static bool
is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* After white space and comments (RFC 5322 3.2.2). An open comment swallows the rest. */
static size_t
skip_cfws(const uint8_t *p, size_t len, size_t i, bool *irregular)
{
	size_t depth = 0;

	for (; i < len; i++) {
		if (depth > 0 && p[i] == '\\' && i + 1 < len) {
			i++;
		} else if (p[i] == '(') {
			depth++;
		} else if (depth > 0 && p[i] == ')') {
			depth--;
		} else if (depth == 0 && !is_space(p[i])) {
			break;
		}
	}
	if (depth > 0) {
		*irregular = true;
	}
	return i;
}

/* After a run of token characters; `=` and `*` end a parameter's name, not a value. */
static size_t
skip_token(const uint8_t *p, size_t len, size_t i, const char *stop)
{
	while (i < len && p[i] > ' ' && p[i] < 0x7f && strchr(stop, p[i]) == NULL) {
		i++;
	}
	return i;
}

/* After a quoted string that starts at i. */
static size_t
skip_quoted(const uint8_t *p, size_t len, size_t i, bool *irregular)
{
	for (i++; i < len; i++) {
		if (p[i] == '\\' && i + 1 < len) {
			i++;
		} else if (p[i] == '"') {
			return i + 1;
		}
	}
	*irregular = true;
	return len;
}

/*
 * What follows a value, if it is not another parameter, belongs to it: names
 * with spaces, brackets or 8-bit characters and no quotes are common. Returns
 * where the value really ends; a quoted string hides its semicolons.
 */
static size_t
extend_value(const uint8_t *body, size_t len, struct content_param *p, size_t end)
{
	bool ignored = false;
	size_t i = skip_cfws(body, len, end, &ignored);

	while (i < len && body[i] != ';') {
		p->loose = true;
		i = body[i] == '"' ? skip_quoted(body, len, i, &ignored) : i + 1;
		end = is_space(body[i - 1]) ? end : i;
	}
	return end;
}

/* Splits `filename*0*` into attribute, section and the mark of an extended value. */
static void
parse_name(const uint8_t *body, struct content_param *p, bool *irregular)
{
	const uint8_t *name = body + p->name_at;
	size_t n = p->name_len, i;

	p->section = -1;
	p->extended = n > 1 && name[n - 1] == '*';
	if (p->extended) {
		n--;
	}
	p->attribute_len = n;
	const uint8_t *star = memchr(name, '*', n);
	if (star == NULL) {
		return;
	}
	p->attribute_len = (size_t)(star - name);
	p->section = 0;
	for (i = p->attribute_len + 1; i < n; i++) {
		if (name[i] < '0' || name[i] > '9' || p->section > CONTENT_PARAMS_MAX) {
			*irregular = true;
			return;
		}
		p->section = p->section * 10 + (name[i] - '0');
	}
	if (p->attribute_len + 1 == n ||
	    (name[p->attribute_len + 1] == '0' && p->attribute_len + 2 < n)) {
		*irregular = true;
	}
}

/* One parameter, from its `;`. Returns where the next may start. */
static size_t
parse_param(const uint8_t *body, size_t len, size_t i, struct content *c)
{
	struct content_param p = {.from = i};

	i = skip_cfws(body, len, i + 1, &c->irregular);
	if (i >= len || body[i] == ';') {
		return i; /* a `;` with nothing after it: common, harmless */
	}
	p.name_at = i;
	i = skip_token(body, len, i, "()<>@,;:\\\"/[]?=");
	p.name_len = i - p.name_at;
	i = skip_cfws(body, len, i, &c->irregular);
	if (p.name_len == 0 || i >= len || body[i] != '=') {
		c->irregular = true;
		return i;
	}
	i = skip_cfws(body, len, i + 1, &c->irregular);
	p.value_at = i;
	if (i < len && body[i] == '"') {
		i = skip_quoted(body, len, i, &p.loose);
	} else {
		i = skip_token(body, len, i, ";\"(");
		if (i == p.value_at || (i < len && (body[i] == '"' || body[i] == '('))) {
			c->irregular = true;
		}
		i = extend_value(body, len, &p, i);
	}
	c->irregular = c->irregular || p.loose;
	p.value_len = i - p.value_at;
	p.to = i;
	parse_name(body, &p, &c->irregular);
	if (c->params < CONTENT_PARAMS_MAX) {
		c->param[c->params++] = p;
	} else {
		c->irregular = true;
	}
	return i;
}

void
content_parse(const uint8_t *body, size_t len, struct content *c)
{
	size_t i;

	c->type_len = c->subtype_at = c->subtype_len = c->params = 0;
	c->irregular = false;
	i = skip_cfws(body, len, 0, &c->irregular);
	c->type_at = i;
	i = skip_token(body, len, i, "()<>@,;:\\\"/[]?=");
	c->type_len = i - c->type_at;
	i = skip_cfws(body, len, i, &c->irregular);
	if (i < len && body[i] == '/') {
		i = skip_cfws(body, len, i + 1, &c->irregular);
		c->subtype_at = i;
		i = skip_token(body, len, i, "()<>@,;:\\\"/[]?=");
		c->subtype_len = i - c->subtype_at;
	}
	while ((i = skip_cfws(body, len, i, &c->irregular)) < len) {
		if (body[i] == ';') {
			i = parse_param(body, len, i, c);
			continue;
		}
		c->irregular = true; /* junk: over it to the next parameter */
		i = body[i] == '"' ? skip_quoted(body, len, i, &c->irregular) : i + 1;
	}
	if (c->type_len == 0) {
		c->irregular = true;
	}
}

bool
content_param_is(const uint8_t *body, const struct content_param *p, const char *attribute)
{
	return bytes_are(body + p->name_at, p->attribute_len, attribute);
}

/* Appends a value, dequoted and, where extended, with its percent signs resolved. -1: does not fit
 * or makes no sense. */
static int
append_value(const uint8_t *body, const struct content_param *p, bool charset_first, uint8_t *out,
    size_t *len)
{
	const uint8_t *v = body + p->value_at;
	size_t n = p->value_len, i = 0, end = n;
	bool quoted = n >= 2 && v[0] == '"';

	if (quoted) {
		i = 1;
		end = n - 1;
	}
	if (p->extended && charset_first) { /* charset'language'value */
		for (int quotes = 0; quotes < 2; i++) {
			if (i >= end) {
				return -1;
			}
			quotes += v[i] == '\'';
		}
	}
	for (; i < end; i++) {
		uint8_t c = v[i];

		if (quoted && c == '\\' && i + 1 < end) {
			c = v[++i];
		} else if (c == '\n' || c == '\r') {
			continue; /* folded inside the quotes */
		} else if (p->extended && c == '%') {
			if (i + 2 >= end || hex_value(v[i + 1]) < 0 || hex_value(v[i + 2]) < 0) {
				return -1;
			}
			c = (uint8_t)(hex_value(v[i + 1]) * 16 + hex_value(v[i + 2]));
			i += 2;
		}
		if (*len == BOUNDARY_MAX) {
			return -1;
		}
		out[(*len)++] = c;
	}
	return 0;
}

static bool
is_bchars(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		bool alnum = (p[i] >= '0' && p[i] <= '9') || (p[i] >= 'A' && p[i] <= 'Z') ||
		    (p[i] >= 'a' && p[i] <= 'z');

		if (!alnum && (p[i] == '\0' || strchr("'()+_,-./:=? ", p[i]) == NULL)) {
			return false;
		}
	}
	return len > 0 && p[len - 1] != ' ';
}

enum content_boundary
content_boundary(
    const uint8_t *body, const struct content *c, uint8_t boundary[BOUNDARY_MAX], size_t *len_r)
{
	size_t found = 0, whole = 0, len = 0;

	for (size_t i = 0; i < c->params; i++) {
		if (content_param_is(body, &c->param[i], "boundary")) {
			found++;
			whole += c->param[i].section < 0;
		}
	}
	if (found == 0) {
		return CONTENT_BOUNDARY_NONE;
	}
	if (whole > 1 || (whole == 1 && found > 1)) {
		return CONTENT_BOUNDARY_TWO;
	}
	for (size_t section = 0; section < found; section++) {
		const struct content_param *match = NULL;

		for (size_t i = 0; i < c->params; i++) {
			const struct content_param *p = &c->param[i];

			if (content_param_is(body, p, "boundary") &&
			    (whole == 1 || p->section == (int)section)) {
				if (match != NULL) {
					return CONTENT_BOUNDARY_TWO;
				}
				match = p;
			}
		}
		if (match == NULL) {
			return CONTENT_BOUNDARY_TWO;
		}
		if (append_value(body, match, section == 0, boundary, &len) < 0) {
			return CONTENT_BOUNDARY_BAD;
		}
	}
	if (!is_bchars(boundary, len)) {
		return CONTENT_BOUNDARY_BAD;
	}
	*len_r = len;
	return CONTENT_BOUNDARY_OK;
}
