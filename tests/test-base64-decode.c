/*
 * test-base64-decode.c - the base64 decoder beside a simple one that gets its input whole
 *
 * Not here: the encoder, and both together (test-base64.c), random input (fuzz-base64.c)
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mime/base64.h"
#include "tests/fenced.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0]))

enum { LINE_OUT = BASE64_LINE_CHARS + 1 };

/* What a decoder says about an input. */
struct reading {
	size_t len;
	bool irregular;
	bool unfinished;
};

/*
 * The simple decoder, for whole inputs. It removes white space, then all other characters that are
 * not of the alphabet; runs of data with '=' between them are left. Writes at most len bytes to
 * out.
 */
static struct reading
read_simply(const uint8_t *in, size_t len, uint8_t *out)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct reading r = {0};
	char *kept = malloc(len + 1), *p = kept;
	size_t n = 0;

	ck_assert(kept != NULL);
	for (size_t i = 0; i < len; i++) {
		if (in[i] == '=' || (in[i] != 0 && strchr(alphabet, in[i]) != NULL)) {
			kept[n++] = (char)in[i];
		} else if (in[i] == 0 || strchr(" \t\r\n", in[i]) == NULL) {
			r.irregular = true;
		}
	}
	kept[n] = '\0';
	while (*p != '\0') {
		uint32_t bits = 0;
		size_t data = 0, padding = 0;
		for (; *p != '\0' && (*p != '=' || data % 4 < 2); p++) {
			if (*p == '=') {
				r.irregular = true;
				continue;
			}
			bits = bits << 6 | (uint32_t)(strchr(alphabet, *p) - alphabet);
			if (++data % 4 == 0) {
				out[r.len++] = (uint8_t)(bits >> 16);
				out[r.len++] = (uint8_t)(bits >> 8);
				out[r.len++] = (uint8_t)bits;
			}
		}
		r.unfinished = data % 4 != 0;
		for (; *p == '='; p++) {
			padding++;
		}
		if (padding == 0) {
			break; /* the end of the text */
		}
		r.unfinished = data % 4 + padding < 4;
		if (data % 4 + padding != 4 || *p != '\0' ||
		    (bits & (data % 4 == 2 ? 0xf : 0x3)) != 0) {
			r.irregular = true;
		}
		out[r.len++] = (uint8_t)(data % 4 == 2 ? bits >> 4 : bits >> 10);
		if (data % 4 == 3) {
			out[r.len++] = (uint8_t)(bits >> 2);
		}
	}
	r.irregular |= r.unfinished;
	free(kept);
	return r;
}

/* The decoder, given in[0..cut) and in[cut..len), each with as little room as it may have. */
static struct reading
read_split(const uint8_t *in, size_t len, size_t cut, uint8_t *out)
{
	struct base64_decoder d = {0};
	struct reading r = {0};
	size_t at = 0;

	for (int half = 0; half < 2; half++) {
		size_t n = half == 0 ? cut : len - cut, room = n / 4 * 3 + 3, wrote;
		uint8_t *piece = malloc(n), *exact = malloc(room);
		ck_assert((piece != NULL || n == 0) && exact != NULL);
		if (n > 0) {
			memcpy(piece, in + at, n);
		}
		wrote = base64_decode(&d, piece, n, exact);
		ck_assert_uint_le(wrote, room);
		memcpy(out + r.len, exact, wrote);
		r.len += wrote;
		at += n;
		free(piece);
		free(exact);
	}
	r.unfinished = base64_decode_end(&d);
	r.irregular = d.irregular;
	return r;
}

static struct reading
read_bytewise(const uint8_t *in, size_t len, uint8_t *out)
{
	struct base64_decoder d = {0};
	struct reading r = {0};

	for (size_t i = 0; i < len; i++) {
		uint8_t room[3];
		size_t n = base64_decode(&d, in + i, 1, room);
		memcpy(out + r.len, room, n);
		r.len += n;
	}
	r.unfinished = base64_decode_end(&d);
	r.irregular = d.irregular;
	return r;
}

static void
same(const char *name, const char *how, const struct reading *r, const uint8_t *bytes,
    const struct reading *want, const uint8_t *want_bytes)
{
	if (r->len != want->len || memcmp(bytes, want_bytes, r->len) != 0 ||
	    r->irregular != want->irregular || r->unfinished != want->unfinished) {
		ck_abort_msg("%s, %s: %zu bytes, irregular %d, unfinished %d; expected %zu, %d, %d",
		    name, how, r->len, r->irregular, r->unfinished, want->len, want->irregular,
		    want->unfinished);
	}
}

