/*
 * diagnosis.c - see diagnosis.h
 */
#include "filter/diagnosis.h"

#include <string.h>

#include "filter/events.h"
#include "filter/part-path.h"
#include "mime/content.h"
#include "mime/header.h"

/* Whether what is being read is the preamble of the innermost open multipart. */
static bool
in_preamble(const struct scan *scan)
{
	return scan->depth > 0 && scan->open[scan->depth - 1].child == 0;
}

/* Keeps what was found where nothing better has been. `line` 0: it is not known. */
static void
keep(struct diagnosis *d, int found, enum near_reason near, uint64_t line)
{
	struct refusal *why = d->why;

	if (found <= (int)d->found) {
		return;
	}
	d->found = found;
	why->near = near;
	why->line = line;
	if (near == NEAR_BETWEEN) {
		part_path_to(d->scan, d->scan->depth - in_preamble(d->scan), why->part);
	} else {
		part_path(d->scan, why->part);
	}
	memcpy(why->encoding, d->encoding, sizeof(why->encoding));
}

/* The first line with a marker's head that is none of the markers. 0: there is none. */
static uint64_t
first_miss(const struct lookalike_search *looks, const struct marker_hit *hit, size_t hits)
{
	size_t k = 0;

	for (size_t i = 0; i < looks->plain; i++) {
		while (k < hits && hit[k].line < looks->plain_line[i]) {
			k++;
		}
		if (k == hits || hit[k].line != looks->plain_line[i]) {
			return looks->plain_line[i];
		}
	}
	return 0;
}

static void
finish_text(struct diagnosis *d)
{
	const struct marker_search *m = d->markers;
	bool text = m->text, unknown = m->encoding == SCAN_OPAQUE;
	uint64_t line = first_miss(&d->looks, m->hit, text || m->whole ? m->hits : 0);

	if (line > 0 && unknown) {
		keep(d, DIAGNOSED_MARKER, NEAR_ENCODING, line);
	}
	if (line > 0) {
		keep(d, DIAGNOSED_MARKER, text ? NEAR_LINE : NEAR_PART, line);
	}
	if (d->looks.escaped > 0) {
		keep(d, DIAGNOSED_MARKER, NEAR_ESCAPED, d->looks.escaped);
	}
	if (d->looks.utf16 > 0) {
		keep(d, DIAGNOSED_MARKER, NEAR_UTF16, d->looks.utf16);
	}
	if (text && unknown) {
		keep(d, DIAGNOSED_TEXT, NEAR_ENCODING, 0);
	}
}

static void
finish(struct diagnosis *d, uint64_t at)
{
	if (d->inert == NEAR_NOTHING) {
		marker_end(d->markers, at);
		finish_text(d);
	} else if (d->looks.plain > 0) {
		keep(d, DIAGNOSED_INERT, d->inert, d->looks.plain_line[0]);
	} else if (d->mentioned) {
		keep(d, DIAGNOSED_INERT, d->inert, 0);
	}
}

static void
mention(void *arg, const uint8_t token[MARKER_TOKEN_CHARS])
{
	bool *mentioned = arg;

	(void)token;
	*mentioned = true;
}

/* Starts a place whose bytes stand there as `encoding` says. */
static void
begin(struct diagnosis *d, enum near_reason inert, enum scan_encoding encoding)
{
	d->inert = inert;
	d->mentioned = false;
	lookalike_begin(&d->looks, encoding);
	mention_begin(&d->mentions, mention, &d->mentioned);
}

/* The Content-Transfer-Encoding, to show it. */
static void
read_encoding(struct diagnosis *d)
{
	const struct scan *scan = d->scan;
	struct field f;
	size_t at = 0;

	d->encoding[0] = '\0';
	while (header_next(scan->bytes, scan->len, &at, &f) == HEADER_FIELD) {
		if (header_is(&f, "content-transfer-encoding")) {
			struct content c;
			size_t n;

			content_parse(f.body, f.body_len, &c);
			n = c.type_len < NEAR_ENCODING_MAX - 1 ? c.type_len : NEAR_ENCODING_MAX - 1;
			memcpy(d->encoding, f.body + c.type_at, n);
			d->encoding[n] = '\0';
		}
	}
}

static void
begin_entity(struct diagnosis *d)
{
	const struct scan *scan = d->scan;
	const struct scan_entity *e = &scan->entity;

	read_encoding(d);
	if (scan_is_multipart(e->kind)) { /* its preamble */
		begin(d, NEAR_BETWEEN, SCAN_IDENTITY);
		return;
	}
	begin(d, e->kind > SCAN_LEAF ? NEAR_MESSAGE : NEAR_NOTHING, e->encoding);
	marker_begin(d->markers, e->encoding,
	    e->kind == SCAN_TEXT_PLAIN || e->kind == SCAN_TEXT_HTML, scan->at + scan->len);
}

static void
feed(struct diagnosis *d)
{
	const struct scan *scan = d->scan;

	lookalike_feed(&d->looks, scan->bytes, scan->len);
	if (d->inert != NEAR_NOTHING) {
		mention_body(&d->mentions, scan->bytes, scan->len);
	} else {
		marker_feed(d->markers, scan->bytes, scan->len, scan->at);
	}
}

void
diagnose(struct diagnosis *d, struct marker_search *markers, struct scan *scan, struct hold *h,
    struct refusal *why)
{
	struct refusal unread = {.reason = REFUSED_NOT};
	enum scan_event event;
	struct events events;

	d->scan = scan;
	d->why = why;
	d->found = DIAGNOSED_NOT;
	d->markers = markers;
	events_begin(&events, h, scan, NULL);
	while (events_next(&events, &event, &unread) == 0) {
		switch (event) {
		case SCAN_HEADER:
			begin_entity(d);
			break;
		case SCAN_BODY:
		case SCAN_BETWEEN:
			feed(d);
			break;
		case SCAN_DELIMITER:
			finish(d, scan->at);
			if (scan->delimiter_close) { /* an epilogue follows */
				begin(d, NEAR_BETWEEN, SCAN_IDENTITY);
			}
			break;
		case SCAN_MORE:
			break;
		case SCAN_END:
			finish(d, scan->at);
			return;
		case SCAN_REFUSED:
			return;
		}
	}
}
