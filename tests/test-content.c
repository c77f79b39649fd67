/*
 * test-content.c - parameters of Content-Type and its like, and what is a boundary
 *
 * A row's parameters are told as text: from the `;` to behind the value, the
 * name, the value as written. What taking a boundary out leaves is looked at
 * in test-plan.c.
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
        .name = "semicolons with nothing behind them",
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
        .name = "a quoted string behind a value hides no parameter",
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
        .name = "brackets within a value, and white space behind it",
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
			/* folding, which an entity's header has been freed from CR of before */
			continue;
		}
		ck_assert_msg(
		    (content_boundary(body, &c, got, &len) == CONTENT_BOUNDARY_OK) == want,
		    "byte %d", i);
	}
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
	Suite *s = suite_create("content");
	TCase *tc = tcase_create("content");
	SRunner *sr;
	int failed;

	tcase_add_loop_test(tc, parts_of_a_body_are_where_they_are_said_to_be, 0, COUNT(rows));
	tcase_add_loop_test(tc, a_boundary_is_read_in_every_form_or_refused, 0, COUNT(boundaries));
	tcase_add_test(tc, every_byte_value_is_a_boundary_character_or_not);
	tcase_add_test(tc, more_parameters_than_there_is_room_for);
	tcase_add_test(tc, a_body_of_a_megabyte_takes_no_longer_than_it_must);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
