/*
 * test-content-boundary.c - the boundary parameter, in every form
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mime/content.h"
#include "tests/slices.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define TEXT(s) .body = (s), .len = sizeof(s) - 1

static const struct boundary_row {
	const char *name, *body;
	size_t len;
	enum content_boundary verdict;
	const char *boundary; /* CONTENT_BOUNDARY_OK */
} boundaries[] = {
    {.name = "plain", TEXT("m/m; boundary=abc"), .boundary = "abc"},
    {.name = "one character", TEXT("m/m; boundary=a"), .boundary = "a"},
    {.name = "name in any case", TEXT("m/m; BounDary=abc"), .boundary = "abc"},
    {.name = "value in its own case", TEXT("m/m; boundary=aBc"), .boundary = "aBc"},
    {.name = "quoted", TEXT("m/m; boundary=\"a b\""), .boundary = "a b"},
    {.name = "quoted pairs", TEXT("m/m; boundary=\"\\a\\=\""), .boundary = "a="},
    {.name = "all other characters",
        TEXT("m/m; boundary=\"'()+_,-./:=? z\""),
        .boundary = "'()+_,-./:=? z"},
    {.name = "a semicolon cannot be in one",
        TEXT("m/m; boundary=\"a;b\""),
        .verdict = CONTENT_BOUNDARY_BAD},
    {.name = "folded within its quotes", TEXT("m/m; boundary=\"a\n b\""), .boundary = "a b"},
    {.name = "a comment in front", TEXT("m/m; boundary=(x)abc"), .boundary = "abc"},
    {.name = "none",
        TEXT("m/m; boundar=a; xboundary=b; boundaryx=c"),
        .verdict = CONTENT_BOUNDARY_NONE},
    {.name = "none: in a comment", TEXT("m/m (; boundary=a)"), .verdict = CONTENT_BOUNDARY_NONE},
    {.name = "none: in another's value",
        TEXT("m/m; a=\"; boundary=b\""),
        .verdict = CONTENT_BOUNDARY_NONE},
    {.name = "two", TEXT("m/m; boundary=a; boundary=b"), .verdict = CONTENT_BOUNDARY_TWO},
    {.name = "twice the same",
        TEXT("m/m; boundary=a; boundary=a"),
        .verdict = CONTENT_BOUNDARY_TWO},
    {.name = "plain and extended",
        TEXT("m/m; boundary=a; boundary*=us-ascii''a"),
        .verdict = CONTENT_BOUNDARY_TWO},
    {.name = "plain and in sections",
        TEXT("m/m; boundary*0=a; boundary=a"),
        .verdict = CONTENT_BOUNDARY_TWO},
    {.name = "extended", TEXT("m/m; boundary*=us-ascii'en'a%3d%3Db"), .boundary = "a==b"},
    {.name = "extended: a percent sign in quotes",
        TEXT("m/m; boundary*=\"us-ascii''%61\""),
        .boundary = "a"},
    {.name = "extended, without its apostrophes",
        TEXT("m/m; boundary*=abc"),
        .verdict = CONTENT_BOUNDARY_BAD},
    {.name = "extended, with one apostrophe",
        TEXT("m/m; boundary*=x'abc"),
        .verdict = CONTENT_BOUNDARY_BAD},
    {.name = "extended, half a percent code",
        TEXT("m/m; boundary*=x''a%4"),
        .verdict = CONTENT_BOUNDARY_BAD},
    {.name = "extended, a wrong percent code",
        TEXT("m/m; boundary*=x''a%4g1"),
        .verdict = CONTENT_BOUNDARY_BAD},
    {.name = "extended, to nothing", TEXT("m/m; boundary*=x''"), .verdict = CONTENT_BOUNDARY_BAD},
    {.name = "extended, to a NUL", TEXT("m/m; boundary*=x''a%00"), .verdict = CONTENT_BOUNDARY_BAD},
    {.name = "a percent sign that means itself",
        TEXT("m/m; boundary=a%41"),
        .verdict = CONTENT_BOUNDARY_BAD},
    {.name = "sections", TEXT("m/m; boundary*0=ab; boundary*1=\"c d\""), .boundary = "abc d"},
    {.name = "sections out of order",
        TEXT("m/m; boundary*1=b; boundary*0=a; boundary*2=c"),
        .boundary = "abc"},
    {.name = "sections, some extended",
        TEXT("m/m; boundary*0*=x''%61; boundary*1=%; boundary*2*=%62"),
        .verdict = CONTENT_BOUNDARY_BAD},
    {.name = "sections, all extended",
        TEXT("m/m; boundary*0*=x'y'%61; boundary*1*=b'; boundary*2*=%63"),
        .boundary = "ab'c"},
    {.name = "sections, the first missing",
        TEXT("m/m; boundary*1=b"),
        .verdict = CONTENT_BOUNDARY_TWO},
    {.name = "sections with a gap",
        TEXT("m/m; boundary*0=b; boundary*2=c"),
        .verdict = CONTENT_BOUNDARY_TWO},
    {.name = "sections, one twice",
        TEXT("m/m; boundary*0=b; boundary*0=c"),
        .verdict = CONTENT_BOUNDARY_TWO},
    {.name = "empty", TEXT("m/m; boundary="), .verdict = CONTENT_BOUNDARY_BAD},
    {.name = "empty quotes", TEXT("m/m; boundary=\"\""), .verdict = CONTENT_BOUNDARY_BAD},
    {.name = "a quote alone", TEXT("m/m; boundary=\""), .verdict = CONTENT_BOUNDARY_BAD},
    {.name = "a space at its end", TEXT("m/m; boundary=\"a \""), .verdict = CONTENT_BOUNDARY_BAD},
    {.name = "a space at its start", TEXT("m/m; boundary=\" a\""), .boundary = " a"},
    {.name = "a tab", TEXT("m/m; boundary=\"a\tb\""), .verdict = CONTENT_BOUNDARY_BAD},
    {.name = "8-bit", TEXT("m/m; boundary=\"a\374\""), .verdict = CONTENT_BOUNDARY_BAD},
    {.name = "NUL", TEXT("m/m; boundary=\"a\0\""), .verdict = CONTENT_BOUNDARY_BAD},
    {.name = "an asterisk", TEXT("m/m; boundary=a*b"), .verdict = CONTENT_BOUNDARY_BAD},
    {.name = "70 characters",
        TEXT(
            "m/m; boundary=0123456789012345678901234567890123456789012345678901234567890123456789"),
        .boundary = "0123456789012345678901234567890123456789012345678901234567890123456789"},
    {.name = "71 characters",
        TEXT("m/m; "
             "boundary=0123456789012345678901234567890123456789012345678901234567890123456789a"),
        .verdict = CONTENT_BOUNDARY_BAD},
    {.name = "71 characters in two sections",
        TEXT("m/m; "
             "boundary*0=0123456789012345678901234567890123456789012345678901234567890123456789;"
             " boundary*1=a"),
        .verdict = CONTENT_BOUNDARY_BAD},
};

