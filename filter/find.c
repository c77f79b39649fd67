/*
 * find.c - see find.h
 */
#include "filter/find.h"

#include <string.h>

#include "filter/events.h"
#include "filter/part-path.h"

_Static_assert((int)MARKER_TOKEN_CHARS == (int)TOKEN_CHARS, "a marker holds one token");

static int
refuse_here(struct finder *f, enum refusal_reason reason, uint64_t line)
{
	part_path(f->scan, f->why->part);
	f->why->line = line;
	return refuse(f->why, reason);
}

/* The index of a token among those that were seen. */
static size_t
intern_token(struct finder *f, const uint8_t token[TOKEN_CHARS])
{
	struct found_marks *to = f->to;
	size_t i = 0;

	while (i < to->tokens && memcmp(to->token[i], token, TOKEN_CHARS) != 0) {
		i++;
	}
	if (i == to->tokens) {
		memcpy(to->token[i], token, TOKEN_CHARS);
		to->first_seen[i] = (unsigned)f->found;
		f->appends[i] = false;
		to->tokens++;
	}
	return i;
}

/* Counts an occurrence. At most GRAFTS_MAX get as far as a table. */
static int
count_marker(struct finder *f)
{
	return ++f->found > GRAFTS_MAX ? refuse(f->why, REFUSED_TOO_MANY_MARKERS) : 0;
}

static bool
is_sealed(const struct finder *f)
{
	for (size_t d = 0; d < f->scan->depth; d++) {
		if (f->scan->open[d].kind == SCAN_SEALED) {
			return true;
		}
	}
	return false;
}

static int
check_place(struct finder *f, const struct marker_hit *hit)
{
	if (is_sealed(f)) {
		return refuse_here(f, REFUSED_SEALED_PLACE, hit->line);
	}
	return count_marker(f);
}

/* The whole leaf gives way to an attachment. */
static int
find_part(struct finder *f)
{
	const struct scan *scan = f->scan;
	const struct marker_hit *hit = &f->search.hit[0];
	struct found_marks *to = f->to;

	if (check_place(f, hit) < 0) {
		return -1;
	}
	if (scan->depth > 0 && scan->open[scan->depth - 1].kind > SCAN_RELATED) {
		return refuse_here(f, REFUSED_PLACE, hit->line);
	}
	if (scan->depth > DEPTH_MAX) {
		return refuse_here(f, REFUSED_DEPTH, hit->line);
	}
	if (scan->depth > to->depth) {
		to->depth = scan->depth;
	}
	if (scan->entity.named_twice) {
		return refuse_here(f, REFUSED_PART_FIELDS, 0);
	}
	for (size_t d = 0; d < scan->depth; d++) {
		if (boundaries_mark(&to->boundaries, scan->open[d].serial) < 0) {
			return refuse(f->why, REFUSED_TOO_MANY_BOUNDARIES);
		}
	}
	to->edit[to->edits++] = (struct edit){
	    .kind = EDIT_REPLACE,
	    .leaf = f->leaf_at,
	    .token = intern_token(f, hit->token),
	};
	to->replaced++;
	return 0;
}

/* A line of a base64 body goes. */
static int
cut_decoded(struct finder *f, const struct marker_hit *hit)
{
	struct found_marks *to = f->to;
	struct edit *e = to->edits > 0 ? &to->edit[to->edits - 1] : NULL;

	if (f->search.irregular) {
		return refuse_here(f, REFUSED_IRREGULAR_BASE64, hit->line);
	}
	if (e == NULL || e->kind != EDIT_RECODE || e->leaf != f->leaf_at) {
		e = &to->edit[to->edits++];
		*e = (struct edit){.kind = EDIT_RECODE, .leaf = f->leaf_at, .cut = to->cuts};
	}
	to->cut[to->cuts++] = (struct decoded_cut){hit->decoded_from, hit->decoded_to};
	e->cuts++;
	return 0;
}

