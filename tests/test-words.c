/*
 * test-words.c - field bodies without folding and encoded words
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "mime/words.h"
#include "tests/slices.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define TEXT(s) .body = (s), .len = sizeof(s) - 1

static const struct row {
	const char *name, *body;
	size_t len;
	const char *want; /* NULL: it does not decode */
} rows[] = {
    {.name = "nothing", TEXT(""), .want = ""},
    {.name = "words", TEXT(" a b"), .want = " a b"},
    {.name = "folded", TEXT(" a\n\tb\r\n c"), .want = " a  b   c"},
    {.name = "Q", TEXT("=?utf-8?Q?a_b=3d=3D?="), .want = "a b=="},
    {.name = "B", TEXT("=?utf-8?B?YWI=?="), .want = "ab"},
    {.name = "lower-case letters", TEXT("=?x?q?a?= =?x?b?YQ==?="), .want = "aa"},
    {.name = "an empty one", TEXT("x =?x?Q?\?= y"), .want = "x  y"},
    {.name = "a language in the charset", TEXT("=?us-ascii*en?Q?a?="), .want = "a"},
    {.name = "adjacent: the white space between goes",
        TEXT("=?x?Q?a?= \n\t =?x?B?Yg==?=  =?x?Q?c?= d"),
        .want = "abc d"},
    {.name = "cut within a word of ours", TEXT("=?x?Q?AB?=\n =?x?Q?CD?="), .want = "ABCD"},
    {.name = "not adjacent", TEXT("=?x?Q?a?= b =?x?Q?c?="), .want = "a b c"},
    {.name = "with no white space between", TEXT("=?x?Q?a?==?x?Q?b?="), .want = "ab"},
    {.name = "text right before and after", TEXT("x=?x?Q?a?=y"), .want = "xay"},
    {.name = "white space at the end stays", TEXT("=?x?Q?a?= \n"), .want = "a  "},
    {.name = "white space first", TEXT(" =?x?Q?a?="), .want = " a"},
    {.name = "Q: half a code", TEXT("=?x?Q?a=4?="), .want = NULL},
    {.name = "Q: a wrong code", TEXT("=?x?Q?=4g?="), .want = NULL},
    {.name = "B: a stranger", TEXT("=?x?B?YW!I=?="), .want = NULL},
    {.name = "B: no padding", TEXT("=?x?B?YWI?="), .want = NULL},
    {.name = "B: half a quantum", TEXT("=?x?B?YWIxY?="), .want = NULL},
    {.name = "no such encoding", TEXT("=?x?X?a?="), .want = "=?x?X?a?="},
    {.name = "no encoding", TEXT("=?x??a?="), .want = "=?x??a?="},
    {.name = "two letters for an encoding", TEXT("=?x?QB?a?="), .want = "=?x?QB?a?="},
    {.name = "white space in it", TEXT("=?x?Q?a b?="), .want = "=?x?Q?a b?="},
    {.name = "a question mark in it", TEXT("=?x?Q?a?b?="), .want = "=?x?Q?a?b?="},
    {.name = "not closed", TEXT("=?x?Q?ab?"), .want = "=?x?Q?ab?"},
    {.name = "not closed: no question mark", TEXT("=?x?Q?ab="), .want = "=?x?Q?ab="},
    {.name = "only begun", TEXT("=?"), .want = "=?"},
    {.name = "only begun, at the end", TEXT("abcdefgh=?x?Q"), .want = "abcdefgh=?x?Q"},
};

START_TEST(a_body_is_decoded_or_is_not)
{
	const struct row *r = &rows[_i];
	uint8_t *body = exact_copy(r->body, r->len), *out;
	size_t want = r->want == NULL ? 0 : strlen(r->want);
	long got;

	/* In all rooms up to twice what is needed: too little is refused, and none is overstepped.
	 */
	for (size_t cap = 0; cap <= 2 * want + 40; cap++) {
		out = exact_copy("................................................................."
		                 "...............................................................",
		    cap);
		got = words_decode(body, r->len, out, cap);
		if (r->want == NULL) {
			ck_assert_msg(got == -1, "%s: %ld", r->name, got);
		} else if (cap >= want + 8) {
			/* White space between words needs room for a moment. */
			ck_assert_msg(
			    got == (long)want, "%s: %ld bytes in room for %zu", r->name, got, cap);
		}
		if (got >= 0) {
			ck_assert_msg(
			    got == (long)want, "%s: %ld bytes, want %zu", r->name, got, want);
			if (got > 0) {
				ck_assert_mem_eq(out, r->want, want);
			}
		} else {
			ck_assert_msg(got == -1, "%s: %ld", r->name, got);
		}
		exact_free(out, cap);
	}
	exact_free(body, r->len);
}
END_TEST

START_TEST(bytes_that_are_no_text_are_given_as_they_are)
{
	uint8_t out[8];

	ck_assert_int_eq(
	    words_decode((const uint8_t *)"=?x?Q?=00=ff?=\200", 15, out, sizeof(out)), 3);
	ck_assert_mem_eq(out, "\0\377\200", 3);
}
END_TEST

/* Some libraries write one word for all, however long. */
START_TEST(long_words)
{
	static const struct {
		size_t chars;
		bool decoded;
	} lengths[] = {{75, true}, {1000, true}, {1012, true}, {1200, false}};

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		uint8_t body[2048] = "=?utf-8?B?", out[2048];
		size_t n = lengths[i].chars / 4 * 4;

		memset(body + 10, 'A', n);
		memcpy(body + 10 + n, "?=", 2);
		ck_assert_int_eq(words_decode(body, n + 12, out, sizeof(out)),
		    lengths[i].decoded ? (long)n / 4 * 3 : (long)n + 12);
	}
}
END_TEST

START_TEST(a_megabyte_of_beginnings)
{
	size_t len = 1 << 20;
	uint8_t *body = malloc(len), *out = malloc(len);

	ck_assert(body != NULL && out != NULL);
	for (size_t i = 0; i < len; i++) {
		body[i] = (uint8_t) "=?x?Q?"[i % 6];
	}
	ck_assert_int_eq(words_decode(body, len, out, len), (long)len);
	memset(body, '=', len);
	ck_assert_int_eq(words_decode(body, len, out, len), (long)len);
	free(body);
	free(out);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("words");
	TCase *tc = tcase_create("words");
	SRunner *sr;
	int failed;

	tcase_add_loop_test(tc, a_body_is_decoded_or_is_not, 0, COUNT(rows));
	tcase_add_test(tc, bytes_that_are_no_text_are_given_as_they_are);
	tcase_add_test(tc, long_words);
	tcase_add_test(tc, a_megabyte_of_beginnings);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
