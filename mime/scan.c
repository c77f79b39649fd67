/*
 * scan.c - see scan.h
 *
 * In a body only one thing matters: a line that begins with "--" and an open
 * boundary. So a body is searched for "\n--" and everything before it is one
 * event. The LF is held back with its line until that line is known, since the
 * LF before a delimiter is part of the delimiter.
 */
#include "mime/scan.h"

#include <assert.h>
#include <string.h>

#include "mime/entity.h"

void
scan_begin(struct scan *s)
{
	/* Not memset of the whole: 300 KiB that most messages never touch. */
	memset(s, 0, offsetof(struct scan, stack));
	s->open = s->stack;
	s->state = SCANNING_HEADER;
}

void
scan_feed(struct scan *s, const uint8_t *p, size_t len)
{
	assert(s->in_len == 0 && !s->eof);
	s->in = p;
	s->in_len = len;
}

void
scan_eof(struct scan *s)
{
	assert(s->in_len == 0);
	s->eof = true;
}

static enum scan_event
refuse(struct scan *s, enum scan_refusal why)
{
	s->refused = true;
	s->refusal = why;
	s->at = s->consumed;
	s->bytes = NULL;
	s->len = 0;
	return SCAN_REFUSED;
}

/* The end has come, of all or of an outer multipart, and the innermost one is still open. */
static enum scan_event
refuse_unterminated(struct scan *s)
{
	const struct scan_open *top = &s->stack[s->depth - 1];

	return refuse(
	    s, top->labelled && top->child == 0 ? SCAN_ENCODED_COMPOSITE : SCAN_UNTERMINATED);
}

/* Gives out bytes as an event. */
static enum scan_event
give(struct scan *s, enum scan_event event, const uint8_t *p, size_t len)
{
	s->bytes = p;
	s->len = len;
	s->at = s->consumed;
	s->consumed += len;
	return event;
}

static void
skip_input(struct scan *s, size_t n)
{
	s->in += n;
	s->in_len -= n;
}

enum line { LINE_NONE, LINE_DELIMITER, LINE_SHORT, LINE_REFUSED };

/*
 * What a line is, without its LF. `whole` says that this is all of it; else
 * LINE_SHORT means that more of it must be seen. Fills the delimiter_ fields.
 */
static enum line
classify(struct scan *s, const uint8_t *line, size_t len, bool whole)
{
	bool prefix = false, found = false;

	if ((len > 0 && line[0] != '-') || (len > 1 && line[1] != '-')) {
		return LINE_NONE;
	}
	if (!whole && len < 2 + BOUNDARY_MAX) {
		return LINE_SHORT;
	}
	for (size_t d = s->depth; d-- > 0;) {
		const struct scan_open *o = &s->stack[d];
		size_t n = 2 + (size_t)o->boundary_len;
		bool close;

		if (len < n || memcmp(line + 2, o->boundary, o->boundary_len) != 0) {
			continue;
		}
		prefix = true;
		close = len >= n + 2 && line[n] == '-' && line[n + 1] == '-';
		n += close ? 2 : 0;
		while (n < len && (line[n] == ' ' || line[n] == '\t')) {
			n++;
		}
		if (n < len || (found && o->boundary_len < s->delimiter_boundary_len)) {
			continue; /* the longest wins */
		}
		found = true;
		s->delimiter_serial = o->serial;
		s->delimiter_close = close;
		s->delimiter_boundary_len = o->boundary_len;
	}
	if (!prefix) {
		return LINE_NONE;
	}
	if (!whole && len <= DELIMITER_LINE_MAX) {
		return LINE_SHORT;
	}
	if (!found || len > DELIMITER_LINE_MAX) {
		/* Not beyond the limit, lest the reason depend on how the input was cut. */
		len = len < DELIMITER_LINE_MAX ? len : DELIMITER_LINE_MAX;
		s->refusal = memchr(line, '\r', len) != NULL || memchr(line, '\0', len) != NULL
		    ? SCAN_CONTROL_IN_DELIMITER
		    : SCAN_AMBIGUOUS_DELIMITER;
		return LINE_REFUSED;
	}
	return LINE_DELIMITER;
}

/* Gives out a delimiter. What it closes or begins is closed or begun at the next call. */
static enum scan_event
take_delimiter(struct scan *s, const uint8_t *p, size_t len, size_t boundary)
{
	struct scan_open *top;

	assert(s->depth > 0);
	top = &s->stack[s->depth - 1];
	if (top->serial != s->delimiter_serial) {
		/* an outer one, with an inner one still open */
		return refuse_unterminated(s);
	}
	s->delimiter_boundary = boundary;
	s->delimiter_waits = false;
	s->carry_len = 0;
	s->step_pending = true;
	if (s->delimiter_close) {
		s->state = SCANNING_BODY; /* the epilogue */
		s->in_leaf = false;
		s->line_start = true;
	} else {
		if (top->child == UINT32_MAX) {
			return refuse(s, SCAN_TOO_MANY_MULTIPARTS);
		}
		s->state = SCANNING_HEADER;
		s->header_len = s->header_line = 0;
	}
	return give(s, SCAN_DELIMITER, p, len);
}

