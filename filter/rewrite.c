/*
 * rewrite.c - see rewrite.h
 */
#include "filter/rewrite.h"

#include <string.h>

#include "filter/fields.h"
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

/* A parameter's value; one that lacks its quotes gets them. */
static void
put_value(struct sink *s, const uint8_t *body, const struct content_param *p)
{
	const uint8_t *v = body + p->value_at;

	if (!p->loose) {
		sink_write(s, v, p->value_len);
		return;
	}
	sink_text(s, "\"");
	for (size_t i = v[0] == '"'; i < p->value_len; i++) {
		if (v[i] == '"' || v[i] == '\\') {
			sink_text(s, "\\");
		}
		if (v[i] != '\n') {
			sink_write(s, v + i, 1);
		}
	}
	sink_text(s, "\"");
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
 * A Content- field without comments and blanks, and with another boundary in the place of its old
 * one. What does not parse stays as it is; a multipart does: the scanner has accepted it.
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
	sink_write(s, f->body + c.type_at, c.type_len);
	if (c.subtype_len > 0) {
		sink_text(s, "/");
		sink_write(s, f->body + c.subtype_at, c.subtype_len);
	}
	for (size_t i = 0; i < c.params; i++) {
		const struct content_param *p = &c.param[i];

		if (boundary == NULL || !content_param_is(f->body, p, "boundary")) {
			sink_text(s, ";\n\t");
			sink_write(s, f->body + p->name_at, p->name_len);
			sink_text(s, "=");
			put_value(s, f->body, p);
		} else if (due != NULL) {
			sink_text(s, ";\n\tboundary=\"");
			sink_text(s, due);
			sink_text(s, "\"");
			due = NULL; /* the rest of an RFC 2231 series just goes */
		}
	}
	sink_text(s, "\n");
}

static const struct content_param *
find_param(const uint8_t *body, const struct content *c, const char *attribute)
{
	for (size_t i = 0; i < c->params; i++) {
		if (content_param_is(body, &c->param[i], attribute)) {
			return &c->param[i];
		}
	}
	return NULL;
}

/* The fields of a replaced part that decide about its name. Each stands once: the planner has seen
 * to that. */
struct naming {
	bool has_type, has_disposition, has_id;
	struct field type, disposition;
	struct content type_content, disposition_content;
};

static void
find_naming(const uint8_t *header, size_t len, struct naming *n)
{
	struct field f;
	size_t at = 0;

	n->has_type = n->has_disposition = n->has_id = false;
	while (header_next(header, len, &at, &f) == HEADER_FIELD) {
		if (header_is(&f, "content-type")) {
			n->has_type = true;
			n->type = f;
			content_parse(f.body, f.body_len, &n->type_content);
		} else if (header_is(&f, "content-disposition")) {
			n->has_disposition = true;
			n->disposition = f;
			content_parse(f.body, f.body_len, &n->disposition_content);
		} else if (header_is(&f, "content-id")) {
			n->has_id = true;
		}
	}
}

static bool
is_empty(const uint8_t *body, const struct content_param *p)
{
	return p->value_len == 0 ||
	    (p->value_len == 2 && memcmp(body + p->value_at, "\"\"", 2) == 0);
}

/* The `name` of the author's Content-Type, as a file name. Whether there was one. */
static bool
put_name_as_filename(struct sink *s, const struct naming *n)
{
	const struct content *c = &n->type_content;
	bool found = false;

	for (size_t i = 0; n->has_type && i < c->params; i++) {
		const struct content_param *p = &c->param[i];

		if (content_param_is(n->type.body, p, "name") && !is_empty(n->type.body, p)) {
			found = true;
			sink_text(s, ";\n\tfilename");
			sink_write(s, n->type.body + p->name_at + p->attribute_len,
			    p->name_len - p->attribute_len);
			sink_text(s, "=");
			put_value(s, n->type.body, p);
		}
	}
	return found;
}

static void
put_filename(struct sink *s, const struct naming *n, const struct entry *entry)
{
	if (!put_name_as_filename(s, n) && entry->filename_len > 0) {
		sink_text(s, ";\n\t");
		sink_write(s, entry->filename, entry->filename_len);
	}
	sink_text(s, "\n");
}

static void
put_disposition_type(struct sink *s, bool is_inline)
{
	sink_text(s, is_inline ? "Content-Disposition: inline" : "Content-Disposition: attachment");
}

/* The author's disposition wins, with its parameters; only a missing name is added. */
static void
put_disposition(struct sink *s, const struct naming *n, const struct entry *entry)
{
	const struct content *c = &n->disposition_content;
	const struct field *f = &n->disposition;
	const struct content_param *filename;
	size_t at = 0, end;

	if (!n->has_disposition) {
		put_disposition_type(s, entry->is_inline);
		put_filename(s, n, entry);
		return;
	}
	filename = find_param(f->body, c, "filename");
	if (filename != NULL && !is_empty(f->body, filename)) {
		put_field(s, f);
		return;
	}
	if (c->irregular) { /* what would be added to it might not be read as a parameter */
		put_disposition_type(s, bytes_are(f->body + c->type_at, c->type_len, "inline"));
		put_filename(s, n, entry);
		return;
	}
	put_name(s, f);
	if (filename != NULL) {
		sink_write(s, f->body, filename->from);
		at = filename->to;
	}
	end = c->params > 0 ? c->param[c->params - 1].to : c->type_at + c->type_len;
	sink_write(s, f->body + at, end - at);
	put_filename(s, n, entry);
}

static void
put_type(struct sink *s, const struct entry *entry)
{
	sink_text(s, "Content-Type: ");
	sink_write(s, entry->type, entry->type_len);
	sink_text(s,
	    entry->message ? "\nContent-Transfer-Encoding: 7bit\n"
	                   : "\nContent-Transfer-Encoding: base64\n");
}

static void
put_cid(struct sink *s, const struct entry *entry)
{
	sink_text(s, "Content-ID: <");
	sink_write(s, entry->cid, entry->cid_len);
	sink_text(s, ">\n");
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
	struct naming n;
	struct field f;
	size_t at = 0;

	if (r->entry != NULL) {
		find_naming(header, len, &n);
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
		put_type(s, r->entry);
		put_disposition(s, &n, r->entry);
		if (!n.has_id && r->entry->cid_len > 0) {
			put_cid(s, r->entry);
		}
	}
	if (r->scope != REWRITE_NOT_CONTENT) {
		sink_text(s, "\n");
	}
	/* errors stay in the sink: one look is enough */
	return refuse_output(why, s);
}

/* No disposition is added where parts belong together (DESIGN.md, Header of a part). */
static bool
wants_disposition(const struct entry *entry, enum scan_kind parent)
{
	return entry->is_inline || (parent != SCAN_RELATED && parent != SCAN_ALTERNATIVE);
}

int
rewrite_attachment(
    struct sink *s, const struct entry *entry, enum scan_kind parent, struct refusal *why)
{
	put_type(s, entry);
	if (wants_disposition(entry, parent)) {
		put_disposition_type(s, entry->is_inline);
		if (entry->filename_len > 0) {
			sink_text(s, ";\n\t");
			sink_write(s, entry->filename, entry->filename_len);
		}
		sink_text(s, "\n");
	}
	if (entry->cid_len > 0) {
		put_cid(s, entry);
	}
	sink_text(s, "\n");
	return refuse_output(why, s);
}
