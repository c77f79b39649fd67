/*
 * plan.c - see plan.h
 */
#include "filter/plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "spool/hmac.h"

/* Where the first thing was that an author will want to know of. */
struct near_miss {
	char part[PART_PATH_MAX];
	uint64_t line;
};

/* What the pass over the message keeps. */
struct pass {
	struct plan *plan;
	struct refusal *why;
	uint64_t found;   /* marker occurrences */
	uint64_t leaf_at; /* where the leaf's header begins */
	bool searching;
	struct near_miss near;
	size_t tokens; /* one a token; the attachments of the plan are these */
	uint8_t token[GRAFTS_MAX][TOKEN_CHARS];
	unsigned first_seen[GRAFTS_MAX]; /* the occurrence that brought it, from 1 */
	bool appends_token[GRAFTS_MAX];  /* by a line: once is enough */
};

/* Static, since they are large and one message is grafted in a process; only what is needed is
 * touched. */
static struct scan scan;
static struct marker_search search;
static struct pass pass;

/* The number of the entity being read: "2.1"; "1" for the only part of a message that is no
 * multipart. */
static void
part_path(char out[PART_PATH_MAX])
{
	size_t n = 0;

	if (scan.depth == 0) {
		snprintf(out, PART_PATH_MAX, "1");
		return;
	}
	out[0] = '\0';
	for (size_t d = 0; d < scan.depth && n + 12 < PART_PATH_MAX; d++) {
		n += (size_t)snprintf(
		    out + n, PART_PATH_MAX - n, "%s%" PRIu32, d > 0 ? "." : "", scan.open[d].child);
	}
}

static int
refuse_here(enum refusal_reason reason, uint64_t line)
{
	part_path(pass.why->part);
	pass.why->line = line;
	return refuse(pass.why, reason);
}

/* The index of a token among those that were seen. */
static size_t
intern_token(const uint8_t token[TOKEN_CHARS])
{
	size_t i = 0;

	while (i < pass.tokens && memcmp(pass.token[i], token, TOKEN_CHARS) != 0) {
		i++;
	}
	if (i == pass.tokens) {
		memcpy(pass.token[i], token, TOKEN_CHARS);
		pass.first_seen[i] = (unsigned)pass.found;
		pass.appends_token[i] = false;
		pass.tokens++;
	}
	return i;
}

/* Counts an occurrence. At most GRAFTS_MAX get as far as a table. */
static int
count_marker(void)
{
	return ++pass.found > GRAFTS_MAX ? refuse(pass.why, REFUSED_TOO_MANY_MARKERS) : 0;
}

static int
check_place(const struct marker_hit *hit)
{
	for (size_t d = 0; d < scan.depth; d++) {
		if (scan.open[d].kind == SCAN_SEALED) {
			return refuse_here(REFUSED_SEALED_PLACE, hit->line);
		}
	}
	return count_marker();
}

/* The whole leaf gives way to an attachment. */
static int
plan_part(void)
{
	struct plan *p = pass.plan;
	struct edit *e = &p->edit[p->edits];

	if (check_place(&search.hit[0]) < 0) {
		return -1;
	}
	if (scan.depth > 0 && scan.open[scan.depth - 1].kind > SCAN_RELATED) {
		return refuse_here(REFUSED_PLACE, search.hit[0].line);
	}
	if (scan.entity.named_twice) {
		return refuse_here(REFUSED_PART_FIELDS, 0);
	}
	for (size_t d = 0; d < scan.depth; d++) {
		if (boundaries_mark(&p->boundaries, scan.open[d].serial) < 0) {
			return refuse(pass.why, REFUSED_TOO_MANY_BOUNDARIES);
		}
	}
	e->kind = EDIT_REPLACE;
	e->leaf = pass.leaf_at;
	e->attachment = intern_token(search.hit[0].token);
	p->edits++;
	return 0;
}

