/*
 * emit.c - see emit.h
 */
#include "filter/emit.h"

#include <assert.h>
#include <string.h>

#include "filter/events.h"
#include "filter/rewrite.h"

static int
write_bytes(struct emission *x, const void *p, size_t len)
{
	return sink_write(x->sink, p, len) < 0 ? refuse_output(x->why, x->sink) : 0;
}

static int
write_text(struct emission *x, const char *text)
{
	return write_bytes(x, text, strlen(text));
}

static int
put_attachment(struct emission *x, const struct proof *a)
{
	sink_expect(x->sink, attachment_size(a));
	if (attachment_copy(a, &x->plan->found.boundaries, &x->buffer, x->sink, x->why) < 0) {
		return -1;
	}
	x->owes_lf = attachment_owes_lf(a) && a->entry.size > 0;
	return 0;
}

/* The attachments that become last parts, of a multipart/related or the root, each after a
 * delimiter; `lf` is what the first delimiter begins with. */
static int
put_appended(struct emission *x, bool related, const char *boundary, const char *lf)
{
	const struct plan *p = x->plan;

	for (size_t i = 0; i < p->found.appended; i++) {
		const struct proof *a = &p->attachment[p->found.append[i]];

		if (!placing_is(&p->placing, &p->found, i, related)) {
			continue;
		}
		if (write_text(x, lf) < 0 || write_text(x, "--") < 0 ||
		    write_text(x, boundary) < 0 || write_text(x, "\n") < 0 ||
		    rewrite_attachment(
		        x->sink, &a->entry, related ? SCAN_RELATED : SCAN_MIXED, x->why) < 0 ||
		    put_attachment(x, a) < 0) {
			return -1;
		}
		lf = "\n";
	}
	x->owes_lf = false; /* the delimiter that follows brings it */
	return 0;
}

/* The last parts of a multipart that we made, and its close delimiter without a line end. */
static int
put_last_parts(struct emission *x, bool related, const char *lf)
{
	const char *boundary = boundaries_find(
	    &x->plan->found.boundaries, related ? BOUNDARY_RELATED_SERIAL : BOUNDARY_WRAP_SERIAL);

	assert(boundary != NULL);
	if (put_appended(x, related, boundary, lf) < 0 || write_text(x, "\n--") < 0 ||
	    write_text(x, boundary) < 0) {
		return -1;
	}
	return write_text(x, "--");
}

static const struct edit *
next_edit(const struct emission *x)
{
	return x->edit < x->plan->found.edits ? &x->plan->found.edit[x->edit] : NULL;
}

/* The Content- fields of a multipart that we make, and the delimiter before its first child.
 * `encoding`: what the child declares. */
static int
put_new_multipart(struct emission *x, const char *type, uint32_t serial, const char *encoding)
{
	const char *boundary = boundaries_find(&x->plan->found.boundaries, serial);

	assert(boundary != NULL);
	if (write_text(x, "Content-Type: ") < 0 || write_text(x, type) < 0 ||
	    write_text(x, ";\n\tboundary=\"") < 0 || write_text(x, boundary) < 0 ||
	    write_text(x, "\"\n") < 0) {
		return -1;
	}
	if (encoding != NULL &&
	    (write_text(x, "Content-Transfer-Encoding: ") < 0 || write_text(x, encoding) < 0 ||
	        write_text(x, "\n") < 0)) {
		return -1;
	}
	if (write_text(x, "\n--") < 0 || write_text(x, boundary) < 0) {
		return -1;
	}
	return write_text(x, "\n");
}

/* The fields of the message that stay at its top when its root becomes the child of another. */
static int
put_top_fields(struct emission *x)
{
	struct rewrite r = {
	    .scope = REWRITE_NOT_CONTENT,
	    .top = true,
	    .veto = x->veto,
	    .add_mime_version = !x->plan->found.has_mime_version,
	};

	return rewrite_header(x->sink, x->scan->bytes, x->scan->len, &r, x->why);
}

/* The multiparts that are made around this entity. */
static int
put_around(struct emission *x, const char *root_encoding)
{
	const struct plan *p = x->plan;
	bool root = x->scan->entity.child == 0 && p->placing.wrap_root;

	if (x->scan->entity.child == 0 && (root || x->in_html) && put_top_fields(x) < 0) {
		return -1;
	}
	if (root &&
	    put_new_multipart(x, "multipart/mixed", BOUNDARY_WRAP_SERIAL, root_encoding) < 0) {
		return -1;
	}
	if (!x->in_html) {
		return 0;
	}
	return put_new_multipart(x, "multipart/related;\n\ttype=\"text/html\"",
	    BOUNDARY_RELATED_SERIAL, p->found.html.encoding);
}