/*
 * Whether one line can be a delimiter of both. A boundary that only begins like another one is none
 * of its business: whole lines are compared.
 */
static bool
shares_a_delimiter(const struct scan_open *outer, const struct scan_open *inner)
{
	const struct scan_open *shorter = outer, *longer = inner;
	size_t more;

	if (outer->boundary_len > inner->boundary_len) {
		shorter = inner;
		longer = outer;
	}
	more = (size_t)(longer->boundary_len - shorter->boundary_len);
	return memcmp(shorter->boundary, longer->boundary, shorter->boundary_len) == 0 &&
	    (more == 0 ||
	        (more == 2 && memcmp(longer->boundary + shorter->boundary_len, "--", 2) == 0));
}

/* The header is whole: what is this entity, and what follows? */
static enum scan_event
take_header(struct scan *s)
{
	const struct scan_open *parent = s->depth > 0 ? &s->stack[s->depth - 1] : NULL;
	struct scan_entity *e = &s->entity;
	int refusal;

	e->child = parent == NULL ? 0 : parent->child;
	refusal = entity_read(s->header, s->header_len,
	    parent != NULL && parent->kind == SCAN_DIGEST, e, &s->pending);
	if (refusal >= 0) {
		return refuse(s, (enum scan_refusal)refusal);
	}
	s->in_leaf = true;
	if (scan_is_multipart(e->kind)) {
		s->in_leaf = false;
		if (s->depth == NESTING_MAX) {
			return refuse(s, SCAN_NESTING);
		}
		if (s->serials == UINT32_MAX) {
			return refuse(s, SCAN_TOO_MANY_MULTIPARTS);
		}
		for (size_t d = 0; d < s->depth; d++) {
			if (shares_a_delimiter(&s->stack[d], &s->pending)) {
				return refuse(s, SCAN_BOUNDARY_PREFIX);
			}
		}
		e->serial = s->pending.serial = ++s->serials;
		s->pending.child = 0;
		s->pending.kind = e->kind;
		s->pending.labelled = e->encoding != SCAN_IDENTITY;
		s->push_pending = true;
	}
	s->state = SCANNING_BODY;
	s->line_start = true;
	return give(s, SCAN_HEADER, s->header, s->header_len);
}

/* Gathers a header line by line. */
static enum scan_event
next_in_header(struct scan *s)
{
	for (;;) {
		const uint8_t *line = s->header + s->header_line, *lf = NULL;
		size_t n = 0, len;

		if (s->in_len == 0 && !s->eof) {
			return SCAN_MORE;
		}
		if (s->in_len > 0) {
			lf = memchr(s->in, '\n', s->in_len);
			n = lf == NULL ? s->in_len : (size_t)(lf - s->in) + 1;
		}
		if (n > HEADER_MAX - s->header_len) {
			return refuse(s, SCAN_HEADER_TOO_LARGE);
		}
		if (n > 0) {
			memcpy(s->header + s->header_len, s->in, n);
			s->header_len += n;
			skip_input(s, n);
		}
		if (lf == NULL && !s->eof) {
			return SCAN_MORE;
		}
		len = s->header_len - s->header_line - (lf != NULL);
		if (s->depth > 0 && len > 2 && line[0] == '-' && line[1] == '-') {
			enum line what = classify(s, line, len, true);

			if (what == LINE_REFUSED) {
				return refuse(s, s->refusal);
			}
			if (what == LINE_DELIMITER && s->header_line == 0) {
				return refuse(s, SCAN_NO_PART);
			}
			if (what == LINE_DELIMITER) {
				/* The header ends without an empty line; its delimiter comes after
				 * it. */
				s->carry_len = s->header_len - s->header_line;
				memcpy(s->carry, line, s->carry_len);
				s->header_len = s->header_line;
				s->delimiter_waits = true;
				return take_header(s);
			}
		}
		if (len == 0) {
			return lf == NULL && s->depth > 0 ? refuse(s, SCAN_UNTERMINATED)
			                                  : take_header(s);
		}
		s->header_line = s->header_len;
		if (lf == NULL) {
			return s->depth > 0 ? refuse(s, SCAN_UNTERMINATED) : take_header(s);
		}
	}
}

/*
 * Where a line that could be a delimiter begins in the input: at its LF, or at
 * in_len where there is none. What is before it is body.
 */
static size_t
find_candidate(const uint8_t *p, size_t len)
{
	size_t i = 0;

	while (i < len) {
		const uint8_t *lf = memchr(p + i, '\n', len - i);

		if (lf == NULL) {
			return len;
		}
		i = (size_t)(lf - p);
		if ((i + 1 >= len || p[i + 1] == '-') && (i + 2 >= len || p[i + 2] == '-')) {
			return i;
		}
		i++;
	}
	return len;
}