START_TEST(a_boundary_is_read_in_every_form_or_refused)
{
	const struct boundary_row *r = &boundaries[_i];
	uint8_t *body = exact_copy(r->body, r->len), got[BOUNDARY_MAX];
	enum content_boundary verdict;
	struct content c;
	size_t len = 0;

	content_parse(body, r->len, &c);
	verdict = content_boundary(body, &c, got, &len);
	ck_assert_msg(verdict == r->verdict, "%s: verdict %d, want %d", r->name, (int)verdict,
	    (int)r->verdict);
	if (verdict == CONTENT_BOUNDARY_OK) {
		ck_assert_msg(
		    len == strlen(r->boundary), "%s: '%.*s'", r->name, (int)len, (char *)got);
		ck_assert_mem_eq(got, r->boundary, len);
	}
	exact_free(body, r->len);
}
END_TEST

START_TEST(every_byte_value_is_a_boundary_character_or_not)
{
	static const char allowed[] =
	    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "'()+_,-./:=?";

	for (int i = 0; i < 256; i++) {
		uint8_t body[] = "m/m; boundary=\"x.\"", got[BOUNDARY_MAX];
		struct content c;
		size_t len;
		bool want = i > 0 && memchr(allowed, i, sizeof(allowed) - 1) != NULL;

		body[sizeof(body) - 3] = (uint8_t)i;
		content_parse(body, sizeof(body) - 1, &c);
		if (i == '"') {
			ck_assert_msg(c.irregular, "'\"' closes");
			continue;
		}
		if (i == '\n' || i == '\r') {
			/* folding; the CRs of an entity's header are gone before */
			continue;
		}
		ck_assert_msg(
		    (content_boundary(body, &c, got, &len) == CONTENT_BOUNDARY_OK) == want,
		    "byte %d", i);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("content-boundary");
	TCase *tcase = tcase_create("content-boundary");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(
	    tcase, a_boundary_is_read_in_every_form_or_refused, 0, COUNT(boundaries));
	tcase_add_test(tcase, every_byte_value_is_a_boundary_character_or_not);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