/* Decodes whole, byte by byte and cut at each place. */
static void
expect_reading(const char *name, const uint8_t *in, size_t len, const struct reading *want,
    const uint8_t *want_bytes)
{
	uint8_t *bytes = malloc(len + 6);
	struct reading r;

	ck_assert(bytes != NULL);
	r = read_bytewise(in, len, bytes);
	same(name, "byte by byte", &r, bytes, want, want_bytes);
	for (size_t cut = 0; cut <= len; cut++) {
		char how[32];
		snprintf(how, sizeof(how), "cut at %zu", cut);
		r = read_split(in, len, cut, bytes);
		same(name, how, &r, bytes, want, want_bytes);
	}
	free(bytes);
}

#define BYTES(s) (const uint8_t *)(s), sizeof(s) - 1

static const struct row {
	const char *name;
	struct {
		const uint8_t *p;
		size_t len;
	} in, out;
	bool irregular;
	bool unfinished;
} rows[] = {
    {.name = "nothing", .in = {BYTES("")}, .out = {BYTES("")}},
    {.name = "white space only", .in = {BYTES(" \t\r\n\n")}, .out = {BYTES("")}},
    {.name = "one byte", .in = {BYTES("QQ==")}, .out = {BYTES("A")}},
    {.name = "two bytes", .in = {BYTES("QUI=")}, .out = {BYTES("AB")}},
    {.name = "three bytes", .in = {BYTES("QUJD")}, .out = {BYTES("ABC")}},
    {.name = "NUL bytes", .in = {BYTES("AAAAAA==")}, .out = {BYTES("\0\0\0\0")}},
    {.name = "all ones", .in = {BYTES("////++++")}, .out = {BYTES("\xff\xff\xff\xfb\xef\xbe")}},
    {.name = "lines, LF", .in = {BYTES("QUJD\nREVG\nRw==\n")}, .out = {BYTES("ABCDEFG")}},
    {.name = "lines, CRLF", .in = {BYTES("QUJD\r\nREVG\r\nRw==\r\n")}, .out = {BYTES("ABCDEFG")}},
    {.name = "white space within quanta",
        .in = {BYTES(" Q\tU\rJ\nD R\n w = \n = \n")},
        .out = {BYTES("ABCG")}},
    {.name = "a stranger is skipped",
        .in = {BYTES("QU-JD")},
        .out = {BYTES("ABC")},
        .irregular = true},
    {.name = "base64url is strange",
        .in = {BYTES("__--QUJD")},
        .out = {BYTES("ABC")},
        .irregular = true},
    {.name = "NUL is strange", .in = {BYTES("\0QUJD")}, .out = {BYTES("ABC")}, .irregular = true},
    {.name = "vertical tab is strange",
        .in = {BYTES("QUJD\v")},
        .out = {BYTES("ABC")},
        .irregular = true},
    {.name = "8-bit is strange",
        .in = {BYTES("QUJD\xc1\xff")},
        .out = {BYTES("ABC")},
        .irregular = true},
    {.name = "data after padding starts afresh",
        .in = {BYTES("QQ==QkM=REVG")},
        .out = {BYTES("ABCDEF")},
        .irregular = true},
    {.name = "data after half the padding",
        .in = {BYTES("QQ=QUJD")},
        .out = {BYTES("AABC")},
        .irregular = true},
    {.name = "padding that is one short",
        .in = {BYTES("QQ=")},
        .out = {BYTES("A")},
        .irregular = true,
        .unfinished = true},
    {.name = "padding after white space", .in = {BYTES("QQ\r\n==")}, .out = {BYTES("A")}},
    {.name = "a stranger within padding",
        .in = {BYTES("QQ=.=")},
        .out = {BYTES("A")},
        .irregular = true},
    {.name = "padding alone", .in = {BYTES("=")}, .out = {BYTES("")}, .irregular = true},
    {.name = "four times padding", .in = {BYTES("====")}, .out = {BYTES("")}, .irregular = true},
    {.name = "padding after a whole quantum",
        .in = {BYTES("QUJD=")},
        .out = {BYTES("ABC")},
        .irregular = true},
    {.name = "padding after one character",
        .in = {BYTES("Q=UJD")},
        .out = {BYTES("ABC")},
        .irregular = true},
    {.name = "too much padding", .in = {BYTES("QQ===")}, .out = {BYTES("A")}, .irregular = true},
    {.name = "too much padding after three",
        .in = {BYTES("QUI==")},
        .out = {BYTES("AB")},
        .irregular = true},
    {.name = "spare bits, one byte", .in = {BYTES("QR==")}, .out = {BYTES("A")}, .irregular = true},
    {.name = "spare bits, two bytes",
        .in = {BYTES("QUJ=")},
        .out = {BYTES("AB")},
        .irregular = true},
    {.name = "one character",
        .in = {BYTES("Q")},
        .out = {BYTES("")},
        .irregular = true,
        .unfinished = true},
    {.name = "two characters, no padding",
        .in = {BYTES("QUJDQQ")},
        .out = {BYTES("ABC")},
        .irregular = true,
        .unfinished = true},
    {.name = "three characters, no padding",
        .in = {BYTES("QUJDQUI\n")},
        .out = {BYTES("ABC")},
        .irregular = true,
        .unfinished = true},
};

