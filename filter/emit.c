/*
 * emit.c - see emit.h
 */
#include "filter/emit.h"

#include <assert.h>
#include <string.h>

#include "filter/rewrite.h"
#include "mime/base64.h"

enum {
	RECODE_LINES = 64,
	RECODE_IN = RECODE_LINES * BASE64_LINE_BYTES,
};

/* A base64 body that is decoded, cut and encoded again. */
struct recode {
	const struct edit *edit; /* NULL: this leaf's body is copied */
	struct base64_decoder decoder;
	uint64_t at;      /* decoded bytes seen */
	size_t cut;       /* of the edit's cuts: which comes next */
	uint8_t last_raw; /* the last byte of the body as it was */
	size_t len;
	uint8_t buf[RECODE_IN];
};

struct emission {
	const struct plan *plan;
	struct sink *sink;
	struct refusal *why;
	size_t edit;   /* which comes next */
	bool dropping; /* the body of a replaced leaf */
	bool owes_lf;  /* the attachment that was written lacks the LF of its last line */
};

static struct scan scan;
static struct emission out;
static struct recode recode;

static int
write_bytes(const void *p, size_t len)
{
	return refuse_output(out.why, sink_write(out.sink, p, len));
}

static int
write_text(const char *text)
{
	return write_bytes(text, strlen(text));
}

static int
put_attachment(const struct attachment *a)
{
	sink_expect(out.sink, attachment_size(a));
	if (attachment_copy(a, &out.plan->boundaries, out.sink, out.why) < 0) {
		return -1;
	}
	out.owes_lf = attachment_owes_lf(a) && a->entry.size > 0;
	return 0;
}

/* The attachments that become last parts, each behind a delimiter; `lf` is what the first delimiter
 * begins with. */
static int
put_appended(const char *boundary, const char *lf)
{
	for (size_t i = 0; i < out.plan->appended; i++) {
		const struct attachment *a = &out.plan->attachment[out.plan->append[i]];

		if (write_text(i == 0 ? lf : "\n") < 0 || write_text("--") < 0 ||
		    write_text(boundary) < 0 || write_text("\n") < 0 ||
		    rewrite_attachment(out.sink, &a->entry, out.why) < 0 || put_attachment(a) < 0) {
			return -1;
		}
	}
	out.owes_lf = false; /* the delimiter that follows brings it */
	return 0;
}

static const struct edit *
next_edit(void)
{
	return out.edit < out.plan->edits ? &out.plan->edit[out.edit] : NULL;
}

/* The header of a new root, and the delimiter before the old one, its first child. */
static int
put_new_root(const char *encoding)
{
	const struct plan *p = out.plan;
	const char *boundary = boundaries_find(&p->boundaries, BOUNDARY_WRAP_SERIAL);
	struct rewrite r = {
	    .scope = REWRITE_NOT_CONTENT,
	    .top = true,
	    .add_mime_version = !p->has_mime_version,
	};

	assert(boundary != NULL);
	if (rewrite_header(out.sink, scan.bytes, scan.len, &r, out.why) < 0 ||
	    write_text("Content-Type: multipart/mixed;\n\tboundary=\"") < 0 ||
	    write_text(boundary) < 0 || write_text("\"\n") < 0) {
		return -1;
	}
	if (encoding != NULL &&
	    (write_text("Content-Transfer-Encoding: ") < 0 || write_text(encoding) < 0 ||
	        write_text("\n") < 0)) {
		return -1;
	}
	if (write_text("\n--") < 0 || write_text(boundary) < 0) {
		return -1;
	}
	return write_text("\n");
}

static int
put_header(void)
{
	const struct plan *p = out.plan;
	const struct edit *e = next_edit();
	struct rewrite r = {.top = scan.entity.child == 0};
	const struct attachment *a = NULL;

	recode.edit = NULL;
	r.body_changes = e != NULL && e->leaf == scan.at;
	if (r.body_changes && e->kind == EDIT_RECODE) {
		memset(&recode, 0, offsetof(struct recode, buf));
		recode.edit = e;
		out.edit++;
	} else if (r.body_changes && e->kind == EDIT_REPLACE) {
		a = &p->attachment[e->attachment];
		r.entry = &a->entry;
		out.dropping = true;
		out.edit++;
	}
	if (scan_is_multipart(scan.entity.kind)) {
		r.boundary = boundaries_find(&p->boundaries, scan.entity.serial);
	}
	if (r.top && p->wrap) {
		if (put_new_root(a == NULL ? p->root_encoding : NULL) < 0) {
			return -1;
		}
		r.scope = REWRITE_CONTENT;
	} else {
		r.add_mime_version = r.top && !p->has_mime_version;
	}
	if (!r.top && r.boundary == NULL && !r.body_changes) {
		return write_bytes(scan.bytes, scan.len);
	}
	if (rewrite_header(out.sink, scan.bytes, scan.len, &r, out.why) < 0) {
		return -1;
	}
	return a == NULL ? 0 : put_attachment(a);
}