/* A line goes, and its attachment becomes a last part of the root. */
static int
plan_line(const struct marker_hit *hit, uint64_t body_end)
{
	struct plan *p = pass.plan;
	struct edit *e = p->edits > 0 ? &p->edit[p->edits - 1] : NULL;
	size_t token;

	if (check_place(hit) < 0) {
		return -1;
	}
	token = intern_token(hit->token);
	if (!pass.appends_token[token]) {
		pass.appends_token[token] = true;
		p->append[p->appended++] = token;
	}
	if (search.encoding == SCAN_BASE64) {
		if (search.irregular) {
			return refuse_here(REFUSED_IRREGULAR_BASE64, hit->line);
		}
		if (e == NULL || e->kind != EDIT_RECODE || e->leaf != pass.leaf_at) {
			e = &p->edit[p->edits++];
			*e = (struct edit){
			    .kind = EDIT_RECODE, .leaf = pass.leaf_at, .cut = p->cuts};
		}
		p->cut[p->cuts++] = (struct decoded_cut){hit->decoded_from, hit->decoded_to};
		e->cuts++;
		return 0;
	}
	if (e == NULL || e->kind != EDIT_CUT || e->to != hit->raw_from) {
		e = &p->edit[p->edits++];
		*e = (struct edit){
		    .kind = EDIT_CUT,
		    .leaf = pass.leaf_at,
		    .from = hit->raw_from,
		    .soft_break = hit->mid_line,
		};
	}
	e->to = hit->raw_to;
	if (e->to == body_end) {
		e->soft_break = false; /* nothing follows that it could be joined to */
	}
	return 0;
}

static void
remember_near_miss(uint64_t line)
{
	if (line > 0 && pass.near.line == 0) {
		part_path(pass.near.part);
		pass.near.line = line;
	}
}

/* Whether a leaf is the message's own text rather than an attachment (DESIGN.md, Which form). */
static bool
is_own_text(void)
{
	const struct scan_entity *e = &scan.entity;

	return search.text && !e->has_disposition && !e->has_id &&
	    (scan.depth == 0 || e->child == 1 ||
	        scan.open[scan.depth - 1].kind == SCAN_ALTERNATIVE);
}

/* The leaf's body ends at offset `end`: which markers did it hold, and in which form? */
static int
finish_leaf(uint64_t end)
{
	if (!pass.searching) {
		return 0;
	}
	pass.searching = false;
	marker_end(&search, end);
	remember_near_miss(search.near_miss);
	if (search.whole && !is_own_text()) {
		return plan_part();
	}
	if (!search.text) {
		remember_near_miss(search.hits > 0 ? search.hit[0].line : 0);
		return 0;
	}
	if (search.too_many) {
		return refuse(pass.why, REFUSED_TOO_MANY_MARKERS);
	}
	for (size_t i = 0; i < search.hits; i++) {
		if (plan_line(&search.hit[i], end) < 0) {
			return -1;
		}
	}
	return 0;
}

