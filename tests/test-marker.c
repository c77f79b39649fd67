/*
 * test-marker.c - markers in decoded bodies: which count, where they stand, what is nearly one
 *
 * A row is a body in pieces. Some pieces are lines with a marker: from the line's
 * first byte in the undecoded body to the end of its line end. Rows
 * without an encoding of their own are tried as base64 as well, encoded here in
 * lines of several lengths. Everything is searched whole, byte by byte and cut
 * at each point.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "mime/base64.h"
#include "mime/marker.h"
#include "tests/slices.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define T1 "AAAAAAAAAABBBBBBBBBBCCCCCCCCCCDDDDDDDDDDEEEEEEEEEEFFFFFFFF-_"
#define T2 "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwx"
#define M1 "((graft:" T1 "))"
#define M2 "((graft:" T2 "))"

#define REST(s) \
	{ \
		.bytes = (s), .len = sizeof(s) - 1 \
	}
#define HIT(s, t, n) \
	{ \
		.bytes = (s), .len = sizeof(s) - 1, .token = (t), .line = (n) \
	}
#define MID(s, t, n) \
	{ \
		.bytes = (s), .len = sizeof(s) - 1, .token = (t), .line = (n), .mid_line = true \
	}

enum { PIECES_MAX = 8, TEXT_MAX = 4096, AT = 1000 };

struct piece {
	const char *bytes;
	size_t len;
	const char *token; /* NULL: not a line with a marker */
	uint64_t line;
	bool mid_line;
};

static const struct row {
	const char *name;
	struct piece piece[PIECES_MAX];
	bool whole;
} plain[] = {
    {.name = "nothing"},
    {.name = "a marker and no line end", .piece = {HIT(M1, T1, 1)}, .whole = true},
    {.name = "a marker and its line end", .piece = {HIT(M1 "\n", T1, 1)}, .whole = true},
    {.name = "a marker and CR LF", .piece = {HIT(M1 "\r\n", T1, 1)}, .whole = true},
    {.name = "a marker and CR", .piece = {HIT(M1 "\r", T1, 1)}, .whole = true},
    {.name = "white space around it", .piece = {HIT(" \t" M1 "\t \r\n", T1, 1)}, .whole = true},
    {
        .name = "empty lines and white space around it",
        .piece = {REST("\n \t\n\r\n"), HIT(M1 "\n", T1, 4), REST("\n\t\n \r\n\n  ")},
        .whole = true,
    },
    {
        .name = "text around it",
        .piece = {REST("one\n"), HIT(M1 "\n", T1, 2), REST("two\n")},
    },
    {.name = "text after it", .piece = {HIT(M1 "\n", T1, 1), REST("x")}},
    {.name = "text before it", .piece = {REST("x\n"), HIT(M1, T1, 2)}},
    {
        .name = "two, the one under the other",
        .piece = {HIT(M1 "\n", T1, 1), HIT(M2 "\n", T2, 2)},
    },
    {
        .name = "three, apart, one twice",
        .piece = {HIT(M1 "\n", T1, 1), REST("\nx\n"), HIT("  " M2 "\n", T2, 4), REST("\n"),
            HIT(M1, T1, 6)},
    },
    {.name = "two on one line", .piece = {REST(M1 M2 "\n")}},
    {.name = "two on one line, apart", .piece = {REST("\n" M1 " " M2 "\n")}},
    {.name = "quoted", .piece = {REST("x\n> " M1 "\n")}},
    {.name = "in a paragraph of HTML", .piece = {REST("<p>" M1 "</p>\n")}},
    {.name = "a full stop after it", .piece = {REST(M1 ".\n")}},
    {.name = "a word after it, apart", .piece = {REST(M1 " x\n")}},
    {.name = "a no-break space before it", .piece = {REST("\302\240" M1 "\n")}},
    {.name = "a byte order mark before it", .piece = {REST("\357\273\277" M1 "\n")}},
    {.name = "NUL after it", .piece = {REST(M1 "\0\n")}},
    {.name = "NUL before it", .piece = {REST("\0" M1 "\n")}},
    {.name = "CR before it", .piece = {REST("\r" M1 "\n")}},
    {.name = "CR and white space after it", .piece = {REST(M1 "\r \n")}},
    {.name = "a form feed after it", .piece = {REST(M1 "\f\n")}},
    {.name = "a third parenthesis before it", .piece = {REST("(" M1 "\n")}},
    {.name = "a third parenthesis after it", .piece = {REST(M1 ")\n")}},
    {.name = "half of one", .piece = {REST("((graft:AAAAAAAAAABBBBBBBBBB\n")}},
    {.name = "half of one at the end", .piece = {REST("x\n((graft:AAAAAAAAAABBBBBBBBBB")}},
    {.name = "wrapped by a template",
        .piece = {REST("((graft:AAAAAAAAAABBBBBBBBBB\nCCCCCCCCCC))\n")}},
    {.name = "a token too short", .piece = {REST("((graft:AAAAAAAAAABBBBBBBBBB))\n")}},
    {.name = "a token too long", .piece = {REST("((graft:" T1 "x))\n")}},
    {.name = "a token with a stranger in it",
        .piece = {REST(
            "((graft:AAAAAAAAAABBBBBBBBBBCCCCCCCCCCDDDDDDDDDDEEEEEEEEEEFFFFFFFF+_))\n")}},
    {.name = "a space in the token",
        .piece = {REST(
            "((graft:AAAAAAAAAABBBBBBBBBBCCCCCCCCCCDDDDDDDDDDEEEEEEEEEEFFFFFFFF _))\n")}},
    {.name = "one closing parenthesis", .piece = {REST("((graft:" T1 ")\n")}},
    {.name = "other parentheses at the end", .piece = {REST("((graft:" T1 "}}\n")}},
    {.name = "the head alone", .piece = {REST("((graft:\n")}},
    {.name = "less than the head",
        .piece = {REST("((graft\n((graf:\n((GRAFT:\n( (graft:\n(graft:\n")}},
    {.name = "parentheses before the head", .piece = {REST("a\n((((graft:x\n")}},
    {.name = "false starts before the head", .piece = {REST("((gr((graft:x\n")}},
    {.name = "a head in two lines is none", .piece = {REST("x((gra\nft:x\nx((graft\n:x\n")}},
    {.name = "the first near miss is the one",
        .piece = {REST("\n"), HIT(M1 "\n", T1, 2), REST("a " M1 "\nb " M2 "\n")}},
    {.name = "a line of other text, then the marker",
        .piece = {REST("(a (b ((c ((g\n"), HIT(M1 "\n", T1, 2), REST("(\n"), HIT(M2 "\n", T2, 4)}},
};

