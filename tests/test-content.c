/*
 * test-content.c - parameters of Content-Type and its like, and what is a boundary
 *
 * A row gives its parameters as text: from the `;` to the end of the value, the
 * name, the value as written. test-plan.c tests what is left when a boundary is
 * taken out.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mime/content.h"
#include "tests/slices.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define TEXT(s) .body = (s), .len = sizeof(s) - 1

enum { PARAMS_MAX = 6 };

struct want_param {
	const char *whole; /* NULL: there are no more */
	const char *name, *value;
	size_t attribute_len; /* 0: the whole name */
	int section;          /* counted from 1 here, so that 0 is none */
	bool extended;
	bool loose;    /* the value goes up to the next semicolon */
	bool nameless; /* attribute_len is 0 */
};

static const struct row {
	const char *name, *body;
	size_t len;
	const char *type, *subtype;
	bool irregular;
	struct want_param param[PARAMS_MAX];
} rows[] = {
    {.name = "nothing", TEXT(""), .type = "", .subtype = "", .irregular = true},
    {.name = "white space", TEXT(" \t\n "), .type = "", .subtype = "", .irregular = true},
    {.name = "a type", TEXT(" text/plain"), .type = "text", .subtype = "plain"},
    {.name = "a word alone, as in Content-Disposition",
        TEXT(" inline"),
        .type = "inline",
        .subtype = ""},
    {.name = "upper case stays", TEXT("TEXT/Plain"), .type = "TEXT", .subtype = "Plain"},
    {.name = "obsolete white space", TEXT(" text / plain "), .type = "text", .subtype = "plain"},
    {
        .name = "comments anywhere",
        TEXT("(a)text(b)/(c (d)(e\\)))plain(f); (g)charset(h)=(i)utf-8 (j);"),
        .type = "text",
        .subtype = "plain",
        .param = {{.whole = "; (g)charset(h)=(i)utf-8", .name = "charset", .value = "utf-8"}},
    },
    {
        .name = "folded",
        TEXT(" multipart/mixed\n ;\n\tboundary\n =\n \"b\"\n"),
        .type = "multipart",
        .subtype = "mixed",
        .param = {{.whole = ";\n\tboundary\n =\n \"b\"", .name = "boundary", .value = "\"b\""}},
    },
    {
        .name = "several parameters, quoted and not",
        TEXT("a/b; x=1;y=\"2;3\" ; Z = 4"),
        .type = "a",
        .subtype = "b",
        .param =
            {
                {.whole = "; x=1", .name = "x", .value = "1"},
                {.whole = ";y=\"2;3\"", .name = "y", .value = "\"2;3\""},
                {.whole = "; Z = 4", .name = "Z", .value = "4"},
            },
    },
    {
        .name = "quoted pairs in a quoted string",
        TEXT("a/b; x=\"\\\"\\\\\""),
        .type = "a",
        .subtype = "b",
        .param = {{.whole = "; x=\"\\\"\\\\\"", .name = "x", .value = "\"\\\"\\\\\""}},
    },
    {
        .name = "an empty quoted value",
        TEXT("a/b; x=\"\""),
        .type = "a",
        .subtype = "b",
        .param = {{.whole = "; x=\"\"", .name = "x", .value = "\"\""}},
    },
    {
        .name = "specials in a value without quotes, as common software writes them",
        TEXT("a/b; boundary=----=_Part_1.?/:,@<>[]"),
        .type = "a",
        .subtype = "b",
        .param = {{.whole = "; boundary=----=_Part_1.?/:,@<>[]",
            .name = "boundary",
            .value = "----=_Part_1.?/:,@<>[]"}},
    },
    {
        .name = "semicolons with nothing after them",
        TEXT("a/b;; x=1; ;"),
        .type = "a",
        .subtype = "b",
        .param = {{.whole = "; x=1", .name = "x", .value = "1"}},
    },
    {
        .name = "a semicolon in a comment",
        TEXT("a/b (; c=d); x=1"),
        .type = "a",
        .subtype = "b",
        .param = {{.whole = "; x=1", .name = "x", .value = "1"}},
    },
    {
        .name = "RFC 2231: sections and extended values",
        TEXT("a; f*0*=utf-8''a%20; F*1=\"b\"; f*10*=%21; g*=x"),
        .type = "a",
        .subtype = "",
        .param =
            {
                {.whole = "; f*0*=utf-8''a%20",
                    .name = "f*0*",
                    .value = "utf-8''a%20",
                    .attribute_len = 1,
                    .section = 1,
                    .extended = true},
                {.whole = "; F*1=\"b\"",
                    .name = "F*1",
                    .value = "\"b\"",
                    .attribute_len = 1,
                    .section = 2},
                {.whole = "; f*10*=%21",
                    .name = "f*10*",
                    .value = "%21",
                    .attribute_len = 1,
                    .section = 11,
                    .extended = true},
                {.whole = "; g*=x",
                    .name = "g*",
                    .value = "x",
                    .attribute_len = 1,
                    .extended = true},
            },
    },
    {
        .name = "RFC 2231: a section with a leading zero",
        TEXT("a; f*00=x"),
        .type = "a",
        .subtype = "",
        .irregular = true,
        .param =
            {{.whole = "; f*00=x", .name = "f*00", .value = "x", .attribute_len = 1, .section = 1}},
    },
    {
        .name = "RFC 2231: no section between asterisks",
        TEXT("a; f**=x"),
        .type = "a",
        .subtype = "",
        .irregular = true,
        .param = {{.whole = "; f**=x",
            .name = "f**",
            .value = "x",
            .attribute_len = 1,
            .section = 1,
            .extended = true}},
    },
    {
        .name = "RFC 2231: a section that is no number",
        TEXT("a; f*1x=x"),
        .type = "a",
        .subtype = "",
        .irregular = true,
        .param =
            {{.whole = "; f*1x=x", .name = "f*1x", .value = "x", .attribute_len = 1, .section = 2}},
    },
    {
        .name = "RFC 2231: asterisks and no name",
        TEXT("a; *=x; *0=y"),
        .type = "a",
        .subtype = "",
        .irregular = true,
        .param =
            {
                {.whole = "; *=x", .name = "*", .value = "x", .section = 1, .nameless = true},
                {.whole = "; *0=y", .name = "*0", .value = "y", .section = 1, .nameless = true},
            },
    },
    {
        .name = "an attribute without a value",
        TEXT("a/b; x; y=1"),
        .type = "a",
        .subtype = "b",
        .irregular = true,
        .param = {{.whole = "; y=1", .name = "y", .value = "1"}},
    },
    {
        .name = "an equals sign without a value",
        TEXT("a/b; x=; y=1"),
        .type = "a",
        .subtype = "b",
        .irregular = true,
        .param = {{.whole = "; x=", .name = "x", .value = ""},
            {.whole = "; y=1", .name = "y", .value = "1"}},
    },
    {
        .name = "a value without an attribute",
        TEXT("a/b; =1; y=1"),
        .type = "a",
        .subtype = "b",
        .irregular = true,
        .param = {{.whole = "; y=1", .name = "y", .value = "1"}},
    },
    {
        .name = "two words in a value without quotes",
        TEXT("a; name=foo bar; y=1"),
        .type = "a",
        .subtype = "",
        .irregular = true,
        .param = {{.whole = "; name=foo bar", .name = "name", .value = "foo bar", .loose = true},
            {.whole = "; y=1", .name = "y", .value = "1"}},
    },
    {
        .name = "a quoted string after a value hides no parameter",
        TEXT("a; x=1 \"; boundary=2\"; y=1"),
        .type = "a",
        .subtype = "",
        .irregular = true,
        .param =
            {
                {.whole = "; x=1 \"; boundary=2\"",
                    .name = "x",
                    .value = "1 \"; boundary=2\"",
                    .loose = true},
                {.whole = "; y=1", .name = "y", .value = "1"},
            },
    },
    {
        .name = "8-bit in a value",
        TEXT("a; x=\374; y=1"),
        .type = "a",
        .subtype = "",
        .irregular = true,
        .param = {{.whole = "; x=\374", .name = "x", .value = "\374", .loose = true},
            {.whole = "; y=1", .name = "y", .value = "1"}},
    },
    {
        .name = "a quote within a value",
        TEXT("a; x=b\"c\"; y=1"),
        .type = "a",
        .subtype = "",
        .irregular = true,
        .param = {{.whole = "; x=b\"c\"", .name = "x", .value = "b\"c\"", .loose = true},
            {.whole = "; y=1", .name = "y", .value = "1"}},
    },
    {
        .name = "brackets within a value, and white space after it",
        TEXT("a; x=b (2).c \n ; y=1"),
        .type = "a",
        .subtype = "",
        .irregular = true,
        .param = {{.whole = "; x=b (2).c", .name = "x", .value = "b (2).c", .loose = true},
            {.whole = "; y=1", .name = "y", .value = "1"}},
    },
    {
        .name = "an open quoted string",
        TEXT("a; x=\"b; y=1"),
        .type = "a",
        .subtype = "",
        .irregular = true,
        .param = {{.whole = "; x=\"b; y=1", .name = "x", .value = "\"b; y=1", .loose = true}},
    },
    {
        .name = "a quoted string that ends in a backslash",
        TEXT("a; x=\"b\\"),
        .type = "a",
        .subtype = "",
        .irregular = true,
        .param = {{.whole = "; x=\"b\\", .name = "x", .value = "\"b\\", .loose = true}},
    },
    {
        .name = "a quoted string whose closing quote is escaped",
        TEXT("a; x=\"b\\\""),
        .type = "a",
        .subtype = "",
        .irregular = true,
        .param = {{.whole = "; x=\"b\\\"", .name = "x", .value = "\"b\\\"", .loose = true}},
    },
    {
        .name = "an open comment",
        TEXT("a; x=1 (; y=1"),
        .type = "a",
        .subtype = "",
        .irregular = true,
        .param = {{.whole = "; x=1", .name = "x", .value = "1"}},
    },
    {
        .name = "a comment that ends in a backslash",
        TEXT("a (\\"),
        .type = "a",
        .subtype = "",
        .irregular = true,
    },
    {
        .name = "a closing parenthesis alone",
        TEXT("a ); x=1"),
        .type = "a",
        .subtype = "",
        .irregular = true,
        .param = {{.whole = "; x=1", .name = "x", .value = "1"}},
    },
    {
        .name = "a third level of type",
        TEXT("a/b/c; x=1"),
        .type = "a",
        .subtype = "b",
        .irregular = true,
        .param = {{.whole = "; x=1", .name = "x", .value = "1"}},
    },
    {
        .name = "a quoted type",
        TEXT("\"multipart/mixed\"; x=1"),
        .type = "",
        .subtype = "",
        .irregular = true,
        .param = {{.whole = "; x=1", .name = "x", .value = "1"}},
    },
    {
        .name = "a comma instead of a semicolon",
        TEXT("a/b, x=1"),
        .type = "a",
        .subtype = "b",
        .irregular = true,
    },
    {
        .name = "a semicolon first",
        TEXT("; x=1"),
        .type = "",
        .subtype = "",
        .irregular = true,
        .param = {{.whole = "; x=1", .name = "x", .value = "1"}},
    },
};

