/*
 * scan-rows.h - messages, and the events that the scanner must give for them
 *
 * A row's input is the bytes of its events, one after the other. It is scanned whole, byte by byte
 * and cut at each point; body bytes may be cut into events differently, nothing else may differ.
 */
#ifndef TESTS_SCAN_ROWS_H
#define TESTS_SCAN_ROWS_H

#include <check.h>
#include <string.h>

#include "mime/scan.h"
#include "tests/slices.h"

#define TEXT(s) .bytes = (s), .len = sizeof(s) - 1

enum { PIECES_MAX = 24, TEXT_MAX = 4096 };

/* One event and what it must say. SCAN_MORE ends a list. */
struct piece {
	enum scan_event event;
	const char *bytes; /* for SCAN_REFUSED: what was never given out */
	size_t len;
	size_t depth;        /* multiparts open before the event */
	enum scan_kind kind; /* SCAN_HEADER */
	enum scan_encoding encoding;
	uint32_t serial; /* SCAN_HEADER: the multipart's own; SCAN_DELIMITER: whose */
	/* SCAN_HEADER, SCAN_BODY: which child of its parent; SCAN_DELIMITER: the one before it */
	uint32_t child;
	bool close;
	size_t after; /* SCAN_DELIMITER: bytes after the boundary */
	enum scan_refusal refusal;
};

#define HEADER(s, ...) \
	{ \
		.event = SCAN_HEADER, TEXT(s), __VA_ARGS__ \
	}
#define BODY(s, ...) \
	{ \
		.event = SCAN_BODY, TEXT(s), __VA_ARGS__ \
	}
#define BETWEEN(s, ...) \
	{ \
		.event = SCAN_BETWEEN, TEXT(s), __VA_ARGS__ \
	}
#define DELIMITER(s, ...) \
	{ \
		.event = SCAN_DELIMITER, TEXT(s), __VA_ARGS__ \
	}
#define REFUSED(s, ...) \
	{ \
		.event = SCAN_REFUSED, TEXT(s), __VA_ARGS__ \
	}
#define END \
	{ \
		.event = SCAN_END \
	}

/* A root multipart/mixed with boundary "b", whose header most rows begin with. */
#define ROOT \
	HEADER("Content-Type: multipart/mixed; boundary=b\n\n", .kind = SCAN_MIXED, .serial = 1)

struct row {
	const char *name;
	struct piece piece[PIECES_MAX];
};

/* What is true of every event, however the input is cut. */
static inline void
check_event(const struct row *r, const struct slices *s, const struct scan *scan,
    const struct piece *p, enum scan_event event, uint64_t at)
{
	ck_assert_msg(event == p->event, "%s, %s: at %lu event %d, want %d", r->name, s->way,
	    (unsigned long)at, (int)event, (int)p->event);
	ck_assert_msg(scan->at == at, "%s, %s: event %d is at %lu, want %lu", r->name, s->way,
	    (int)event, (unsigned long)scan->at, (unsigned long)at);
	if (event == SCAN_END) {
		ck_assert_msg(scan->depth == 0, "%s, %s: the end, with depth %zu", r->name, s->way,
		    scan->depth);
		return;
	}
	ck_assert_msg(scan->depth == p->depth, "%s, %s: at %lu depth %zu, want %zu", r->name,
	    s->way, (unsigned long)at, scan->depth, p->depth);
	if (event == SCAN_HEADER || event == SCAN_BODY) {
		ck_assert_msg(scan->entity.child == p->child, "%s, %s: at %lu child %u, want %u",
		    r->name, s->way, (unsigned long)at, scan->entity.child, p->child);
	}
	if (event == SCAN_HEADER) {
		ck_assert_msg(scan->entity.kind == p->kind &&
		        scan->entity.encoding == p->encoding && scan->entity.serial == p->serial,
		    "%s, %s: at %lu kind %d encoding %d serial %u", r->name, s->way,
		    (unsigned long)at, (int)scan->entity.kind, (int)scan->entity.encoding,
		    scan->entity.serial);
	}
	if (event == SCAN_REFUSED) {
		ck_assert_msg(scan->refusal == p->refusal, "%s, %s: refusal %d, want %d", r->name,
		    s->way, (int)scan->refusal, (int)p->refusal);
	}
}