/*
 * Moves input to the carried line until that line is known, without its LF.
 * LINE_SHORT: the input is used up.
 */
static enum line
extend_carry(struct scan *s)
{
	size_t head = s->carry[0] == '\n';

	for (;;) {
		enum line what;
		const uint8_t *lf;
		size_t n, limit;

		bool ends = (s->in_len > 0 && s->in[0] == '\n') || (s->in_len == 0 && s->eof);
		what = classify(s, s->carry + head, s->carry_len - head, ends);
		if (what != LINE_SHORT || s->in_len == 0) {
			return what;
		}
		if (s->carry_len - head < 2) {
			n = 1; /* not a byte more than is needed to see that it is none */
			if (s->in[0] != '-') {
				return LINE_NONE;
			}
		} else {
			lf = memchr(s->in, '\n', s->in_len);
			n = lf == NULL ? s->in_len : (size_t)(lf - s->in);
			limit = DELIMITER_LINE_MAX + 1 + head - s->carry_len;
			n = n < limit ? n : limit;
		}
		memcpy(s->carry + s->carry_len, s->in, n);
		s->carry_len += n;
		skip_input(s, n);
	}
}

/* Goes on with a line that an earlier chunk began. */
static enum scan_event
next_carried(struct scan *s, enum scan_event body)
{
	size_t n, head;

	/* An LF can be followed by an LF, which is the next line's affair. */
	enum line what = extend_carry(s);

	switch (what) {
	case LINE_SHORT:
		assert(!s->eof);
		return SCAN_MORE;
	case LINE_REFUSED:
		return refuse(s, s->refusal);
	case LINE_NONE:
		n = s->carry_len;
		s->carry_len = 0;
		return give(s, body, s->carry, n);
	case LINE_DELIMITER:
		break;
	}
	head = s->carry[0] == '\n';
	n = s->carry_len;
	if (s->in_len > 0) {
		s->carry[n++] = '\n';
		skip_input(s, 1);
	}
	return take_delimiter(s, s->carry, n, head + 2);
}

static enum scan_event
next_in_body(struct scan *s)
{
	enum scan_event body = s->in_leaf ? SCAN_BODY : SCAN_BETWEEN;
	const uint8_t *line, *lf;
	size_t from, head, len;

	if (s->delimiter_waits) {
		return take_delimiter(s, s->carry, s->carry_len, 2);
	}
	if (s->carry_len > 0) {
		return next_carried(s, body);
	}
	if (s->in_len == 0) {
		if (!s->eof) {
			return SCAN_MORE;
		}
		if (s->depth > 0) {
			return refuse_unterminated(s);
		}
		s->state = SCANNING_OVER;
		return give(s, SCAN_END, NULL, 0);
	}
	if (s->depth == 0) {
		from = s->in_len;
	} else if (s->line_start && s->in[0] == '-' && (s->in_len < 2 || s->in[1] == '-')) {
		from = 0;
	} else {
		from = find_candidate(s->in, s->in_len);
	}
	if (from > 0) {
		s->line_start = false;
		line = s->in;
		skip_input(s, from);
		return give(s, body, line, from);
	}
	head = !s->line_start || s->in[0] == '\n';
	s->line_start = false;
	line = s->in + head;
	lf = memchr(line, '\n', s->in_len - head);
	len = lf == NULL ? s->in_len - head : (size_t)(lf - line);
	if (lf != NULL) {
		switch (classify(s, line, len, true)) {
		case LINE_REFUSED:
			return refuse(s, s->refusal);
		case LINE_DELIMITER:
			len += head + 1;
			line = s->in;
			skip_input(s, len);
			return take_delimiter(s, line, len, head + 2);
		default:
			line = s->in;
			skip_input(s, head + len);
			return give(s, body, line, head + len);
		}
	}
	/* The end of the chunk cuts the line: carry what has been seen of it. */
	s->carry_len = head + (len < 2 ? len : 2);
	memcpy(s->carry, s->in, s->carry_len);
	skip_input(s, s->carry_len);
	return next_carried(s, body);
}

enum scan_event
scan_next(struct scan *s)
{
	if (s->refused) {
		return SCAN_REFUSED;
	}
	if (s->push_pending) {
		s->stack[s->depth++] = s->pending;
		s->push_pending = false;
	}
	if (s->step_pending) {
		if (s->delimiter_close) {
			s->depth--;
		} else {
			s->stack[s->depth - 1].child++;
		}
		s->step_pending = false;
	}
	switch (s->state) {
	case SCANNING_HEADER:
		return next_in_header(s);
	case SCANNING_BODY:
		return next_in_body(s);
	case SCANNING_OVER:
		break;
	}
	s->bytes = NULL;
	s->len = 0;
	return SCAN_END;
}
