/*
 * test-mention.c - tokens are found wherever the planner would find them, however the body is
 * encoded and cut
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "mime/base64.h"
#include "mime/mention.h"
#include "tests/slices.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define A1 "EAAAAAAAAABBBBBBBBBBCCCCCCCCCC"
#define A2 "DDDDDDDDDDEEEEEEEEEEFFFFFFFF-_"
#define T A1 A2
#define M "((graft:" T "))"

static const struct row {
	const char *name, *text;
	bool there;
} bodies[] = {
    {"nothing", "", false},
    {"a marker", M, true},
    {"within a line", "see " M " there", true},
    {"without its end", "((graft:" T, true},
    {"parentheses before it", "((((graft:" T "))", true},
    {"half a head before it", "((gra((graft:" T "))", true},
    {"a head before it", "((graft:((graft:" T "))", true},
    {"too short", "((graft:" A1 "))", false},
    {"no head", T, false},
    {"a head in two", "((gra\nft:" T "))", false},
    {"a soft line break in the token", "((graft:" A1 "=\n" A2 "))", true},
    {"soft line breaks with white space and CR", "((gra= \t\r\nft:" A1 "=\r\n" A2 "))", true},
    {"hexadecimal", "=28=28graft=3a" A1 "=44DDDDDDDDDEEEEEEEEEEFFFFFFFF=2D=5F=29)", true},
    {"equals signs before it", "==4=((graft:" T "))", true},
    {"equals signs within it", "((graft:" A1 "=4" A2 "))", false},
    {"a header that ends in one", "boundary=\n\n" M, true},
};

static const struct row fields[] = {
    {"white space", " \n", false},
    {"a token", " " T "\n", true},
    {"several", " x " T "," T "\n", true},
    {"folded", "\n\t" T "\n", true},
    {"a stray beside it", " " T "x\n", true},
    {"quoted", " \"" T "\"\n", true},
    {"Q-encoded in two words",
        " =?utf-8?Q?" A1 "?=\n =?utf-8?Q?DDDDDDDDDDEEEEEEEEEEFFFFFFFF-=5F?=\n", true},
    {"B-encoded",
        " =?utf-8?B?"
        "RUFBQUFBQUFBQUJCQkJCQkJCQkJDQ0NDQ0NDQ0NDREREREREREREREVFRUVFRUVFRUVGRkZGRkZGRi1f?=\n",
        true},
    {"a word that does not decode beside it", " =?utf-8?Q?=x?= " T "\n", true},
    {"too short", " " A1 "\n", false},
};

static void
remember(void *arg, const uint8_t token[MARKER_TOKEN_CHARS])
{
	if (memcmp(token, T, MARKER_TOKEN_CHARS) == 0) {
		*(bool *)arg = true;
	}
}

/* In every way to cut it. */
static void
expect_body(const char *name, const void *text, size_t len, bool there)
{
	struct slices s;
	const uint8_t *p;
	size_t n;

	for (size_t way = 0; slices_begin(&s, text, len, way); way++) {
		struct mention_search m;
		bool found = false;

		mention_begin(&m, remember, &found);
		while (slices_next(&s, &p, &n)) {
			mention_body(&m, p, n);
		}
		ck_assert_msg(found == there, "%s, %s", name, s.way);
	}
}

START_TEST(bodies_as_they_stand)
{
	expect_body(bodies[_i].name, bodies[_i].text, strlen(bodies[_i].text), bodies[_i].there);
}
END_TEST

/* After a part's header of any length, and so at each of the four places of a quantum. */
START_TEST(bodies_in_base64)
{
	static const char head[] = "--b\nContent-Type: text/plain; charset=utf-8; x=aaaa";
	char plain[256], text[1024];
	size_t len = (size_t)snprintf(
	           plain, sizeof(plain), "%.*sGuten Tag,\n\n" M "\n", _i / 4, "xxx"),
	       at;

	for (size_t width = 4; width <= 76; width += 24) {
		uint8_t encoded[512];
		size_t n = base64_encode_lines((const uint8_t *)plain, len, encoded), column = 0;

		at = (size_t)snprintf(
		    text, sizeof(text), "%.*s\n\n", (int)sizeof(head) - 1 - _i % 4, head);
		for (size_t i = 0; i < n; i++) {
			if (encoded[i] != '\n') {
				text[at++] = (char)encoded[i];
				if (++column % width == 0) {
					text[at++] = '\n';
				}
			}
		}
		memcpy(text + at, "\n--b--\n", 7);
		expect_body("base64", text, at + 7, true);
	}
}
END_TEST

/* Encoded piece by piece, as some programs do: with padding inside, which the planner reads. */
START_TEST(bodies_in_base64_of_pieces)
{
	static const char plain[] = M "\n";
	size_t piece = (size_t)_i + 1, at;
	char text[1024];

	at = (size_t)snprintf(text, sizeof(text), "--b; x=a\n\n");
	for (size_t from = 0; from < sizeof(plain) - 1; from += piece) {
		size_t left = sizeof(plain) - 1 - from;

		at += base64_encode_lines((const uint8_t *)plain + from,
		    left < piece ? left : piece, (uint8_t *)text + at);
	}
	expect_body("base64 of pieces", text, at, true);
}
END_TEST

START_TEST(header_fields)
{
	bool found = false;
	size_t len = strlen(fields[_i].text);
	uint8_t *copy = malloc(len); /* of exactly its size, for ASan */

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, fields[_i].text, len);
	mention_field(copy, len, remember, &found);
	ck_assert_msg(found == fields[_i].there, "%s", fields[_i].name);
	free(copy);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mention");
	TCase *tcase = tcase_create("mention");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, bodies_as_they_stand, 0, COUNT(bodies));
	tcase_add_loop_test(tcase, bodies_in_base64, 0, 16);
	tcase_add_loop_test(tcase, bodies_in_base64_of_pieces, 0, (int)sizeof(M));
	tcase_add_loop_test(tcase, header_fields, 0, COUNT(fields));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