START_TEST(decoder_reads_what_mail_programs_read)
{
	const struct row *r = &rows[_i];
	struct reading want = {
	    .len = r->out.len, .irregular = r->irregular, .unfinished = r->unfinished};
	struct reading simple;
	uint8_t bytes[64];

	simple = read_simply(r->in.p, r->in.len, bytes);
	same(r->name, "read simply", &simple, bytes, &want, r->out.p);
	expect_reading(r->name, r->in.p, r->in.len, &want, r->out.p);
}
END_TEST

/* Each place of a text of three lines and every ending takes each byte value in turn. */
START_TEST(decoder_sees_a_change_at_any_place)
{
	enum { LONGEST = 2 * 57 + 3 };
	size_t len = 2 * 57 + (size_t)_i;
	uint8_t in[LONGEST], coded[3 * LINE_OUT], bytes[LONGEST + 6], want_bytes[3 * LINE_OUT];
	size_t size;

	fill(in, len);
	size = base64_encode_lines(in, len, coded);
	for (size_t at = 0; at < size; at++) {
		uint8_t before = coded[at];
		for (int v = 0; v < 256; v++) {
			struct reading want, r;
			coded[at] = (uint8_t)v;
			want = read_simply(coded, size, want_bytes);
			r = read_split(coded, size, size, bytes);
			same("changed", "whole", &r, bytes, &want, want_bytes);
			r = read_split(coded, size, at, bytes);
			same("changed", "cut before", &r, bytes, &want, want_bytes);
			r = read_split(coded, size, at + 1, bytes);
			same("changed", "cut after", &r, bytes, &want, want_bytes);
			if (v == before && (r.irregular || r.len != len)) {
				ck_abort_msg("unchanged text is irregular");
			}
		}
		coded[at] = before;
	}
}
END_TEST

/* All short texts of a few characters, one of each kind. */
START_TEST(decoder_reads_every_short_text)
{
	static const uint8_t kinds[] = {'A', 'R', '/', '=', '\n', '-'};
	enum { LEN = 6, KINDS = sizeof(kinds) };
	unsigned texts = 1;

	for (int i = 0; i < LEN; i++) {
		texts *= KINDS;
	}
	for (unsigned t = 0; t < texts; t++) {
		uint8_t text[LEN], bytes[LEN + 6], want_bytes[LEN + 6];
		struct reading want, r;
		unsigned rest = t;
		for (int i = 0; i < LEN; i++) {
			text[i] = kinds[rest % KINDS];
			rest /= KINDS;
		}
		want = read_simply(text, LEN, want_bytes);
		r = read_split(text, LEN, t % (LEN + 1), bytes);
		same("short text", "cut somewhere", &r, bytes, &want, want_bytes);
		r = read_bytewise(text, LEN, bytes);
		same("short text", "byte by byte", &r, bytes, &want, want_bytes);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("base64-decode");
	TCase *tcase = tcase_create("base64-decode");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, decoder_reads_what_mail_programs_read, 0, COUNT(rows));
	tcase_add_loop_test(tcase, decoder_sees_a_change_at_any_place, 0, 4);
	tcase_add_test(tcase, decoder_reads_every_short_text);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