/* Whether a header ends in its empty line, or a delimiter follows at once. */
static bool
has_empty_line(const uint8_t *header, size_t len)
{
	return len > 0 && header[len - 1] == '\n' && (len == 1 || header[len - 2] == '\n');
}

/* A header that stays. Where its multipart is rewritten, it gets the empty line that it may lack:
 * some parsers take the delimiter for a part of the header otherwise. */
static int
put_old_header(struct emission *x)
{
	const struct scan *scan = x->scan;

	if (write_bytes(x, scan->bytes, scan->len) < 0) {
		return -1;
	}
	if (scan->depth == 0 || has_empty_line(scan->bytes, scan->len) ||
	    boundaries_find(&x->plan->found.boundaries, scan->open[scan->depth - 1].serial) ==
	        NULL) {
		return 0;
	}
	return write_text(x, scan->len > 0 && scan->bytes[scan->len - 1] != '\n' ? "\n\n" : "\n");
}

/* The kind of the multipart that the leaf stands in. */
static enum scan_kind
parent_kind(const struct emission *x)
{
	return x->scan->depth > 0 ? x->scan->open[x->scan->depth - 1].kind : SCAN_MIXED;
}

static int
put_header(struct emission *x)
{
	const struct plan *p = x->plan;
	const struct edit *e = next_edit(x);
	struct rewrite r = {.top = x->scan->entity.child == 0, .veto = x->veto};
	const struct proof *a = NULL;

	x->recode.edit = NULL;
	r.body_changes = e != NULL && e->leaf == x->scan->at;
	if (r.body_changes && e->kind == EDIT_RECODE) {
		memset(&x->recode, 0, offsetof(struct recode, buf));
		x->recode.edit = e;
		x->edit++;
	} else if (r.body_changes && e->kind == EDIT_REPLACE) {
		a = &p->attachment[e->token];
		r.entry = &a->entry;
		r.parent = parent_kind(x);
		x->dropping = true;
		x->edit++;
	}
	r.multipart = scan_is_multipart(x->scan->entity.kind);
	if (r.multipart) {
		r.boundary = boundaries_find(&p->found.boundaries, x->scan->entity.serial);
	}
	x->in_html = p->placing.wrap_html && x->scan->at == p->found.html.leaf;
	if (r.top && (p->placing.wrap_root || x->in_html)) {
		r.scope = REWRITE_CONTENT;
	} else {
		r.add_mime_version = r.top && !p->found.has_mime_version;
	}
	if (put_around(x, a == NULL ? p->found.root_encoding : NULL) < 0) {
		return -1;
	}
	if (!r.top && r.boundary == NULL && !r.body_changes && !x->in_html) {
		return put_old_header(x);
	}
	if (rewrite_header(x->sink, x->scan->bytes, x->scan->len, &r, x->why) < 0) {
		return -1;
	}
	return a == NULL ? 0 : put_attachment(x, a);
}

/* Encodes what is gathered; all of it only at the end of the body. */
static int
recode_flush(struct emission *x, bool last)
{
	uint8_t encoded[RECODE_LINES * (BASE64_LINE_CHARS + 1)];
	size_t n = base64_encode_lines(x->recode.buf, x->recode.len, encoded);

	if (last && n > 0 && x->recode.last_raw != '\n') {
		n--; /* the body ended without a line end of its own */
	}
	x->recode.len = 0;
	return write_bytes(x, encoded, n);
}

/* Whether the decoded byte at r->at is cut out. */
static bool
is_cut(struct recode *r, const struct decoded_cut *cut)
{
	while (r->cut < r->edit->cuts && r->at >= cut[r->cut].to) {
		r->cut++;
	}
	return r->cut < r->edit->cuts && r->at >= cut[r->cut].from;
}

static int
recode_body(struct emission *x, const uint8_t *p, size_t len)
{
	struct recode *r = &x->recode;
	const struct decoded_cut *cut = x->plan->found.cut + r->edit->cut;
	uint8_t decoded[DECODE_OUT];

	r->last_raw = p[len - 1];
	while (len > 0) {
		size_t n = len < DECODE_IN ? len : DECODE_IN;
		size_t got = base64_decode(&r->decoder, p, n, decoded);

		for (size_t i = 0; i < got; i++, r->at++) {
			if (is_cut(r, cut)) {
				continue;
			}
			r->buf[r->len++] = decoded[i];
			if (r->len == sizeof(r->buf) && recode_flush(x, false) < 0) {
				return -1;
			}
		}
		p += n;
		len -= n;
	}
	return 0;
}

