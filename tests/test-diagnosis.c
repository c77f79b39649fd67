/*
 * test-diagnosis.c - a count that is too low says which marker was missed, and why
 */
#include <sysexits.h>

#include "tests/grafted.h"

static const struct diagnosis_row {
	const char *name, *in;
	size_t in_len;
	const char *says; /* a part of the sentence */
} rows[] = {
    {.name = "one too few, and near misses",
        IN("Graft: 2\n\n" MARK("1") "\n\nx\n> " MARK("1") "\n> " MARK("2")),
        .says = "found 1; a marker that is not alone on its line: part 1 line 4"},
    {.name = "a marker in a line of what is not text",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\nContent-Type: "
               "text/calendar\n\nx\n" MARK("1") "\n--b--\n"),
        .says = "found 0; a marker that is not alone in a part that is not text: part 2 line 2"},
    {.name = "a near miss in the last part of a multipart in the last",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\nContent-Type: "
               "multipart/mixed; boundary=c\n\n--c\n\n"
               "x\n--c\n\n\nx" MARK("1") "\n--c--\n--b--\n"),
        .says = "part 2.2 line 2"},
    {.name = "a marker in what we cannot decode",
        IN(TOP "Content-Transfer-Encoding: 8-bit\n\nx\n" MARK("1")),
        .says = "found 0; text in an unknown Content-Transfer-Encoding '8-bit': part 1 line 2"},
    {.name = "a line of the text that is a marker is no near miss",
        IN("Graft: 3\n\n" MARK("1") "\n\n" MARK("1") "\n<p>" MARK("2") "</p>\n"),
        .says = "found 2; a marker that is not alone on its line: part 1 line 4"},
    {.name = "a part that is a marker is no near miss",
        IN(TOP2 "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: a/b\n\n\n" MARK(
            "1") "\n--b\nContent-Type: a/b\nContent-Transfer-Encoding: "
                 "base64\n\n\1x\n" MARK("1") "\2--b--\n"),
        .says = "found 1; a marker that is not alone in a part that is not text: part 2 line 2"},
    {.name = "escaped as HTML",
        IN(TOP "Content-Type: text/html\n\n<p>\n&#40;&#40;graft:%1&#41;&#41;\n"),
        .says = "found 0; a marker whose parentheses or colon a template engine escaped: part 1 "
                "line 2"},
    {.name = "escaped in base64",
        IN(TOP "Content-Transfer-Encoding: base64\n\n\1a\nb\n%%28%%28graft%%3A%1%%29%%29\n\2"),
        .says = "escaped: part 1 line 3"},
    {.name = "escaped as Markdown",
        IN(TOP "\n\\(\\(graft:%1\\)\\)\n"),
        .says = "escaped: part 1 line 1"},
    {.name = "UTF-16",
        IN(TOP "Content-Type: text/plain; charset=utf-16le\nContent-Transfer-Encoding: 8bit\n\n"
               "x\0\n\0(\0(\0g\0r\0a\0f\0t\0:\0A\0"),
        .says = "found 0; a marker in UTF-16 text: part 1 line 2"},
    {.name = "in an attached message",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\nContent-Type: "
               "message/rfc822\n\nA: b\n\n" MARK("1") "\n--b--\n"),
        .says = "found 0; a marker in an attached message or in another part that is left alone: "
                "part 2 line 3"},
    {.name = "in an attached message, in base64",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: "
               "message/rfc822\n\nContent-Transfer-Encoding: base64\n\n\1" MARK("1") "\n\2--b--\n"),
        .says = "in another part that is left alone: part 1"},
    {.name = "in the headers of a bounce",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: "
               "text/rfc822-headers\n\n" MARK("1") "\n--b--\n"),
        .says = "in another part that is left alone: part 1 line 1"},
    {.name = "in the text too, which is the more likely one",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n" MARK(
            "1") "\n--b\nContent-Type: "
                 "message/rfc822\n\n" MARK("1") "\n--b\n\nx " MARK("1") "\n--b--\n"),
        .says = "a marker that is not alone on its line: part 2 line 1"},
    {.name = "before the first part",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\nx\n" MARK("1") "\n--b\n\nx\n--b--\n"),
        .says = "a marker before the first part or after the last part of a multipart: line 2"},
    {.name = "after the last part",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n" MARK("1")),
        .says = "a marker before the first part or after the last part of a multipart: line 1"},
    {.name = "before the first part and after the last part of a multipart in another",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n\n--b\nContent-Type: "
               "multipart/mixed; boundary=c\n\n" MARK("1") "\n--c--\n\n" MARK("1") "\n--b--\n"),
        .says = "of a multipart: part 2 line 1"},
    {.name = "after the last part of a multipart in another",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n\n--b\nContent-Type: "
               "multipart/mixed; boundary=c\n\n--c--\n\n" MARK("1") "\n--b--\n"),
        .says = "of a multipart: part 2 line 2"},
    {.name = "a text that we cannot decode, and no marker to be seen",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n"
               "Content-Transfer-Encoding: x-uuencode\n\nbegin 644 x\n--b--\n"),
        .says = "found 0; text in an unknown Content-Transfer-Encoding 'x-uuencode': part 1"},
};

START_TEST(a_missed_marker_is_named)
{
	const struct diagnosis_row *r = &rows[_i];
	size_t len;

	scratch_begin();
	stock_begin();
	len = stock_fill(r->in, r->in_len, message, sizeof(message));
	for (int way = 0; way < WAYS; way++) {
		struct result got = graft(message, len, way, first_out);

		ck_assert_int_eq(got.code, EX_DATAERR);
		ck_assert_str_eq(got.word, "count");
		ck_assert_uint_eq(got.len, 0);
		ck_assert_msg(strstr(got.sentence, r->says) != NULL, "%s: '%s' does not say '%s'",
		    r->name, got.sentence, r->says);
	}
	spool_close(&stock_spool);
	scratch_end();
}
END_TEST

/* Where nothing looks like a marker, or there are too many, there is nothing to say. */
START_TEST(what_is_no_mistake_is_not_named)
{
	static const char *const texts[] = {"Graft: 1\n\nx\n",
	    "Graft: 1\n\n" MARK("1") "\n> " MARK("1") "\n" MARK("1"),
	    "Graft: 3\n\n" MARK("1") "\n\n" MARK("1") "\n"};

	scratch_begin();
	stock_begin();
	for (int t = 0; t < COUNT(texts); t++) {
		size_t len = stock_fill(texts[t], strlen(texts[t]), message, sizeof(message));
		struct result got = graft(message, len, FROM_MEMORY, first_out);

		ck_assert_str_eq(got.word, "count");
		ck_assert_msg(strchr(got.sentence, ';') == NULL, "%s", got.sentence);
	}
	spool_close(&stock_spool);
	scratch_end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("diagnosis");
	TCase *tc = tcase_create("diagnosis");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, a_missed_marker_is_named, 0, COUNT(rows));
	tcase_add_test(tc, what_is_no_mistake_is_not_named);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
