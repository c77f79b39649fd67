/*
 * fuzz-scan.c - any bytes through the scanner
 *
 * The first byte chooses the size of slices; the rest is a message. It is scanned whole, in
 * slices and byte by byte:
 *   - every byte comes back once and in order, up to a refusal;
 *   - structure, offsets and refusal are the same;
 *   - a delimiter is one, and no line of a body or a preamble begins with an open boundary.
 * What does not hold ends in abort().
 */
#include <stdlib.h>
#include <string.h>

#include "mime/scan.h"
#include "tests/slices.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
	if (!holds) {
		abort();
	}
}

/* What must not depend on slices. */
struct fact {
	enum scan_event event;
	uint64_t at, len;
	size_t depth;
	uint32_t serial, child;
	int detail; /* kind and encoding; close; refusal */
};

struct facts {
	size_t count, room;
	struct fact *fact;
};

static void
add_fact(struct facts *f, struct fact fact)
{
	struct fact *last = f->count > 0 ? &f->fact[f->count - 1] : NULL;

	if (last != NULL && last->event == fact.event &&
	    (fact.event == SCAN_BODY || fact.event == SCAN_BETWEEN)) {
		require(last->at + last->len == fact.at && last->depth == fact.depth);
		last->len += fact.len;
		return;
	}
	if (f->count == f->room) {
		f->room = f->room * 2 + 64;
		f->fact = realloc(f->fact, f->room * sizeof(*f->fact));
		require(f->fact != NULL);
	}
	f->fact[f->count++] = fact;
}

/* Whether a line begins with "--" and the boundary of an open multipart. */
static bool
begins_like_delimiter(const struct scan *s, const uint8_t *line, size_t len)
{
	for (size_t d = 0; d < s->depth; d++) {
		size_t n = s->open[d].boundary_len;

		if (len >= 2 + n && line[0] == '-' && line[1] == '-' &&
		    memcmp(line + 2, s->open[d].boundary, n) == 0) {
			return true;
		}
	}
	return false;
}

/* The lines that begin in this event, looked at in the input. */
static void
check_lines(const struct scan *s, const uint8_t *input, size_t len)
{
	for (uint64_t i = s->at; i < s->at + s->len; i++) {
		if (i == 0 || input[i - 1] == '\n') {
			require(!begins_like_delimiter(s, input + i, len - i));
		}
	}
}

static void
check_delimiter(const struct scan *s)
{
	const uint8_t *p = s->bytes + s->delimiter_boundary;
	size_t after = s->delimiter_boundary + s->delimiter_boundary_len;

	require(s->delimiter_boundary >= 2 && after <= s->len && p[-1] == '-' && p[-2] == '-');
	require(s->delimiter_boundary == 2 || (s->delimiter_boundary == 3 && s->bytes[0] == '\n'));
	require(begins_like_delimiter(s, p - 2, s->len - s->delimiter_boundary + 2));
	require(s->open[s->depth - 1].serial == s->delimiter_serial);
	if (s->delimiter_close) {
		require(after + 2 <= s->len && memcmp(s->bytes + after, "--", 2) == 0);
		after += 2;
	}
	for (; after < s->len; after++) {
		require(s->bytes[after] == ' ' || s->bytes[after] == '\t' ||
		    (s->bytes[after] == '\n' && after + 1 == s->len));
	}
}

static struct fact
fact_of(const struct scan *s, enum scan_event event)
{
	struct fact f = {.event = event, .at = s->at, .len = s->len, .depth = s->depth};

	switch (event) {
	case SCAN_HEADER:
		f.serial = s->entity.serial;
		f.child = s->entity.child;
		f.detail = (int)s->entity.kind * 16 + (int)s->entity.encoding;
		break;
	case SCAN_DELIMITER:
		f.serial = s->delimiter_serial;
		f.detail = s->delimiter_close;
		break;
	case SCAN_REFUSED:
		f.detail = (int)s->refusal;
		break;
	default:
		break;
	}
	return f;
}

static struct facts
read_facts(const uint8_t *input, size_t len, size_t slice)
{
	static struct scan scan;
	struct facts facts = {.count = 0};
	uint8_t *chunk = NULL;
	uint64_t at = 0;
	size_t fed = 0, size = 0;
	enum scan_event event;

	scan_begin(&scan);
	do {
		event = scan_next(&scan);
		if (event == SCAN_MORE) {
			if (chunk != NULL) {
				exact_free(chunk, size);
				chunk = NULL;
			}
			size = len - fed < slice ? len - fed : slice;
			if (size == 0) {
				scan_eof(&scan);
				continue;
			}
			chunk = exact_copy(input + fed, size);
			fed += size;
			scan_feed(&scan, chunk, size);
			continue;
		}
		require(scan.at == at && scan.len <= len - at);
		require(scan.len == 0 || memcmp(scan.bytes, input + at, scan.len) == 0);
		if (event == SCAN_BODY || event == SCAN_BETWEEN) {
			require(scan.len > 0);
			check_lines(&scan, input, len);
		} else if (event == SCAN_DELIMITER) {
			check_delimiter(&scan);
		}
		at += scan.len;
		add_fact(&facts, fact_of(&scan, event));
	} while (event != SCAN_END && event != SCAN_REFUSED);
	require(event == SCAN_REFUSED || at == len);
	if (chunk != NULL) {
		exact_free(chunk, size);
	}
	return facts;
}

static void
compare(const struct facts *a, struct facts *b)
{
	require(a->count == b->count);
	for (size_t i = 0; i < a->count; i++) {
		const struct fact *x = &a->fact[i], *y = &b->fact[i];

		require(x->event == y->event && x->at == y->at && x->len == y->len &&
		    x->depth == y->depth && x->serial == y->serial && x->child == y->child &&
		    x->detail == y->detail);
	}
	free(b->fact);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct facts whole, sliced;

	if (size == 0) {
		return 0;
	}
	whole = read_facts(data + 1, size - 1, size);
	sliced = read_facts(data + 1, size - 1, data[0] > 0 ? data[0] : 1);
	compare(&whole, &sliced);
	sliced = read_facts(data + 1, size - 1, 1);
	compare(&whole, &sliced);
	free(whole.fact);
	return 0;
}