/* Some of a leaf's body, less the lines that are cut out of it. */
static int
put_body(struct emission *x)
{
	const uint8_t *p = x->scan->bytes;
	uint64_t at = x->scan->at, end = x->scan->at + x->scan->len;

	if (x->dropping) {
		return 0;
	}
	if (x->recode.edit != NULL) {
		return recode_body(x, p, x->scan->len);
	}
	while (at < end) {
		const struct edit *e = next_edit(x);
		uint64_t stop = end;

		if (e != NULL && e->kind == EDIT_CUT && e->from < end) {
			stop = e->from > at ? e->from : at;
			if (stop == at) {
				uint64_t to = e->to < end ? e->to : end;

				p += to - at;
				at = to;
				if (at == e->to) {
					x->edit++;
					if (e->soft_break && write_text(x, "=\n") < 0) {
						return -1;
					}
				}
				continue;
			}
		}
		if (write_bytes(x, p, (size_t)(stop - at)) < 0) {
			return -1;
		}
		p += stop - at;
		at = stop;
	}
	return 0;
}

/* The body of a leaf, or what stands between parts, is over. */
static int
end_body(struct emission *x)
{
	x->dropping = false;
	if (x->recode.edit != NULL) {
		x->recode.edit = NULL;
		return recode_flush(x, true);
	}
	return 0;
}

/* The attachments that go before this close delimiter, if any do. */
static int
put_before_close(struct emission *x, const char *boundary, bool *lf)
{
	const struct placing *placing = &x->plan->placing;
	uint32_t serial = x->scan->delimiter_serial;
	bool related = serial == placing->joined;
	const char *first = *lf ? "\n" : "";

	if (!related &&
	    (serial != SCAN_ROOT_SERIAL || placing->wrap_root || placing->in_root == 0)) {
		return 0;
	}
	*lf = true;
	return put_appended(x, related, boundary, first);
}

static int
put_delimiter(struct emission *x)
{
	const char *boundary = boundaries_find(
	    &x->plan->found.boundaries, x->scan->delimiter_serial);
	const uint8_t *line = x->scan->bytes;
	bool lf = line[0] == '\n';

	if (end_body(x) < 0) {
		return -1;
	}
	x->owes_lf = false;
	if (boundary == NULL) {
		return write_bytes(x, line, x->scan->len);
	}
	if (x->in_html) {
		x->in_html = false;
		if (put_last_parts(x, true, lf ? "\n" : "") < 0) {
			return -1;
		}
		lf = true;
	}
	if (x->scan->delimiter_close && put_before_close(x, boundary, &lf) < 0) {
		return -1;
	}
	if (write_text(x, lf ? "\n--" : "--") < 0 || write_text(x, boundary) < 0) {
		return -1;
	}
	/* no blanks after it: some parsers take them for the boundary's */
	if (x->scan->delimiter_close && write_text(x, "--") < 0) {
		return -1;
	}
	return line[x->scan->len - 1] == '\n' ? write_text(x, "\n") : 0;
}

/* The message is not the one that was planned. A file may have been changed meanwhile; what is in
 * our memory cannot have been. */
static int
not_as_planned(struct emission *x, const struct hold *h)
{
	return refuse(x->why, h->seekable ? REFUSED_CHANGED : REFUSED_BUG);
}

static int
put_end(struct emission *x, const struct hold *h)
{
	bool wrapped = x->in_html || x->plan->placing.wrap_root;

	if (end_body(x) < 0 || (x->in_html && put_last_parts(x, true, "\n") < 0) ||
	    (x->plan->placing.wrap_root && put_last_parts(x, false, "\n") < 0)) {
		return -1;
	}
	if ((wrapped || x->owes_lf) && write_text(x, "\n") < 0) {
		return -1;
	}
	if (x->edit != x->plan->found.edits) {
		return not_as_planned(x, h);
	}
	sink_end(x->sink);
	return refuse_output(x->why, x->sink);
}

int
emit(struct emission *x, struct scan *scan, const struct plan *p, struct hold *h, struct sink *s,
    struct refusal *why)
{
	enum scan_event event;
	struct events events;
	int result = 0;

	x->plan = p;
	x->scan = scan;
	x->sink = s;
	x->why = why;
	x->edit = 0;
	x->dropping = x->owes_lf = x->in_html = false;
	x->recode.edit = NULL;
	events_begin(&events, h, scan, NULL);
	while (result == 0 && events_next(&events, &event, why) == 0) {
		switch (event) {
		case SCAN_HEADER:
			result = put_header(x);
			break;
		case SCAN_BODY:
			result = put_body(x);
			break;
		case SCAN_MORE:
		case SCAN_BETWEEN:
			result = write_bytes(x, scan->bytes, scan->len);
			break;
		case SCAN_DELIMITER:
			result = put_delimiter(x);
			break;
		case SCAN_END:
			return put_end(x, h);
		case SCAN_REFUSED:
			return not_as_planned(x, h);
		}
	}
	return -1;
}
