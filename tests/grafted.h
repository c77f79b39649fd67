/*
 * grafted.h - rows of a message and what must come out of it
 *
 * Templates are those of stock.h. In a wanted output `@0` to `@9` stand for boundaries of ours:
 * the same digit is the same boundary, different digits are different ones.
 */
#ifndef TESTS_GRAFTED_H
#define TESTS_GRAFTED_H

#include <check.h>

#include "tests/grafting.h"
#include "tests/scratch.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define IN(s) .in = (s), .in_len = sizeof(s) - 1

enum { TEXT_MAX = 1 << 20 };

#define MARK(n) "((graft:%" n "))"
/* What a part's header says of its type, its encoding, its name and its disposition. */
#define ENCODED "Content-Transfer-Encoding: base64\n"
#define TYPE(type, name) "Content-Type: " type ";\n\tname=\"" name "\"\n" ENCODED
#define DISPOSITION(disposition, name) \
	"Content-Disposition: " disposition ";\n\tfilename=\"" name "\"\n"
#define PDF TYPE("application/pdf", "one.pdf")
#define ONE PDF DISPOSITION("attachment", "one.pdf") "\nb25l"
#define TWO_HEAD TYPE("image/png", "two.png")
#define TWO TWO_HEAD DISPOSITION("inline", "two.png") "Content-ID: <two@example>\n\ndHdvIQ=="
#define THREE \
	"Content-Type: message/rfc822\nContent-Transfer-Encoding: 7bit\nContent-Disposition: " \
	"attachment\n\n" \
	"From: a@b\nSubject: crlf\n\nbody\n.\n"
#define FOUR \
	"Content-Type: application/octet-stream\n" ENCODED "Content-Disposition: attachment\n\n"
#define FIVE \
	"Content-Type: message/rfc822;\n\tname=\"look.eml\"\nContent-Transfer-Encoding: " \
	"7bit\n" DISPOSITION("attachment", "look.eml") "\n" STOCK_LOOKALIKE
#define EIGHT \
	"Content-Type: image/gif\nContent-Transfer-Encoding: base64\nContent-ID: " \
	"<eight@example>\n\nZWlnaHQ="
#define RELATED(b) "Content-Type: multipart/related;\n\ttype=\"text/html\";\n\tboundary=\"" b "\"\n"
#define MIXED(b) "Content-Type: multipart/mixed;\n\tboundary=\"" b "\"\n"
#define ALTERNATIVE(b) "Content-Type: multipart/alternative;\n\tboundary=\"" b "\"\n"
#define TOP "From: a\nGraft: 1\nMIME-Version: 1.0\n"
#define TOP2 "From: a\nGraft: 2\nMIME-Version: 1.0\n"
#define TOP_OUT "From: a\nMIME-Version: 1.0\n"

struct row {
	const char *name, *in;
	size_t in_len;
	const char *want;
};

static uint8_t message[TEXT_MAX], first_out[TEXT_MAX], again_out[TEXT_MAX], want[TEXT_MAX];

static inline struct result
graft(const uint8_t *p, size_t len, enum way way, uint8_t *out)
{
	return graft_message(p, len, way, "spool", out, TEXT_MAX);
}

/* Replaces `@0` to `@9` by the boundaries that were found. What does not fit stays, and will
 * differ. */
static inline size_t
fill_boundaries(uint8_t *p, size_t len, const uint8_t *got, size_t got_len)
{
	static uint8_t filled[TEXT_MAX];
	uint8_t boundary[10][25];
	bool known[10] = {false};
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (p[i] == '@' && i + 1 < len && p[i + 1] >= '0' && p[i + 1] <= '9') {
			int d = p[++i] - '0';

			if (!known[d] && n + 25 <= got_len) {
				memcpy(boundary[d], got + n, 25);
				known[d] = memcmp(boundary[d], "=_g", 3) == 0;
				for (int k = 0; k < 10; k++) {
					known[d] = known[d] &&
					    (k == d || !known[k] ||
					        memcmp(boundary[k], boundary[d], 25) != 0);
				}
			}
			memcpy(filled + n,
			    known[d] ? boundary[d] : (const uint8_t *)"(no boundary of ours....)",
			    25);
			n += 25;
		} else {
			filled[n++] = p[i];
		}
	}
	memcpy(p, filled, n);
	return n;
}

