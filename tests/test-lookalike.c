/*
 * test-lookalike.c - what looks like a marker: as it must be, escaped, in UTF-16, in any encoding
 */
#include <check.h>
#include <string.h>

#include "mime/lookalike.h"
#include "tests/slices.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define BODY(s) .body = (s), .len = sizeof(s) - 1
#define W(c) c "\0"
#define WIDE_HEAD W("(") W("(") W("g") W("r") W("a") W("f") W("t") W(":")
#define BIG(c) "\0" c
#define BIG_HEAD BIG("(") BIG("(") BIG("g") BIG("r") BIG("a") BIG("f") BIG("t") BIG(":")

static const struct row {
	const char *name, *body;
	size_t len;
	enum scan_encoding encoding;
	size_t plain;
	uint64_t first, escaped, utf16;
} rows[] = {
    {.name = "nothing", BODY("")},
    {.name = "a marker", BODY("((graft:x))"), .plain = 1, .first = 1},
    {.name = "the head alone, in the third line", BODY("x\n\nx((graft:"), .plain = 1, .first = 3},
    {.name = "two on a line, one on another",
        BODY("((graft:x)) ((graft:\n((graft:"),
        .plain = 2,
        .first = 1},
    {.name = "false starts", BODY("((gr((graft:x\n"), .plain = 1, .first = 1},
    {.name = "less than the head", BODY("((graft\n((graf:\n((GRAFT:\n( (graft:\n(graft:\n:\n")},
    {.name = "in two lines it is none", BODY("((gra\nft:\n((graft\n:")},
    {.name = "NUL before it and after it", BODY("\0((graft:x))\0"), .plain = 1, .first = 1},
    {.name = "HTML, decimal", BODY("x\n&#40;&#40;graft:x&#41;"), .escaped = 2},
    {.name = "HTML, decimal with a zero", BODY("&#040;&#040;graft:"), .escaped = 1},
    {.name = "HTML, hexadecimal", BODY("&#x28;&#X28;graft&#x3A;"), .escaped = 1},
    {.name = "HTML, named", BODY("&lpar;&lpar;graft&colon;"), .escaped = 1},
    {.name = "HTML, one of the two", BODY("(&#40;graft:"), .escaped = 1},
    {.name = "a URL", BODY("?a=%28%28graft%3Ax%29%29"), .escaped = 1},
    {.name = "a URL that keeps parentheses", BODY("((graft%3ax))"), .escaped = 1},
    {.name = "Markdown", BODY("\\(\\(graft:x\\)\\)"), .escaped = 1},
    {.name = "JSON", BODY("\\u0028\\u0028graft:"), .escaped = 1},
    {.name = "twice quoted-printable",
        BODY("=3D28=3D28graft:"),
        .encoding = SCAN_QUOTED_PRINTABLE,
        .escaped = 1},
    {.name = "both kinds",
        BODY("&#40;&#40;graft:\n((graft:\n"),
        .plain = 1,
        .first = 2,
        .escaped = 1},
    {.name = "less than an escaped head", BODY("&#40;graft:\n&#41;&#41;graft:\n%28 %28graft:\n")},
    {.name = "the first escaped one", BODY("\n\\(\\(graft:\n\\(\\(graft:\n"), .escaped = 2},
    {.name = "UTF-16, little endian", BODY("\xff\xfe" W("x") W("\n") WIDE_HEAD W("y")), .utf16 = 2},
    {.name = "UTF-16, big endian",
        BODY("\xfe\xff" BIG("x") BIG("\n") BIG_HEAD BIG("y")),
        .utf16 = 2},
    {.name = "UTF-16 in base64, then plain",
        BODY("KAAoAGcAcgBhAGYAdAA6AAooKGdyYWZ0Og=="),
        .encoding = SCAN_BASE64,
        .plain = 1,
        .first = 2,
        .utf16 = 1},
    {.name = "quoted-printable",
        BODY("a=\nb=0A=28=28gra=\nft=3A"),
        .encoding = SCAN_QUOTED_PRINTABLE,
        .plain = 1,
        .first = 2},
    {.name = "an encoding that is not known",
        BODY("\n((graft:"),
        .encoding = SCAN_OPAQUE,
        .plain = 1,
        .first = 2},
};

START_TEST(what_looks_like_a_marker_is_seen)
{
	static struct lookalike_search found;
	const struct row *r = &rows[_i];
	struct slices s;
	const uint8_t *p;
	size_t n;

	for (size_t way = 0; slices_begin(&s, r->body, r->len, way); way++) {
		lookalike_begin(&found, r->encoding);
		while (slices_next(&s, &p, &n)) {
			lookalike_feed(&found, p, n);
		}
		ck_assert_msg(
		    found.plain == r->plain, "%s, %s: %zu plain", r->name, s.way, found.plain);
		ck_assert_msg(r->plain == 0 || found.plain_line[0] == r->first,
		    "%s, %s: plain in line %lu", r->name, s.way,
		    (unsigned long)found.plain_line[0]);
		ck_assert_msg(found.escaped == r->escaped, "%s, %s: escaped in line %lu", r->name,
		    s.way, (unsigned long)found.escaped);
		ck_assert_msg(found.utf16 == r->utf16, "%s, %s: UTF-16 in line %lu", r->name, s.way,
		    (unsigned long)found.utf16);
	}
}
END_TEST

START_TEST(lines_beyond_the_limit_are_not_kept)
{
	static struct lookalike_search found;
	static const char line[] = "((graft:\n";

	lookalike_begin(&found, SCAN_IDENTITY);
	for (int i = 0; i < LOOKALIKES_MAX + 5; i++) {
		lookalike_feed(&found, (const uint8_t *)line, sizeof(line) - 1);
	}
	ck_assert_uint_eq(found.plain, LOOKALIKES_MAX);
	ck_assert_uint_eq(found.plain_line[LOOKALIKES_MAX - 1], LOOKALIKES_MAX);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("lookalike");
	TCase *tc = tcase_create("lookalike");
	SRunner *sr;
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, what_looks_like_a_marker_is_seen, 0, COUNT(rows));
	tcase_add_test(tc, lines_beyond_the_limit_are_not_kept);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
