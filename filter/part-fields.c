/*
 * part-fields.c - see part-fields.h
 */
#include "filter/part-fields.h"

#include "filter/limits.h"
#include "filter/parameters.h"
#include "mime/name.h"

void
part_author_none(struct part_author *a)
{
	a->has_type = a->has_disposition = a->has_id = false;
}

void
part_author_read(const uint8_t *header, size_t len, struct part_author *a)
{
	struct field f;
	size_t at = 0;

	part_author_none(a);
	while (header_next(header, len, &at, &f) == HEADER_FIELD) {
		if (header_is(&f, "content-type")) {
			a->has_type = true;
			a->type = f;
			content_parse(f.body, f.body_len, &a->type_content);
		} else if (header_is(&f, "content-disposition")) {
			a->has_disposition = true;
			a->disposition = f;
			content_parse(f.body, f.body_len, &a->disposition_content);
		} else if (header_is(&f, "content-id")) {
			a->has_id = true;
		}
	}
}

/* The parameters that name the part; 0 long where it has no name. */
struct naming {
	size_t name_len, filename_len;
	const char *name, *filename;
	char name_text[NAME_PARAM_MAX], filename_text[NAME_PARAM_MAX];
};

static bool
author_name(const struct part_author *a, struct name *n)
{
	return (a->has_disposition &&
	           name_read(a->disposition.body, &a->disposition_content, "filename", n)) ||
	    (a->has_type && name_read(a->type.body, &a->type_content, "name", n));
}

/* Entries of the first version have `filename` alone, or a name with their type. */
static bool
entry_name(const struct entry *e, struct name *n)
{
	struct content c;

	if (name_of_piece(e->filename, e->filename_len, n)) {
		return true;
	}
	content_parse((const uint8_t *)e->type, e->type_len, &c);
	return name_read((const uint8_t *)e->type, &c, "name", n);
}

static void
find_naming(const struct part_author *a, const struct entry *e, struct naming *n)
{
	struct name name;

	n->name = n->name_text;
	n->filename = n->filename_text;
	n->name_len = n->filename_len = 0;
	if (author_name(a, &name) || (e->name_len == 0 && entry_name(e, &name))) {
		n->name_len = name_write_name(&name, n->name_text, sizeof(n->name_text));
		n->filename_len = name_write_filename(
		    &name, n->filename_text, sizeof(n->filename_text));
	} else if (e->name_len > 0) {
		n->name = e->name;
		n->name_len = e->name_len;
		n->filename = e->filename;
		n->filename_len = e->filename_len;
	}
}

static void
put_naming(struct sink *s, const char *parameter, size_t len)
{
	if (len > 0) {
		sink_text(s, ";\n\t");
		sink_write(s, parameter, len);
	}
	sink_text(s, "\n");
}

/*
 * Whether the author's type says more than the entry's. What goes out as a message is one, and
 * nothing else is one or a multipart: those are not encoded.
 */
static bool
author_type_wins(const struct part_author *a, const struct entry *e)
{
	const struct content *c = &a->type_content;
	const uint8_t *type, *subtype;

	if (!a->has_type) {
		return false; /* the rest was not read */
	}
	type = a->type.body + c->type_at;
	subtype = a->type.body + c->subtype_at;
	return e->type_from != ENTRY_TYPE_GIVEN && !e->message && c->type_len > 0 &&
	    c->subtype_len > 0 && c->type_len + c->subtype_len <= AUTHOR_TYPE_MAX &&
	    !bytes_are(type, c->type_len, "message") &&
	    !bytes_are(type, c->type_len, "multipart") &&
	    !(bytes_are(type, c->type_len, "application") &&
	        bytes_are(subtype, c->subtype_len, "octet-stream"));
}

static void
put_type(struct sink *s, const struct part_author *a, const struct entry *e, const struct naming *n)
{
	static const char head[] = "Content-Type: ";
	struct content of_entry;
	const struct content *c = &a->type_content;
	const uint8_t *body = a->type.body;
	size_t column = sizeof(head) - 1;

	if (!author_type_wins(a, e)) {
		body = (const uint8_t *)e->type;
		c = &of_entry;
		content_parse(body, e->type_len, &of_entry);
	}
	sink_text(s, head);
	column += parameters_put_type(s, body, c);
	parameters_put_all(s, body, c, "name", column);
	put_naming(s, n->name, n->name_len);
	sink_text(s,
	    e->message ? "Content-Transfer-Encoding: 7bit\n"
	               : "Content-Transfer-Encoding: base64\n");
}

/*
 * The author's, with its parameters. Where he wrote none, an attachment of a multipart/mixed is
 * called one; in a multipart/related or multipart/alternative it is not, since it may be an image
 * of the text, or the text itself. What `put --inline` said is said anywhere.
 */
static void
put_disposition(struct sink *s, const struct part_author *a, const struct entry *e,
    enum scan_kind parent, const struct naming *n)
{
	static const char head[] = "Content-Disposition: ";
	const struct content *c = &a->disposition_content;
	size_t column = sizeof(head) - 1;

	if (a->has_disposition && c->type_len > 0 && c->type_len <= AUTHOR_TYPE_MAX) {
		sink_text(s, head);
		column += parameters_put_type(s, a->disposition.body, c);
		parameters_put_all(s, a->disposition.body, c, "filename", column);
	} else if (!e->is_inline && (parent == SCAN_RELATED || parent == SCAN_ALTERNATIVE)) {
		return;
	} else {
		sink_text(s, head);
		sink_text(s, e->is_inline ? "inline" : "attachment");
	}
	put_naming(s, n->filename, n->filename_len);
}

static void
put_id(struct sink *s, const struct entry *e)
{
	sink_text(s, "Content-ID: <");
	sink_write(s, e->cid, e->cid_len);
	sink_text(s, ">\n");
}

void
part_fields_write(
    struct sink *s, const struct part_author *a, const struct entry *e, enum scan_kind parent)
{
	struct naming n;

	find_naming(a, e, &n);
	put_type(s, a, e, &n);
	put_disposition(s, a, e, parent, &n);
	if (!a->has_id && e->cid_len > 0) {
		put_id(s, e);
	}
}