static inline void
check_output(const char *name, const uint8_t *got, size_t got_len, size_t want_len)
{
	size_t i = 0;

	while (i < got_len && i < want_len && got[i] == want[i]) {
		i++;
	}
	ck_assert_msg(i == got_len && i == want_len, "%s: from %zu on it is '%.*s', want '%.*s'",
	    name, i, (int)(got_len - i < 300 ? got_len - i : 300), (const char *)got + i,
	    (int)(want_len - i < 300 ? want_len - i : 300), (const char *)want + i);
}

struct lines {
	uint8_t *bytes;
	size_t len, begun; /* where the last line begins */
};

/* A connection that takes CRs and stuffed dots away again. */
static inline int
unstuff(void *state, const uint8_t *p, size_t len)
{
	struct lines *l = state;

	for (size_t i = 0; i < len; i++) {
		l->bytes[l->len++] = p[i];
		if (p[i] != '\n') {
			continue;
		}
		ck_assert(l->len - l->begun >= 2 && l->bytes[l->len - 2] == '\r');
		l->bytes[--l->len - 1] = '\n';
		if (l->bytes[l->begun] == '.') {
			ck_assert(l->len - l->begun > 2);
			memmove(l->bytes + l->begun, l->bytes + l->begun + 1, --l->len - l->begun);
		}
		l->begun = l->len;
	}
	return 0;
}

/* The same through SMTP, with the size that was announced. A missing last line end is added. A
 * message with a CR cannot go that way. */
static inline void
check_smtp(const struct row *r, size_t message_len, size_t want_len, uint64_t wire)
{
	static struct sink sink;
	struct lines lines = {.bytes = again_out};
	struct graft *g = graft_new();
	struct result got;

	ck_assert_ptr_nonnull(g);
	sink_to_smtp(&sink, unstuff, &lines);
	got = graft_rest(g, graft_from_memory(g, message, message_len, NULL), "spool", &sink);
	if (memchr(first_out, '\r', want_len) != NULL) {
		ck_assert_msg(got.code != 0, "%s: a CR is out", r->name);
	} else {
		ck_assert_msg(got.code == 0 && sink.wire == wire,
		    "%s: %lu on the wire, %lu foretold", r->name, (unsigned long)sink.wire,
		    (unsigned long)wire);
		ck_assert_uint_eq(lines.len, want_len + (first_out[want_len - 1] != '\n'));
		ck_assert_mem_eq(again_out, first_out, want_len);
	}
	graft_free(&g);
}

/* Grafts it from each source, and twice. All give the same bytes, as many as graft_size() said. */
static inline void
check_row(const struct row *r)
{
	struct result first, again;
	size_t len, want_len;

	scratch_begin();
	stock_begin();
	len = stock_fill(r->in, r->in_len, message, sizeof(message));
	first = graft(message, len, FROM_PIPE, first_out);
	ck_assert_msg(first.code == 0, "%s: exit %d, %s", r->name, first.code, first.sentence);
	ck_assert_msg(first.size == first.len, "%s: %lu bytes foretold, %zu written", r->name,
	    (unsigned long)first.size, first.len);
	want_len = stock_fill(r->want, strlen(r->want), want, sizeof(want));
	want_len = fill_boundaries(want, want_len, first_out, first.len);
	check_output(r->name, first_out, first.len, want_len);
	for (int way = 0; way < WAYS; way++) {
		again = graft(message, len, way, again_out);
		ck_assert_msg(again.code == 0 && again.len == first.len,
		    "%s: again, way %d: exit %d, %zu bytes", r->name, way, again.code, again.len);
		ck_assert_mem_eq(again_out, first_out, first.len);
	}
	check_smtp(r, len, first.len, first.wire);
	spool_close(&stock_spool);
	scratch_end();
}

#endif
