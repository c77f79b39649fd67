/*
 * fuzz-header.c - any bytes as an entity's header
 *
 *   - header_next() gives the header's fields one after the other and nothing between them.
 *   - content_parse() says where things stand: inside, in order, and so that a boundary can be
 * taken out and another put in its place, which is then the only one.
 *   - words_decode() gives the same in any room that is large enough, and nothing in less.
 *   - fields_read() keeps to its limits and takes no token that is not one by its length.
 *   - entity_read() refuses or says something that holds together.
 * What does not hold ends in abort().
 */
#include <stdlib.h>
#include <string.h>

#include "filter/fields.h"
#include "mime/content.h"
#include "mime/entity.h"
#include "mime/header.h"
#include "mime/words.h"
#include "tests/slices.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
	if (!holds) {
		abort();
	}
}

static void
check_param(const uint8_t *body, size_t len, const struct content_param *p, size_t from)
{
	require(p->from >= from && body[p->from] == ';' && p->from < p->name_at);
	require(p->name_len > 0 && p->name_at + p->name_len < p->value_at);
	require(p->value_at + p->value_len == p->to && p->to <= len);
	require(p->attribute_len <= p->name_len && p->section >= -1);
	require(p->section < 0 || body[p->name_at + p->attribute_len] == '*');
}

/* The body with its boundary parameters taken out and a new one in the place of the first. */
static size_t
exchange(const uint8_t *body, size_t len, const struct content *c, const char *with, uint8_t *out)
{
	size_t n = 0, at = 0;

	for (size_t i = 0; i < c->params; i++) {
		const struct content_param *p = &c->param[i];

		if (content_param_is(body, p, "boundary")) {
			memcpy(out + n, body + at, p->from - at);
			n += p->from - at;
			at = p->to;
			memcpy(out + n, with, strlen(with));
			n += strlen(with);
			with = "";
		}
	}
	memcpy(out + n, body + at, len - at);
	return n + len - at;
}

static void
check_content(const struct field *f)
{
	static const char fresh[] = ";\n\tboundary=\"=_gAAA\"";
	uint8_t *body = exact_copy(f->body, f->body_len), *other;
	uint8_t boundary[BOUNDARY_MAX];
	struct content c, again;
	size_t len = 0, from = 0;

	content_parse(body, f->body_len, &c);
	require(c.type_at + c.type_len <= f->body_len && c.params <= CONTENT_PARAMS_MAX);
	require(c.subtype_len == 0 ||
	    (c.subtype_at > c.type_at + c.type_len && c.subtype_at + c.subtype_len <= f->body_len));
	for (size_t i = 0; i < c.params; i++) {
		check_param(body, f->body_len, &c.param[i], from);
		from = c.param[i].to;
	}
	if (content_boundary(body, &c, boundary, &len) == CONTENT_BOUNDARY_OK) {
		require(len > 0 && len <= BOUNDARY_MAX && boundary[len - 1] != ' ');
		if (!c.irregular) {
			other = malloc(f->body_len + sizeof(fresh));
			require(other != NULL);
			len = exchange(body, f->body_len, &c, fresh, other);
			content_parse(other, len, &again);
			require(!again.irregular);
			require(
			    content_boundary(other, &again, boundary, &len) == CONTENT_BOUNDARY_OK);
			require(len == 6 && memcmp(boundary, "=_gAAA", 6) == 0);
			free(other);
		}
	}
	exact_free(body, f->body_len);
}

static void
check_words(const struct field *f)
{
	uint8_t *body = exact_copy(f->body, f->body_len), *out = malloc(f->body_len + 1), *less;
	long n;

	require(out != NULL);
	n = words_decode(body, f->body_len, out, f->body_len);
	require(n <= (long)f->body_len);
	if (n > 0) {
		less = exact_copy(out, (size_t)n);
		memset(less, 0, (size_t)n);
		if (words_decode(body, f->body_len, less, (size_t)n) == n) {
			require(memcmp(less, out, (size_t)n) == 0);
		}
		require(words_decode(body, f->body_len, less, (size_t)n - 1) < n);
		exact_free(less, (size_t)n);
	}
	free(out);
	exact_free(body, f->body_len);
}

static void
check_field(const struct field *f)
{
	require(f->name_len > 0 && f->body > f->text + f->name_len - 1 && f->body[-1] == ':');
	require(f->body + f->body_len <= f->text + f->len);
	require(f->body + f->body_len + (f->text[f->len - 1] == '\n') == f->text + f->len);
	require(header_begins(f, "") && !header_is(f, ""));
	for (size_t i = 0; i < f->body_len; i++) {
		require(f->body[i] != '\n' || f->body[i + 1] == ' ' || f->body[i + 1] == '\t');
	}
	check_content(f);
	check_words(f);
}

static void
check_fields(const uint8_t *header, size_t len)
{
	static struct graft_fields f;
	struct refusal why = {.reason = REFUSED_NOT};

	if (fields_read(header, len, &f, &why) == 0) {
		require(
		    f.tokens <= GRAFTS_MAX && f.count <= GRAFTS_MAX && why.reason == REFUSED_NOT);
		require(f.recipient.len <= RECIPIENT_MAX);
		require((f.count == 0 && f.tokens == 0) || fields_opt_in(header, len));
	} else {
		require(why.reason != REFUSED_NOT && refusal_exit(&why) != 0);
	}
}

static void
check_entity(const uint8_t *header, size_t len, bool in_digest)
{
	struct scan_entity e = {.child = 7};
	struct scan_open open = {.serial = 0};
	int refusal = entity_read(header, len, in_digest, &e, &open);

	require(refusal >= -1 && refusal <= (int)SCAN_TOO_MANY_MULTIPARTS);
	require(e.child == 7);
	if (refusal < 0 && scan_is_multipart(e.kind)) {
		require(e.encoding == SCAN_IDENTITY);
		require(open.boundary_len > 0 && open.boundary_len <= BOUNDARY_MAX);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *header = exact_copy(data, size);
	enum header_next next;
	struct field f;
	size_t at = 0, from = 0;

	while ((next = header_next(header, size, &at, &f)) == HEADER_FIELD) {
		require(f.text == header + from && f.len > 0 && from + f.len == at);
		from = at;
		check_field(&f);
	}
	require(at == from && (next == HEADER_BAD ? at < size : at == size || header[at] == '\n'));
	check_fields(header, size);
	check_entity(header, size, false);
	check_entity(header, size, true);
	exact_free(header, size);
	return 0;
}