/* Raw lines: `=0A` ends one as well, and a soft break does not. */
static const struct row quoted[] = {
    {.name = "qp: nothing"},
    {.name = "qp: a marker", .piece = {HIT(M1 "\n", T1, 1)}, .whole = true},
    {.name = "qp: a marker in encoded characters",
        .piece = {HIT("=28=28graft:" T1 "=29=29\n", T1, 1)},
        .whole = true},
    {.name = "qp: lower-case digits",
        .piece = {HIT("=28=28graf=74:" T1 "=29)=0d\n", T1, 1)},
        .whole = true},
    {.name = "qp: a soft break in it",
        .piece = {HIT("((graft:=\n" T1 "))\n", T1, 1)},
        .whole = true},
    {.name = "qp: soft breaks everywhere",
        .piece = {HIT("=\n(=\n=28graft:" T1 "=\n)=\n)=\n\n", T1, 1)},
        .whole = true},
    {.name = "qp: soft breaks with white space and CR",
        .piece = {HIT("((graft:= \t\n" T1 "=\r\n)= \r\n)\n", T1, 1)},
        .whole = true},
    {.name = "qp: a soft break at the end", .piece = {HIT(M1 "=\n", T1, 1)}, .whole = true},
    {.name = "qp: a soft break and padding at the end",
        .piece = {HIT(M1 "= ", T1, 1)},
        .whole = true},
    {.name = "qp: encoded white space around it",
        .piece = {HIT("=20=09" M1 "=20\n", T1, 1)},
        .whole = true},
    {.name = "qp: encoded line ends",
        .piece = {REST("one=0A"), MID(M1 "=0A", T1, 2), REST("two\n")}},
    {.name = "qp: encoded CR LF",
        .piece = {REST("one=0D=0A"), MID(M1 "=0D=0A", T1, 2), REST("two\n")}},
    {.name = "qp: an encoded line end, then soft breaks",
        .piece = {REST("one=0A"), MID("=\n" M1 "=0D=\n=0A", T1, 2), REST("=\ntwo\n")}},
    {.name = "qp: an encoded line end before the first line",
        .piece = {REST("=0A"), MID(M1 "\n", T1, 2), REST("\n")},
        .whole = true},
    {.name = "qp: encoded and real line ends",
        .piece = {REST("a=0Ab\n"), HIT(M1 "=0A", T1, 3), MID(M2 "\n", T2, 4), HIT(M1 "\n", T1, 5)}},
    {.name = "qp: an encoded CR alone", .piece = {REST("=0D" M1 "\n")}},
    {.name = "qp: a soft break does not end a line", .piece = {REST("text =\n" M1 "\n")}},
    {.name = "qp: nor does it after the marker", .piece = {REST("a\n" M1 "=\ntext\n")}},
    {.name = "qp: an equals sign that stands for nothing", .piece = {REST("=" M1 "\n")}},
    {.name = "qp: one at the end of the body", .piece = {REST(M1 "=")}},
    {.name = "qp: one and a digit at the end of the body", .piece = {REST(M1 "=2")}},
    {.name = "qp: an equals sign and one digit", .piece = {REST("=2" M1 "\n")}},
    {.name = "qp: two equals signs", .piece = {REST("==0A"), MID(M1 "=\n=0A", T1, 2), REST("\n")}},
    {.name = "qp: an equals sign, white space, text",
        .piece = {REST("= \r x\n"), HIT(M1 "\n", T1, 2)}},
    {.name = "qp: an equals sign, CR and white space",
        .piece = {REST("=\r \n"), HIT(M1 "\n", T1, 2)}},
    {.name = "qp: an equals sign and CR, then a code",
        .piece = {REST("=\r=41\n"), HIT(M1 "\n", T1, 2)}},
    {.name = "qp: an equals sign, a digit, a line end",
        .piece = {REST("=4\n"), HIT(M1 "\n", T1, 2)}},
    {.name = "qp: 8-bit and NUL", .piece = {REST("\374=00\0\n"), HIT(M1 "\n", T1, 2)}},
    {.name = "qp: an encoded head in other text", .piece = {REST("x =28(graf=74=3A y\n")}},
};