/* A line goes that stands in the message as it is. */
static void
cut_raw(struct finder *f, const struct marker_hit *hit, uint64_t body_end)
{
	struct found_marks *to = f->to;
	struct edit *e = to->edits > 0 ? &to->edit[to->edits - 1] : NULL;

	if (e == NULL || e->kind != EDIT_CUT || e->to != hit->raw_from) {
		e = &to->edit[to->edits++];
		*e = (struct edit){
		    .kind = EDIT_CUT,
		    .leaf = f->leaf_at,
		    .from = hit->raw_from,
		    .soft_break = hit->mid_line,
		};
	}
	e->to = hit->raw_to;
	if (e->to == body_end) {
		e->soft_break = false; /* nothing follows that it could be joined to */
	}
}

/* A line goes, and its attachment is appended. */
static int
find_line(struct finder *f, const struct marker_hit *hit, uint64_t body_end)
{
	size_t token;

	if (check_place(f, hit) < 0) {
		return -1;
	}
	token = intern_token(f, hit->token);
	if (!f->appends[token]) {
		f->appends[token] = true;
		f->to->append[f->to->appended++] = token;
	}
	if (f->search.encoding == SCAN_BASE64) {
		return cut_decoded(f, hit);
	}
	cut_raw(f, hit, body_end);
	return 0;
}

/* Whether a leaf is the message's own text rather than an attachment (DESIGN.md, Which form). */
static bool
is_own_text(const struct finder *f)
{
	const struct scan *scan = f->scan;
	const struct scan_entity *e = &scan->entity;

	return (e->kind == SCAN_TEXT_PLAIN || e->kind == SCAN_TEXT_HTML) && !e->has_disposition &&
	    !e->has_id &&
	    (scan->depth == 0 || e->child == 1 ||
	        scan->open[scan->depth - 1].kind == SCAN_ALTERNATIVE);
}

/* The leaf's body ends at offset `end`: which markers did it hold, and in which form? */
static int
finish_leaf(struct finder *f, uint64_t end)
{
	struct marker_search *search = &f->search;

	if (!f->searching) {
		return 0;
	}
	f->searching = false;
	marker_end(search, end);
	if (search->whole && !is_own_text(f)) {
		return find_part(f);
	}
	if (!search->text) {
		return 0;
	}
	if (search->too_many) {
		return refuse(f->why, REFUSED_TOO_MANY_MARKERS);
	}
	for (size_t i = 0; i < search->hits; i++) {
		if (find_line(f, &search->hit[i], end) < 0) {
			return -1;
		}
	}
	return 0;
}

/* What a multipart around an entity must declare. */
static const char *
encoding_around(const struct scan_entity *e)
{
	return e->binary ? "binary" : e->eight_bit ? "8bit" : NULL;
}

/* The first HTML is where pictures go that it shows. */
static void
remember_html(struct finder *f)
{
	const struct scan *scan = f->scan;
	struct html_leaf *html = &f->to->html;

	if (f->to->has_html || scan->entity.kind != SCAN_TEXT_HTML || !is_own_text(f) ||
	    is_sealed(f)) {
		return;
	}
	f->to->has_html = true;
	html->leaf = scan->at;
	html->encoding = encoding_around(&scan->entity);
	html->depth = scan->depth;
	html->related = 0;
	for (size_t d = 0; d < scan->depth && d < DEPTH_MAX; d++) {
		html->around[d] = scan->open[d].serial;
		html->related = scan->open[d].kind == SCAN_RELATED ? d + 1 : html->related;
	}
}

