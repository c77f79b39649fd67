/*
 * strict.h - the rules for what the filter writes (DESIGN.md, What is rewritten is written
 * strictly)
 *
 * Every test that grafts a message holds the output to them. What is rewritten: the top header,
 * each multipart with a boundary of ours, and any other header that is no part's in the input.
 *
 * Not here: whether the output is the right one
 */
#ifndef TESTS_STRICT_H
#define TESTS_STRICT_H

#include <stdbool.h>
#include <string.h>

#include "filter/boundary.h"
#include "mime/content.h"
#include "mime/header.h"
#include "mime/scan.h"

struct strict {
	const uint8_t *in;
	size_t in_len;
	struct scan scan;
};

static inline bool
strict_is_in_input(const struct strict *s, const uint8_t *p, size_t len)
{
	return len == 0 || memmem(s->in, s->in_len, p, len) != NULL;
}

/* Whether these bytes, which begin a header, stand after a delimiter in the input. */
static inline bool
strict_is_kept(const struct strict *s, const uint8_t *header, size_t len)
{
	const uint8_t *end = s->in + s->in_len, *at = s->in;

	while (len > 0 && (at = memmem(at, (size_t)(end - at), header, len)) != NULL) {
		const uint8_t *line = at - (at > s->in);

		while (line > s->in && line[-1] != '\n') {
			line--;
		}
		if (at > s->in && at[-1] == '\n' && line[0] == '-') {
			return true;
		}
		at++;
	}
	return len == 0;
}

static inline bool
strict_is_ours(const struct strict *s, const uint8_t *boundary, size_t len)
{
	return len == BOUNDARY_CHARS && memcmp(boundary, "=_g", 3) == 0 &&
	    !strict_is_in_input(s, boundary, len);
}

/* Whether a field's body has a comment, or blanks where none are needed: anywhere but at its start,
 * after a `;`, and in quotes. */
static inline bool
strict_is_loose(const uint8_t *p, size_t len)
{
	bool quoted = false, blank_allowed = true;

	for (size_t i = 0; i < len; i++) {
		bool blank = p[i] == ' ' || p[i] == '\t' || p[i] == '\n';

		if (quoted) {
			i += p[i] == '\\';
			quoted = i < len && p[i] != '"';
			continue;
		}
		if (p[i] == '(' || (blank && !blank_allowed)) {
			return true;
		}
		quoted = p[i] == '"';
		blank_allowed = blank || p[i] == ';';
	}
	return false;
}

/* What is wrong with a rewritten field, or NULL. */
static inline const char *
strict_field(const struct field *f, bool multipart)
{
	struct content c;
	bool type = header_is(f, "content-type");
	bool encoding = header_is(f, "content-transfer-encoding");

	if (f->text[f->name_len] != ':') {
		return "a blank before a colon";
	}
	if (!type && !encoding && !header_is(f, "content-disposition")) {
		return NULL;
	}
	content_parse(f->body, f->body_len, &c);
	if (!c.irregular && strict_is_loose(f->body, f->body_len)) {
		return "a comment or blanks in a Content- field";
	}
	if (multipart && type && (c.irregular || c.subtype_len == 0)) {
		return "a multipart whose type is not type/subtype";
	}
	if (multipart && encoding && !bytes_are(f->body + c.type_at, c.type_len, "7bit") &&
	    !bytes_are(f->body + c.type_at, c.type_len, "8bit") &&
	    !bytes_are(f->body + c.type_at, c.type_len, "binary")) {
		return "a multipart that is encoded";
	}
	return NULL;
}

static inline const char *
strict_header(const struct strict *s, bool ours_around)
{
	const struct scan *scan = &s->scan;
	const uint8_t *header = scan->bytes;
	bool multipart = scan_is_multipart(scan->entity.kind), top = scan->entity.child == 0;
	bool ends = scan->len > 0 && header[scan->len - 1] == '\n' &&
	    (scan->len == 1 || header[scan->len - 2] == '\n');
	const char *wrong = NULL;
	struct field f;
	size_t at = 0;

	if ((top || ours_around) && !ends) {
		return "a header without an empty line";
	}
	if (!top && strict_is_kept(s, header, scan->len - ends)) {
		return NULL;
	}
	while (wrong == NULL && header_next(header, scan->len, &at, &f) == HEADER_FIELD) {
		wrong = strict_field(&f, multipart);
	}
	return wrong;
}

static inline const char *
strict_delimiter(const struct strict *s)
{
	const struct scan *scan = &s->scan;
	size_t end = scan->delimiter_boundary + scan->delimiter_boundary_len;

	if (!strict_is_ours(
	        s, scan->bytes + scan->delimiter_boundary, scan->delimiter_boundary_len)) {
		return NULL;
	}
	end += scan->delimiter_close ? 2 : 0;
	return end == scan->len || (end + 1 == scan->len && scan->bytes[end] == '\n')
	    ? NULL
	    : "blanks at the end of a delimiter";
}

/* A line may be long where it was so in the input; one that lost a marker has a soft break now. */
static inline const char *
strict_lines(const struct strict *s, const uint8_t *out, size_t len)
{
	for (size_t i = 0; i < len;) {
		const uint8_t *lf = memchr(out + i, '\n', len - i);
		size_t n = lf == NULL ? len - i : (size_t)(lf - out) - i;

		if (n > LINE_MAX_MAIL && !strict_is_in_input(s, out + i, n) &&
		    !(out[i + n - 1] == '=' && strict_is_in_input(s, out + i, n - 1))) {
			return "a long line that was not there";
		}
		i += n + 1;
	}
	return NULL;
}

/* What is wrong with a grafted message as the output for this input, or NULL. Not for threads. */
static inline const char *
strict_check(const uint8_t *in, size_t in_len, const uint8_t *out, size_t len)
{
	static struct strict s;
	const char *wrong = NULL;
	struct scan *scan = &s.scan;

	s.in = in;
	s.in_len = in_len;
	scan_begin(scan);
	scan_feed(scan, out, len);
	while (wrong == NULL) {
		const struct scan_open *around;

		switch (scan_next(scan)) {
		case SCAN_MORE:
			scan_eof(scan);
			break;
		case SCAN_HEADER:
			around = scan->depth > 0 ? &scan->open[scan->depth - 1] : NULL;
			wrong = strict_header(&s,
			    around != NULL &&
			        strict_is_ours(&s, around->boundary, around->boundary_len));
			break;
		case SCAN_DELIMITER:
			wrong = strict_delimiter(&s);
			break;
		case SCAN_BODY:
		case SCAN_BETWEEN:
			break;
		case SCAN_REFUSED:
			return "a message that our own scanner refuses";
		case SCAN_END:
			return strict_lines(&s, out, len);
		}
	}
	return wrong;
}

#endif