struct input {
	size_t len, pieces;
	uint8_t text[TEXT_MAX];
};

static void
make_input(const struct row *r, struct input *in)
{
	*in = (struct input){.len = 0};
	for (const struct piece *p = r->piece; p < r->piece + PIECES_MAX && p->bytes != NULL; p++) {
		ck_assert_uint_le(p->len, TEXT_MAX - in->len);
		memcpy(in->text + in->len, p->bytes, p->len);
		in->len += p->len;
	}
}

static struct marker_search found;

static void
search_slices(struct slices *s, enum scan_encoding encoding, bool text)
{
	const uint8_t *p;
	uint64_t at = AT;
	size_t n;

	memset(&found, 0xa5, sizeof(found));
	marker_begin(&found, encoding, text, at);
	while (slices_next(s, &p, &n)) {
		marker_feed(&found, p, n, at);
		at += n;
	}
	marker_end(&found, at);
}

static void
check_found(const struct row *r, const char *way, enum scan_encoding encoding)
{
	uint64_t at = 0;
	size_t hits = 0;

	for (const struct piece *p = r->piece; p < r->piece + PIECES_MAX && p->bytes != NULL; p++) {
		const struct marker_hit *h = &found.hit[hits];

		if (p->token != NULL) {
			ck_assert_msg(
			    hits < found.hits, "%s, %s: only %zu hits", r->name, way, found.hits);
			ck_assert_msg(memcmp(h->token, p->token, MARKER_TOKEN_CHARS) == 0,
			    "%s, %s: token %zu is %.60s", r->name, way, hits,
			    (const char *)h->token);
			ck_assert_msg(h->line == p->line, "%s, %s: hit %zu in line %lu", r->name,
			    way, hits, (unsigned long)h->line);
			if (encoding != SCAN_BASE64) {
				ck_assert_msg(
				    h->raw_from == AT + at && h->raw_to == AT + at + p->len,
				    "%s, %s: hit %zu from %lu to %lu", r->name, way, hits,
				    (unsigned long)h->raw_from - AT, (unsigned long)h->raw_to - AT);
				ck_assert_msg(h->mid_line == p->mid_line,
				    "%s, %s: hit %zu mid_line %d", r->name, way, hits,
				    (int)h->mid_line);
			}
			if (encoding != SCAN_QUOTED_PRINTABLE) {
				ck_assert_msg(h->decoded_from == at && h->decoded_to == at + p->len,
				    "%s, %s: hit %zu decoded from %lu to %lu", r->name, way, hits,
				    (unsigned long)h->decoded_from, (unsigned long)h->decoded_to);
			}
			hits++;
		}
		at += p->len;
	}
	ck_assert_msg(hits == found.hits, "%s, %s: %zu hits", r->name, way, found.hits);
	ck_assert_msg(found.whole == r->whole, "%s, %s: whole %d", r->name, way, (int)found.whole);
	ck_assert_msg(!found.too_many && !found.irregular, "%s, %s: too many %d, irregular %d",
	    r->name, way, (int)found.too_many, (int)found.irregular);
}