static inline void
check_delimiter(
    const struct row *r, const struct slices *s, const struct scan *scan, const struct piece *p)
{
	const struct scan_open *o = &scan->open[scan->depth - 1];
	size_t from = scan->delimiter_boundary, len = scan->delimiter_boundary_len;

	ck_assert_msg(scan->delimiter_serial == p->serial && scan->delimiter_close == p->close,
	    "%s, %s: delimiter of %u, close %d", r->name, s->way, scan->delimiter_serial,
	    (int)scan->delimiter_close);
	ck_assert_msg(o->serial == p->serial && o->child == p->child,
	    "%s, %s: the innermost is %u in its child %u", r->name, s->way, o->serial, o->child);
	ck_assert_msg(from + len + p->after == scan->len,
	    "%s, %s: boundary at %zu, %zu long, of %zu", r->name, s->way, from, len, scan->len);
	ck_assert_uint_eq(len, o->boundary_len);
	ck_assert_mem_eq(scan->bytes + from, o->boundary, len);
}

static inline enum scan_event
next_event(struct scan *scan, struct slices *s)
{
	enum scan_event event;
	const uint8_t *p;
	size_t n;

	while ((event = scan_next(scan)) == SCAN_MORE) {
		if (slices_next(s, &p, &n)) {
			scan_feed(scan, p, n);
		} else {
			scan_eof(scan);
		}
	}
	return event;
}

static inline size_t
row_input(const struct row *r, uint8_t input[TEXT_MAX])
{
	size_t len = 0;

	for (const struct piece *p = r->piece; p->event != SCAN_MORE; p++) {
		ck_assert_uint_le(p->len, TEXT_MAX - len);
		if (p->len > 0) {
			memcpy(input + len, p->bytes, p->len);
		}
		len += p->len;
	}
	return len;
}

/* Scans the row's input whole and cut at each place, and compares all events. */
static inline void
expect_events(const struct row *r)
{
	static struct scan scan;
	uint8_t input[TEXT_MAX];
	size_t len = row_input(r, input);
	struct slices s;

	for (size_t way = 0; slices_begin(&s, input, len, way); way++) {
		enum scan_event event = SCAN_MORE;
		uint64_t at = 0;

		memset(&scan, 0xa5, sizeof(scan));
		scan_begin(&scan);
		for (const struct piece *p = r->piece; p->event != SCAN_MORE; p++) {
			size_t have = 0;

			do {
				event = next_event(&scan, &s);
				check_event(r, &s, &scan, p, event, at);
				if (event == SCAN_REFUSED || event == SCAN_END) {
					break;
				}
				ck_assert_msg(
				    scan.len <= p->len - have && (p->len == 0 || scan.len > 0),
				    "%s, %s: at %lu %zu bytes, want %zu", r->name, s.way,
				    (unsigned long)at, scan.len, p->len - have);
				if (scan.len > 0) {
					ck_assert_mem_eq(scan.bytes, p->bytes + have, scan.len);
				}
				if (event == SCAN_DELIMITER) {
					check_delimiter(r, &s, &scan, p);
				}
				have += scan.len;
				at += scan.len;
			} while (
			    have < p->len && (p->event == SCAN_BODY || p->event == SCAN_BETWEEN));
			ck_assert_msg(event == SCAN_REFUSED || have == p->len,
			    "%s, %s: at %lu %zu of %zu bytes", r->name, s.way, (unsigned long)at,
			    have, p->len);
		}
		ck_assert_msg(
		    event == SCAN_END || event == SCAN_REFUSED, "%s: a row must end", r->name);
		ck_assert_int_eq(scan_next(&scan), event);
		ck_assert_uint_eq(scan.len, 0);
		slices_end(&s);
	}
}

#endif