static void
check_text(const struct row *r, const char *what, const uint8_t *body, size_t at, size_t len,
    const char *want)
{
	ck_assert_msg(at + len <= r->len, "%s: %s is outside", r->name, what);
	ck_assert_msg(len == strlen(want), "%s: %s is '%.*s', want '%s'", r->name, what, (int)len,
	    (const char *)body + at, want);
	if (len > 0) {
		ck_assert_mem_eq(body + at, want, len);
	}
}

START_TEST(parts_of_a_body_are_where_they_are_said_to_be)
{
	const struct row *r = &rows[_i];
	uint8_t *body = exact_copy(r->body, r->len);
	struct content c;
	size_t n = 0;

	memset(&c, 0xa5, sizeof(c));
	content_parse(body, r->len, &c);
	check_text(r, "type", body, c.type_at, c.type_len, r->type);
	if (c.subtype_len > 0 || r->subtype[0] != '\0') {
		check_text(r, "subtype", body, c.subtype_at, c.subtype_len, r->subtype);
	}
	ck_assert_msg(c.irregular == r->irregular, "%s: irregular %d", r->name, (int)c.irregular);
	for (; n < c.params && n < PARAMS_MAX && r->param[n].whole != NULL; n++) {
		const struct content_param *p = &c.param[n];
		const struct want_param *w = &r->param[n];

		check_text(r, "parameter", body, p->from, p->to - p->from, w->whole);
		check_text(r, "name", body, p->name_at, p->name_len, w->name);
		check_text(r, "value", body, p->value_at, p->value_len, w->value);
		ck_assert_msg(p->attribute_len ==
		        (w->attribute_len > 0 || w->nameless ? w->attribute_len : p->name_len),
		    "%s: attribute %zu long", r->name, p->attribute_len);
		ck_assert_msg(p->section == w->section - 1, "%s: section %d", r->name, p->section);
		ck_assert_msg(
		    p->extended == w->extended, "%s: extended %d", r->name, (int)p->extended);
		ck_assert_msg(p->loose == w->loose, "%s: loose %d", r->name, (int)p->loose);
	}
	ck_assert_msg(n == c.params && (n == PARAMS_MAX || r->param[n].whole == NULL),
	    "%s: %zu parameters", r->name, c.params);
	exact_free(body, r->len);
}
END_TEST