static void
check_row(const struct row *r, enum scan_encoding encoding, const uint8_t *body, size_t len)
{
	struct slices s;

	for (size_t way = 0; slices_begin(&s, body, len, way); way++) {
		search_slices(&s, encoding, true);
		check_found(r, s.way, encoding);
		if (way < 2) { /* nothing else is asked about a part that is no text */
			slices_begin(&s, body, len, way);
			search_slices(&s, encoding, false);
			ck_assert_msg(found.whole == r->whole, "%s, %s, no text: whole %d", r->name,
			    s.way, (int)found.whole);
		}
	}
}

START_TEST(markers_in_a_body_without_encoding)
{
	struct input in;

	make_input(&plain[_i], &in);
	check_row(&plain[_i], SCAN_IDENTITY, in.text, in.len);
}
END_TEST

START_TEST(markers_in_quoted_printable)
{
	struct input in;

	make_input(&quoted[_i], &in);
	check_row(&quoted[_i], SCAN_QUOTED_PRINTABLE, in.text, in.len);
}
END_TEST

/* Puts an LF, or CR LF, after each `columns` characters. */
static size_t
wrap(const uint8_t *in, size_t len, size_t columns, bool crlf, uint8_t *out)
{
	size_t n = 0, column = 0;

	for (size_t i = 0; i < len; i++) {
		if (in[i] == '\n') {
			continue;
		}
		out[n++] = in[i];
		if (++column % columns == 0) {
			if (crlf) {
				out[n++] = '\r';
			}
			out[n++] = '\n';
		}
	}
	return n;
}

START_TEST(markers_in_base64)
{
	static const struct {
		size_t columns;
		bool crlf;
	} wraps[] = {{76, false}, {61, true}, {5, false}, {100000, false}};
	uint8_t encoded[2 * TEXT_MAX], wrapped[4 * TEXT_MAX];
	struct input in;
	size_t len;

	make_input(&plain[_i], &in);
	len = base64_encode_lines(in.text, in.len, encoded);
	for (size_t w = 0; w < sizeof(wraps) / sizeof(wraps[0]); w++) {
		check_row(&plain[_i], SCAN_BASE64, wrapped,
		    wrap(encoded, len, wraps[w].columns, wraps[w].crlf, wrapped));
	}
}
END_TEST

static const struct irregular_row {
	const char *name, *body;
	size_t hits;
} irregulars[] = {
    {.name = "a stranger", .body = "((", .hits = 0},
    {.name = "no padding", .body = "eA", .hits = 0},
    {.name = "data after padding", .body = "eA==\neA==\n", .hits = 0},
    {.name = "half of a quantum", .body = "eHh4e", .hits = 0},
};

