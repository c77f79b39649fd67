/*
 * test-header.c - the fields of a header, one after the other, as they stand
 *
 * A row is a header told as its fields. What comes after them is not given
 * out: the end, or a line that is no field.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "mime/header.h"
#include "tests/slices.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define FIELD(t, n, b) \
	{ \
		.text = (t), .len = sizeof(t) - 1, .name_len = (n), .body = (b), \
		.body_len = sizeof(b) - 1 \
	}

static const struct row {
	const char *name;
	struct {
		const char *text;
		size_t len, name_len;
		const char *body;
		size_t body_len;
	} field[4];
	const char *rest;
	size_t rest_len;
	enum header_next next;
} rows[] = {
    {.name = "nothing", .rest = "", .next = HEADER_END},
    {.name = "an empty line", .rest = "\nA: b\n", .rest_len = 6, .next = HEADER_END},
    {.name = "a field",
        .field = {FIELD("A: b\n", 1, " b")},
        .rest = "\n",
        .rest_len = 1,
        .next = HEADER_END},
    {.name = "no empty line", .field = {FIELD("A: b\n", 1, " b")}, .rest = "", .next = HEADER_END},
    {.name = "no line end", .field = {FIELD("A: b", 1, " b")}, .rest = "", .next = HEADER_END},
    {.name = "an empty body",
        .field = {FIELD("A:\n", 1, ""), FIELD("B:", 1, "")},
        .rest = "",
        .next = HEADER_END},
    {
        .name = "folded, also with nothing but white space",
        .field = {FIELD("Ab: c\n d:\n\t\n  e\n", 2, " c\n d:\n\t\n  e"), FIELD("F:g\n", 1, "g")},
        .rest = "\n",
        .rest_len = 1,
        .next = HEADER_END,
    },
    {
        .name = "folded, and no line end",
        .field = {FIELD("A:\n b", 1, "\n b")},
        .rest = "",
        .next = HEADER_END,
    },
    {.name = "obsolete white space",
        .field = {FIELD("A \t : b\n", 1, " b")},
        .rest = "",
        .next = HEADER_END},
    {
        .name = "any printable character in a name, any byte in a body",
        .field = {FIELD("!\"#~;9: \377\0:\r\n", 6, " \377\0:\r")},
        .rest = "",
        .next = HEADER_END,
    },
    {.name = "a line without a colon",
        .field = {FIELD("A: b\n", 1, " b")},
        .rest = "what\nC: d\n",
        .rest_len = 10,
        .next = HEADER_BAD},
    {.name = "a colon in the next line only",
        .rest = "what\n: b\n",
        .rest_len = 9,
        .next = HEADER_BAD},
    {.name = "words before the colon", .rest = "From a: b\n", .rest_len = 10, .next = HEADER_BAD},
    {.name = "no name", .rest = ": b\n", .rest_len = 4, .next = HEADER_BAD},
    {.name = "a continuation of nothing", .rest = " A: b\n", .rest_len = 6, .next = HEADER_BAD},
    {.name = "8-bit in a name", .rest = "\303\244: b\n", .rest_len = 6, .next = HEADER_BAD},
    {.name = "NUL in a name", .rest = "A\0: b\n", .rest_len = 6, .next = HEADER_BAD},
    {.name = "DEL in a name", .rest = "A\177: b\n", .rest_len = 6, .next = HEADER_BAD},
    {.name = "CR on an empty line",
        .field = {FIELD("A: b\r\n", 1, " b\r")},
        .rest = "\r\n",
        .rest_len = 2,
        .next = HEADER_BAD},
    {.name = "a name and nothing after it", .rest = "A", .rest_len = 1, .next = HEADER_BAD},
    {.name = "a name and white space after it", .rest = "A ", .rest_len = 2, .next = HEADER_BAD},
};

START_TEST(fields_come_in_order_and_whole)
{
	const struct row *r = &rows[_i];
	char text[256];
	uint8_t *header;
	struct field f;
	size_t len = 0, at = 0, n = 0;

	for (; n < 4 && r->field[n].text != NULL; n++) {
		memcpy(text + len, r->field[n].text, r->field[n].len);
		len += r->field[n].len;
	}
	memcpy(text + len, r->rest, r->rest_len);
	header = exact_copy(text, len + r->rest_len);
	for (size_t i = 0, from = 0; i < n; from += r->field[i].len, i++) {
		ck_assert_msg(header_next(header, len + r->rest_len, &at, &f) == HEADER_FIELD,
		    "%s: field %zu", r->name, i);
		ck_assert_msg(f.text == header + from && f.len == r->field[i].len,
		    "%s: field %zu is %zu long", r->name, i, f.len);
		ck_assert_msg(f.name_len == r->field[i].name_len, "%s: name %zu is %zu long",
		    r->name, i, f.name_len);
		ck_assert_msg(
		    f.body_len == r->field[i].body_len && f.body + f.body_len <= f.text + f.len,
		    "%s: body %zu is %zu long", r->name, i, f.body_len);
		if (f.body_len > 0) {
			ck_assert_mem_eq(f.body, r->field[i].body, f.body_len);
		}
	}
	for (int again = 0; again < 2; again++) {
		ck_assert_msg(header_next(header, len + r->rest_len, &at, &f) == r->next,
		    "%s: the end", r->name);
		ck_assert_msg(at == len, "%s: it ends at %zu", r->name, at);
	}
	exact_free(header, len + r->rest_len);
}
END_TEST

START_TEST(names_are_compared_in_any_case_and_whole)
{
	static const uint8_t header[] = "conTENT-Type: x\n";
	struct field f;
	size_t at = 0;

	ck_assert_int_eq(header_next(header, sizeof(header) - 1, &at, &f), HEADER_FIELD);
	ck_assert(header_is(&f, "content-type"));
	ck_assert(!header_is(&f, "content-typ"));
	ck_assert(!header_is(&f, "content-type:"));
	ck_assert(!header_is(&f, "content_type"));
	ck_assert(!header_is(&f, ""));
	ck_assert(header_begins(&f, "content-"));
	ck_assert(header_begins(&f, "content-type"));
	ck_assert(header_begins(&f, ""));
	ck_assert(!header_begins(&f, "content-type:"));
	ck_assert(!header_begins(&f, "x"));
	ck_assert(bytes_are((const uint8_t *)"", 0, ""));
	ck_assert(!bytes_are((const uint8_t *)"", 0, "a"));
	ck_assert(!bytes_are((const uint8_t *)"a\0b", 3, "a"));
	ck_assert(!bytes_are((const uint8_t *)"@[", 2, "`{"));
	ck_assert(bytes_are((const uint8_t *)"AZ@[`{", 6, "az@[`{"));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("header");
	TCase *tc = tcase_create("header");
	SRunner *sr;
	int failed;

	tcase_add_loop_test(tc, fields_come_in_order_and_whole, 0, COUNT(rows));
	tcase_add_test(tc, names_are_compared_in_any_case_and_whole);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