static int
begin_leaf(struct finder *f)
{
	const struct scan *scan = f->scan;
	const struct scan_entity *e = &scan->entity;
	bool text = e->kind == SCAN_TEXT_PLAIN || e->kind == SCAN_TEXT_HTML;

	if (e->child == 0) {
		f->to->root = e->kind;
		f->to->has_mime_version = e->has_mime_version;
		f->to->root_encoding = encoding_around(e);
		if (e->kind == SCAN_SEALED || e->kind == SCAN_SEALED_LEAF) {
			return refuse(f->why, REFUSED_SEALED_ROOT);
		}
	}
	remember_html(f);
	if (e->kind <= SCAN_LEAF && e->encoding != SCAN_OPAQUE) {
		f->searching = true;
		f->leaf_at = scan->at;
		marker_begin(&f->search, e->encoding, text, scan->at + scan->len);
	}
	return 0;
}

/* The line of the message at offset `at`, from 1. */
static uint64_t
line_of(struct hold *h, uint64_t at)
{
	struct refusal ignored;
	const uint8_t *p;
	uint64_t line = 1;
	ssize_t n;

	for (uint64_t i = 0; i < at && (n = hold_read(h, i, &p, &ignored)) > 0; i += (uint64_t)n) {
		uint64_t upto = at - i < (uint64_t)n ? at - i : (uint64_t)n;

		for (uint64_t k = 0; k < upto; k++) {
			line += p[k] == '\n';
		}
	}
	return line;
}

static int
refuse_mime(struct finder *f, struct hold *h)
{
	if (f->scan->depth > 0) {
		part_path(f->scan, f->why->part);
	}
	f->why->mime = f->scan->refusal;
	refuse(f->why, REFUSED_MIME);
	/* One further: a delimiter begins with the LF of the line before it. */
	f->why->line = line_of(h, f->scan->at + 1);
	return -1;
}

static int
walk_through(struct finder *f, struct hold *h)
{
	struct scan *scan = f->scan;
	enum scan_event event;
	struct sha256 sha;
	struct events events;
	int result = 0;

	sha256_begin(&sha);
	events_begin(&events, h, scan, &sha);
	while (result == 0 && events_next(&events, &event, f->why) == 0) {
		switch (event) {
		case SCAN_HEADER:
			result = begin_leaf(f);
			break;
		case SCAN_BODY:
			if (f->searching) {
				marker_feed(&f->search, scan->bytes, scan->len, scan->at);
			}
			break;
		case SCAN_DELIMITER:
			result = finish_leaf(f, scan->at);
			break;
		case SCAN_MORE:
		case SCAN_BETWEEN:
			break;
		case SCAN_END:
			sha256_end(&sha, f->to->digest);
			return finish_leaf(f, scan->at);
		case SCAN_REFUSED:
			return refuse_mime(f, h);
		}
	}
	return -1;
}

static int
check_count(struct finder *f, struct hold *h)
{
	struct refusal *why = f->why;

	if (f->found == f->to->fields.count) {
		return 0;
	}
	why->wanted = f->to->fields.count;
	why->found = f->found;
	if (f->found < f->to->fields.count) {
		diagnose(&f->diagnosis, &f->search, f->scan, h, why);
	}
	return refuse(why, REFUSED_COUNT);
}

static int
find_header_tokens(struct finder *f)
{
	struct found_marks *to = f->to;

	for (size_t i = 0; i < to->fields.tokens; i++) {
		if (count_marker(f) < 0) {
			return -1;
		}
		to->append[to->appended++] = intern_token(f, to->fields.token[i]);
	}
	return 0;
}

int
find_markers(struct finder *f, struct scan *scan, struct hold *h, struct found_marks *to,
    struct refusal *why)
{
	to->edits = to->cuts = to->appended = to->replaced = to->tokens = to->depth = 0;
	to->has_html = false;
	to->boundaries.count = 0;
	f->to = to;
	f->scan = scan;
	f->why = why;
	f->searching = false;
	f->found = 0;
	if (h->header_len > HEADER_MAX) {
		return refuse(why, REFUSED_HEADER_TOO_LARGE);
	}
	if (fields_read(h->head, h->header_len, &to->fields, why) < 0 ||
	    find_header_tokens(f) < 0 || walk_through(f, h) < 0) {
		return -1;
	}
	return check_count(f, h);
}