START_TEST(base64_that_can_be_read_in_two_ways_is_told)
{
	const struct irregular_row *r = &irregulars[_i];
	struct slices s;

	for (size_t way = 0; slices_begin(&s, r->body, strlen(r->body), way); way++) {
		search_slices(&s, SCAN_BASE64, true);
		ck_assert_msg(found.irregular, "%s, %s: not irregular", r->name, s.way);
		ck_assert_msg(
		    found.hits == r->hits, "%s, %s: %zu hits", r->name, s.way, found.hits);
	}
}
END_TEST

START_TEST(an_unknown_encoding_hides_everything)
{
	struct slices s;

	slices_begin(&s, M1, sizeof(M1) - 1, 0);
	search_slices(&s, SCAN_OPAQUE, true);
	ck_assert_uint_eq(found.hits, 0);
	ck_assert(!found.whole);
}
END_TEST

START_TEST(more_markers_than_there_is_room_for)
{
	static char body[(MARKERS_MAX + 1) * sizeof(M1)];
	struct slices s;

	for (size_t n = 0; n <= MARKERS_MAX; n++) {
		memcpy(body + n * sizeof(M1), M1 "\n", sizeof(M1));
	}
	slices_begin(&s, body, MARKERS_MAX * sizeof(M1), 0);
	search_slices(&s, SCAN_IDENTITY, true);
	ck_assert_uint_eq(found.hits, MARKERS_MAX);
	ck_assert(!found.too_many);
	slices_begin(&s, body, sizeof(body), 0);
	search_slices(&s, SCAN_IDENTITY, true);
	ck_assert_uint_eq(found.hits, MARKERS_MAX);
	ck_assert(found.too_many);
}
END_TEST

START_TEST(empty_lines_around_a_marker_may_be_any_number)
{
	char body[1000 + sizeof(M1)];
	struct slices s;

	memset(body, '\n', sizeof(body));
	memcpy(body + 500, M1, sizeof(M1) - 1);
	slices_begin(&s, body, sizeof(body), 1);
	search_slices(&s, SCAN_IDENTITY, false);
	ck_assert(found.whole);
}
END_TEST

START_TEST(a_line_of_many_megabytes)
{
	static const struct {
		enum scan_encoding encoding;
		const char *fill;
		unsigned megabytes;
	} fills[] = {
	    {SCAN_IDENTITY, "x", 100},
	    {SCAN_IDENTITY, "(", 10},
	    {SCAN_IDENTITY, "\n", 10},
	    {SCAN_IDENTITY, " ", 10},
	    {SCAN_QUOTED_PRINTABLE, "=", 10},
	    {SCAN_QUOTED_PRINTABLE, "x", 10},
	    {SCAN_BASE64, "A", 10},
	    {SCAN_BASE64, "=", 10},
	};
	static uint8_t block[1 << 20];

	memset(block, fills[_i].fill[0], sizeof(block));
	marker_begin(&found, fills[_i].encoding, true, 0);
	for (uint64_t i = 0; i < fills[_i].megabytes; i++) {
		marker_feed(&found, block, sizeof(block), i * sizeof(block));
	}
	marker_end(&found, (uint64_t)fills[_i].megabytes * sizeof(block));
	ck_assert_uint_eq(found.hits, 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("marker");
	TCase *tc = tcase_create("marker"), *large = tcase_create("large");
	SRunner *sr;
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, markers_in_a_body_without_encoding, 0, COUNT(plain));
	tcase_add_loop_test(tc, markers_in_quoted_printable, 0, COUNT(quoted));
	tcase_add_loop_test(tc, markers_in_base64, 0, COUNT(plain));
	tcase_add_loop_test(tc, base64_that_can_be_read_in_two_ways_is_told, 0, COUNT(irregulars));
	tcase_add_test(tc, an_unknown_encoding_hides_everything);
	tcase_add_test(tc, more_markers_than_there_is_room_for);
	tcase_add_test(tc, empty_lines_around_a_marker_may_be_any_number);
	tcase_set_timeout(large, 60);
	tcase_add_loop_test(large, a_line_of_many_megabytes, 0, 8);
	suite_add_tcase(s, tc);
	suite_add_tcase(s, large);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