/* Encodes what is gathered; all of it only at the end of the body. */
static int
recode_flush(bool last)
{
	uint8_t encoded[RECODE_LINES * (BASE64_LINE_CHARS + 1)];
	size_t n = base64_encode_lines(recode.buf, recode.len, encoded);

	if (last && n > 0 && recode.last_raw != '\n') {
		n--; /* the body ended without a line end of its own */
	}
	recode.len = 0;
	return write_bytes(encoded, n);
}

static int
recode_body(const uint8_t *p, size_t len)
{
	const struct decoded_cut *cut = out.plan->cut + recode.edit->cut;
	uint8_t decoded[DECODE_OUT];

	recode.last_raw = p[len - 1];
	while (len > 0) {
		size_t n = len < DECODE_IN ? len : DECODE_IN;
		size_t got = base64_decode(&recode.decoder, p, n, decoded);

		for (size_t i = 0; i < got; i++, recode.at++) {
			while (recode.cut < recode.edit->cuts && recode.at >= cut[recode.cut].to) {
				recode.cut++;
			}
			if (recode.cut < recode.edit->cuts && recode.at >= cut[recode.cut].from) {
				continue;
			}
			recode.buf[recode.len++] = decoded[i];
			if (recode.len == sizeof(recode.buf) && recode_flush(false) < 0) {
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
put_body(void)
{
	const uint8_t *p = scan.bytes;
	uint64_t at = scan.at, end = scan.at + scan.len;

	if (out.dropping) {
		return 0;
	}
	if (recode.edit != NULL) {
		return recode_body(p, scan.len);
	}
	while (at < end) {
		const struct edit *e = next_edit();
		uint64_t stop = end;

		if (e != NULL && e->kind == EDIT_CUT && e->from < end) {
			stop = e->from > at ? e->from : at;
			if (stop == at) {
				uint64_t to = e->to < end ? e->to : end;

				p += to - at;
				at = to;
				if (at == e->to) {
					out.edit++;
					if (e->soft_break && write_text("=\n") < 0) {
						return -1;
					}
				}
				continue;
			}
		}
		if (write_bytes(p, (size_t)(stop - at)) < 0) {
			return -1;
		}
		p += stop - at;
		at = stop;
	}
	return 0;
}

/* The body of a leaf, or what stands between parts, is over. */
static int
end_body(void)
{
	out.dropping = false;
	if (recode.edit != NULL) {
		recode.edit = NULL;
		return recode_flush(true);
	}
	return 0;
}

static int
put_delimiter(void)
{
	const struct plan *p = out.plan;
	const char *boundary = boundaries_find(&p->boundaries, scan.delimiter_serial);
	const uint8_t *line = scan.bytes;
	size_t behind = scan.delimiter_boundary + scan.delimiter_boundary_len;
	bool lf = line[0] == '\n';

	if (end_body() < 0) {
		return -1;
	}
	out.owes_lf = false;
	if (boundary == NULL) {
		return write_bytes(line, scan.len);
	}
	if (scan.delimiter_close && scan.delimiter_serial == SCAN_ROOT_SERIAL && !p->wrap &&
	    p->appended > 0) {
		if (put_appended(boundary, lf ? "\n" : "") < 0) {
			return -1;
		}
		lf = true;
	}
	if (write_text(lf ? "\n--" : "--") < 0 || write_text(boundary) < 0) {
		return -1;
	}
	return write_bytes(line + behind, scan.len - behind);
}

static int
put_end(void)
{
	const char *boundary = boundaries_find(&out.plan->boundaries, BOUNDARY_WRAP_SERIAL);

	if (end_body() < 0) {
		return -1;
	}
	if (out.plan->wrap) {
		assert(boundary != NULL);
		if (put_appended(boundary, "\n") < 0 || write_text("\n--") < 0 ||
		    write_text(boundary) < 0 || write_text("--\n") < 0) {
			return -1;
		}
	} else if (out.owes_lf && write_text("\n") < 0) {
		return -1;
	}
	if (out.edit != out.plan->edits) {
		return refuse(out.why, REFUSED_CHANGED);
	}
	return refuse_output(out.why, sink_flush(out.sink));
}

int
emit(const struct plan *p, struct hold *h, struct sink *s, struct refusal *why)
{
	const uint8_t *chunk;
	uint64_t at = 0;
	ssize_t n;
	int result = 0;

	out = (struct emission){.plan = p, .sink = s, .why = why};
	recode.edit = NULL;
	scan_begin(&scan);
	while (result == 0) {
		switch (scan_next(&scan)) {
		case SCAN_MORE:
			n = hold_read(h, at, &chunk, why);
			if (n < 0) {
				return -1;
			}
			if (n == 0) {
				scan_eof(&scan);
				break;
			}
			scan_feed(&scan, chunk, (size_t)n);
			at += (uint64_t)n;
			break;
		case SCAN_HEADER:
			result = put_header();
			break;
		case SCAN_BODY:
			result = put_body();
			break;
		case SCAN_BETWEEN:
			result = write_bytes(scan.bytes, scan.len);
			break;
		case SCAN_DELIMITER:
			result = put_delimiter();
			break;
		case SCAN_END:
			return put_end();
		case SCAN_REFUSED:
			/* it was accepted when it was planned */
			return refuse(why, REFUSED_CHANGED);
		}
	}
	return -1;
}
