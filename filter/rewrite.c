/*
 * rewrite.c - see rewrite.h
 */
#include "filter/rewrite.h"

#include "filter/fields.h"
#include "filter/parameters.h"
#include "filter/part-fields.h"
#include "mime/content.h"
#include "mime/header.h"

/* A field's name and its colon. Blanks between the two would end the header for some parsers. */
static void
put_name(struct sink *s, const struct field *f)
{
	sink_write(s, f->text, f->name_len);
	sink_text(s, ":");
}

/* A field as it stands; the last one of a header may lack its line end. */
static void
put_field(struct sink *s, const struct field *f)
{
	put_name(s, f);
	sink_write(s, f->body, f->body_len);
	sink_text(s, "\n");
}

static bool
is_blank(const uint8_t *p, size_t from, size_t to)
{
	while (from < to && (p[from] == ' ' || p[from] == '\t' || p[from] == '\n')) {
		from++;
	}
	return from == to;
}

/* Whether a field's body has no comments, and no blanks but at its start and after a `;`. */
static bool
is_strict(const struct field *f, const struct content *c)
{
	const uint8_t *p = f->body;
	size_t at = c->type_at + c->type_len;
	bool strict = is_blank(p, 0, c->type_at);

	if (c->subtype_len > 0) {
		strict = strict && c->subtype_at == at + 1;
		at = c->subtype_at + c->subtype_len;
	}
	for (size_t i = 0; i < c->params && strict; i++) {
		const struct content_param *param = &c->param[i];

		strict = param->from == at && is_blank(p, at + 1, param->name_at) &&
		    param->value_at == param->name_at + param->name_len + 1;
		at = param->to;
	}
	return strict && (at == f->body_len || (p[at] == ';' && is_blank(p, at + 1, f->body_len)));
}

/*
 * Writes a field such as Content-Type without comments and blanks, and replaces its boundary. A
 * field that does not parse is copied. That of a multipart always parses: the scanner has accepted
 * it.
 */
static void
put_strictly(struct sink *s, const struct field *f, const char *boundary)
{
	const char *due = boundary;
	struct content c;

	content_parse(f->body, f->body_len, &c);
	if (boundary == NULL && (c.irregular || is_strict(f, &c))) {
		put_field(s, f);
		return;
	}
	put_name(s, f);
	sink_text(s, " ");
	parameters_put_type(s, f->body, &c);
	for (size_t i = 0; i < c.params; i++) {
		const struct content_param *p = &c.param[i];

		if (boundary == NULL || !content_param_is(f->body, p, "boundary")) {
			parameters_put(s, f->body, p, SIZE_MAX);
		} else if (due != NULL) {
			sink_text(s, ";\n\tboundary=\"");
			sink_text(s, due);
			sink_text(s, "\"");
			due = NULL; /* the rest of an RFC 2231 series just goes */
		}
	}
	sink_text(s, "\n");
}

/* Whether a Content-Transfer-Encoding is one that a multipart may have. */
static bool
is_identity(const struct field *f)
{
	struct content c;

	content_parse(f->body, f->body_len, &c);
	return bytes_are(f->body + c.type_at, c.type_len, "7bit") ||
	    bytes_are(f->body + c.type_at, c.type_len, "8bit") ||
	    bytes_are(f->body + c.type_at, c.type_len, "binary");
}

/* Whether a field stays away. */
static bool
is_dropped(const struct field *f, const struct rewrite *r)
{
	bool content = header_begins(f, "content-");

	if (r->scope != REWRITE_ALL && content != (r->scope == REWRITE_CONTENT)) {
		return true;
	}
	if (r->top && (fields_is_ours(f) || (r->veto != NULL && fields_is_vetoed(r->veto, f)))) {
		return true;
	}
	if ((r->top || r->body_changes || r->entry != NULL) &&
	    (header_is(f, "content-length") || header_is(f, "lines"))) {
		return true;
	}
	if (r->multipart && header_is(f, "content-transfer-encoding") && !is_identity(f)) {
		return true;
	}
	if ((r->body_changes || r->entry != NULL) && header_is(f, "content-md5")) {
		return true;
	}
	return r->entry != NULL &&
	    (header_is(f, "content-type") || header_is(f, "content-transfer-encoding") ||
	        header_is(f, "content-disposition"));
}

int
rewrite_header(
    struct sink *s, const uint8_t *header, size_t len, const struct rewrite *r, struct refusal *why)
{
	struct part_author author;
	struct field f;
	size_t at = 0;

	if (r->entry != NULL) {
		part_author_read(header, len, &author);
	}
	while (header_next(header, len, &at, &f) == HEADER_FIELD) {
		if (is_dropped(&f, r)) {
			continue;
		}
		if (header_is(&f, "content-type")) {
			put_strictly(s, &f, r->boundary);
		} else if (header_is(&f, "content-transfer-encoding") ||
		    header_is(&f, "content-disposition")) {
			put_strictly(s, &f, NULL);
		} else {
			put_field(s, &f);
		}
	}
	if (r->add_mime_version) {
		sink_text(s, "MIME-Version: 1.0\n");
	}
	if (r->entry != NULL) {
		part_fields_write(s, &author, r->entry, r->parent);
	}
	if (r->scope != REWRITE_NOT_CONTENT) {
		sink_text(s, "\n");
	}
	/* errors stay in the sink: one look is enough */
	return refuse_output(why, s);
}

int
rewrite_attachment(
    struct sink *s, const struct entry *entry, enum scan_kind parent, struct refusal *why)
{
	struct part_author nobody;

	part_author_none(&nobody);
	part_fields_write(s, &nobody, entry, parent);
	sink_text(s, "\n");
	return refuse_output(why, s);
}