START_TEST(more_parameters_than_there_is_room_for)
{
	char body[(CONTENT_PARAMS_MAX + 2) * 8] = "a/b";
	struct content c;

	for (size_t n = 0; n <= CONTENT_PARAMS_MAX + 1; n++) {
		content_parse((uint8_t *)body, strlen(body), &c);
		ck_assert_uint_eq(c.params, n < CONTENT_PARAMS_MAX ? n : CONTENT_PARAMS_MAX);
		ck_assert_int_eq(c.irregular, n > CONTENT_PARAMS_MAX);
		sprintf(body + strlen(body), "; x=%d", (int)(n % 10));
	}
}
END_TEST

START_TEST(a_body_of_a_megabyte_takes_no_longer_than_it_must)
{
	static const char *const again[] = {
	    "(", "(a)", ";", "\"", "a=", ";a", "; a=b", "\\", "=", "\374"};
	size_t len = 1 << 20;
	uint8_t *body = malloc(len), boundary[BOUNDARY_MAX];
	struct content c;

	ck_assert_ptr_nonnull(body);
	for (size_t a = 0; a < sizeof(again) / sizeof(again[0]); a++) {
		size_t n = strlen(again[a]);

		for (size_t i = 0; i < len; i++) {
			body[i] = (uint8_t)again[a][i % n];
		}
		content_parse(body, len, &c);
		ck_assert(c.irregular || a == 2);
		content_boundary(body, &c, boundary, &n);
	}
	free(body);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("content");
	TCase *tcase = tcase_create("content");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, parts_of_a_body_are_where_they_are_said_to_be, 0, COUNT(rows));
	tcase_add_test(tcase, more_parameters_than_there_is_room_for);
	tcase_add_test(tcase, a_body_of_a_megabyte_takes_no_longer_than_it_must);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