static int
take_header(void)
{
	const struct scan_entity *e = &scan.entity;
	struct plan *p = pass.plan;
	bool text = e->kind == SCAN_TEXT_PLAIN || e->kind == SCAN_TEXT_HTML;

	if (e->child == 0) {
		p->root = e->kind;
		p->has_mime_version = e->has_mime_version;
		p->root_encoding = e->binary ? "binary" : e->eight_bit ? "8bit" : NULL;
		if (e->kind == SCAN_SEALED || e->kind == SCAN_SEALED_LEAF) {
			return refuse(pass.why, REFUSED_SEALED_ROOT);
		}
	}
	if (e->kind <= SCAN_LEAF && e->encoding != SCAN_OPAQUE) {
		pass.searching = true;
		pass.leaf_at = scan.at;
		marker_begin(&search, e->encoding, text, scan.at + scan.len);
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
refuse_mime(struct hold *h)
{
	if (scan.depth > 0) {
		part_path(pass.why->part);
	}
	pass.why->mime = scan.refusal;
	refuse(pass.why, REFUSED_MIME);
	/* One further: a delimiter begins with the LF of the line before it. */
	pass.why->line = line_of(h, scan.at + 1);
	return -1;
}

/* One pass over the held message. */
static int
find_markers(struct hold *h, uint8_t digest[SHA256_BYTES])
{
	const uint8_t *chunk;
	struct sha256 sha;
	uint64_t at = 0;
	ssize_t n;
	int result = 0;

	scan_begin(&scan);
	sha256_begin(&sha);
	while (result == 0) {
		switch (scan_next(&scan)) {
		case SCAN_MORE:
			n = hold_read(h, at, &chunk, pass.why);
			if (n < 0) {
				return -1;
			}
			if (n == 0) {
				scan_eof(&scan);
				break;
			}
			sha256_add(&sha, chunk, (size_t)n);
			scan_feed(&scan, chunk, (size_t)n);
			at += (uint64_t)n;
			break;
		case SCAN_HEADER:
			result = take_header();
			break;
		case SCAN_BODY:
			if (pass.searching) {
				marker_feed(&search, scan.bytes, scan.len, scan.at);
			}
			break;
		case SCAN_DELIMITER:
			result = finish_leaf(scan.at);
			break;
		case SCAN_BETWEEN:
			break;
		case SCAN_END:
			sha256_end(&sha, digest);
			return finish_leaf(scan.at);
		case SCAN_REFUSED:
			return refuse_mime(h);
		}
	}
	return -1;
}

static int
check_count(void)
{
	struct refusal *why = pass.why;

	if (pass.found == pass.plan->fields.count) {
		return 0;
	}
	why->wanted = pass.plan->fields.count;
	why->found = pass.found;
	memcpy(why->part, pass.near.part, sizeof(why->part));
	why->line = pass.near.line;
	return refuse(why, REFUSED_COUNT);
}

/* How many attachments the finished message will have, against what the spool allows. */
static int
check_attachments(const struct plan_options *o)
{
	const struct plan *p = pass.plan;
	uint64_t limit = spool_limits(o->spool).attachments, added = p->appended;

	for (size_t i = 0; i < p->edits; i++) {
		added += p->edit[i].kind == EDIT_REPLACE;
	}
	if (limit == 0 || added <= limit) {
		return 0;
	}
	pass.why->wanted = limit;
	pass.why->found = added;
	return refuse(pass.why, REFUSED_ATTACHMENTS);
}

/* Verifies every token and opens every blob. */
static int
open_attachments(const struct plan_options *o, struct key_cache *keys)
{
	struct plan *p = pass.plan;

	for (size_t i = 0; i < pass.tokens; i++) {
		pass.why->token = pass.first_seen[i];
		if (attachment_open(o->spool, pass.token[i], &p->fields, o->now, keys,
		        &p->attachment[i], pass.why) < 0) {
			return -1;
		}
		p->attachments++;
	}
	pass.why->token = 0;
	pass.why->entry[0] = '\0';
	return 0;
}

/* Where the appended parts go: into a root multipart/mixed, or a new one around the root. */
static int
place_appended(void)
{
	struct plan *p = pass.plan;

	if (p->appended == 0) {
		return 0;
	}
	p->wrap = p->root != SCAN_MIXED;
	if (boundaries_mark(&p->boundaries, p->wrap ? BOUNDARY_WRAP_SERIAL : SCAN_ROOT_SERIAL) <
	    0) {
		return refuse(pass.why, REFUSED_TOO_MANY_BOUNDARIES);
	}
	return 0;
}

static int
plan_header_tokens(void)
{
	struct plan *p = pass.plan;

	for (size_t i = 0; i < p->fields.tokens; i++) {
		if (count_marker() < 0) {
			return -1;
		}
		p->append[p->appended++] = intern_token(p->fields.token[i]);
	}
	return 0;
}

int
plan_make(struct plan *p, struct hold *h, const struct plan_options *o, struct refusal *why)
{
	struct key_cache keys = {.loaded = false};
	uint8_t digest[SHA256_BYTES];

	p->edits = p->cuts = p->appended = p->attachments = 0;
	p->wrap = false;
	p->boundaries.count = 0;
	pass.plan = p;
	pass.why = why;
	pass.found = pass.tokens = 0;
	pass.searching = false;
	pass.near.part[0] = '\0';
	pass.near.line = 0;
	if (h->header_len > HEADER_MAX) {
		return refuse(why, REFUSED_HEADER_TOO_LARGE);
	}
	if (fields_read(h->buf, h->header_len, &p->fields, why) < 0) {
		return -1;
	}
	if (o->recipient != NULL) {
		p->fields.recipient = *o->recipient;
		p->fields.recipient_unreadable = false;
	}
	if (plan_header_tokens() < 0 || find_markers(h, digest) < 0 || check_count() < 0 ||
	    check_attachments(o) < 0 || open_attachments(o, &keys) < 0 || place_appended() < 0) {
		return -1;
	}
	boundaries_derive(&p->boundaries, &keys.key, digest);
	return 0;
}

void
plan_end(struct plan *p)
{
	for (size_t i = 0; i < p->attachments; i++) {
		attachment_close(&p->attachment[i]);
	}
	p->attachments = 0;
}
