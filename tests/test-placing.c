/*
 * test-placing.c - where appended attachments go: beside the HTML that shows them, or at the end
 * of the root
 *
 * Not here: which form a marker has (test-find.c)
 */
#include "tests/grafted.h"

#define MIX "Content-Type: multipart/mixed; boundary=b\n"
#define ALT "Content-Type: multipart/alternative; boundary=c\n"
#define REL "Content-Type: multipart/related; boundary=d\n"
#define HTML "Content-Type: text/html\n"
#define NEW(kind, b) "Content-Type: multipart/" kind ";\n\tboundary=\"" b "\"\n"
#define FIELD(n) "Graft-Attach: %" n "\nMIME-Version: 1.0\n"
#define V "MIME-Version: 1.0\n"

static const struct row rows[] = {
    /* A new multipart/related. */
    {
        .name = "HTML for a root: the root becomes a multipart/related",
        IN("From: a\nGraft-Attach: %2\nContent-Type: text/html; charset=utf-8\nSubject: s\n\n"
           "<img>\n"),
        .want = "From: a\nSubject: s\nMIME-Version: 1.0\n" RELATED(
            "@0") "\n--@0\nContent-Type: text/html; charset=utf-8\n\n<img>\n\n--@0\n" TWO
                  "\n--@0--\n",
    },
    {
        .name = "an 8bit HTML for a root: the multipart/related says 8bit",
        IN(FIELD("8") HTML "Content-Transfer-Encoding: 8bit\nContent-Length: 3\n\n\303\274"),
        .want = V RELATED("@0") "Content-Transfer-Encoding: 8bit\n\n--@0\n" HTML
                                "Content-Transfer-Encoding: 8bit\n\n\303\274\n--@0\n" EIGHT
                                "\n--@0--\n",
    },
    {
        .name = "HTML for a root, and another attachment: mixed around the multipart/related",
        IN(FIELD("1 %2") HTML "Content-Transfer-Encoding: binary\n\n<p>\n"),
        .want = V MIXED("@0") "Content-Transfer-Encoding: binary\n\n--@0\n" RELATED(
            "@1") "Content-Transfer-Encoding: binary\n\n--@1\n" HTML
                  "Content-Transfer-Encoding: binary\n\n<p>\n\n--@1\n" TWO "\n--@1--\n--@0\n" ONE
                  "\n--@0--\n",
    },
    {
        .name = "HTML for a root that is nothing but markers, and ends without a line end",
        IN(TOP2 HTML "\n" MARK("2") "\n" MARK("8")),
        .want = TOP_OUT RELATED("@0") "\n--@0\n" HTML "\n\n--@0\n" TWO "\n--@0\n" EIGHT
                                      "\n--@0--\n",
    },
    {
        .name = "an alternative for a root: it is not wrapped",
        IN(FIELD("8") ALT "\n--c\n\nx\n--c\n" HTML "\n<p>\n\n--c--\n"),
        .want = V NEW("alternative", "@0") "\n--@0\n\nx\n--@0\n" RELATED(
            "@1") "\n--@1\n" HTML "\n<p>\n\n--@1\n" EIGHT "\n--@1--\n--@0--\n",
    },
    {
        .name = "an alternative for a root, and another attachment: it is",
        IN(FIELD("8, %4") ALT "\n--c\n\nx\n--c\n" HTML "\n<p>\n--c--\nepilogue\n"),
        .want = V MIXED("@0") "\n--@0\n" NEW("alternative", "@1") "\n--@1\n\nx\n--@1\n" RELATED(
            "@2") "\n--@2\n" HTML "\n<p>\n--@2\n" EIGHT "\n--@2--\n--@1--\nepilogue\n\n--@0\n" FOUR
                  "\n--@0--\n",
    },
    {
        .name = "an alternative in mixed, and another attachment; every boundary on the way is new",
        IN(FIELD("8 %1") MIX "\n--b\n" ALT "\n--c\n\nx\n--c\n" HTML
                             "\n<p>\n--c--\n--b\nContent-Type: application/pdf\n\n%%PDF\n--b--\n"),
        .want = V NEW("mixed", "@0") "\n--@0\n" NEW("alternative",
            "@1") "\n--@1\n\nx\n--@1\n" RELATED("@2") "\n--@2\n" HTML "\n<p>\n--@2\n" EIGHT
                                                      "\n--@2--\n--@1--\n--@0\nContent-Type: "
                                                      "application/pdf\n\n%%PDF\n--@0\n" ONE
                                                      "\n--@0--\n",
    },
    {
        .name = "in mixed, nothing at its end",
        IN(FIELD("2 %8") MIX "\n--b\n" HTML "\n<p>\n--b\nContent-Type: a/b\n\nx\n--b--\n"),
        .want = V NEW("mixed", "@0") "\n--@0\n" RELATED(
            "@1") "\n--@1\n" HTML "\n<p>\n--@1\n" TWO "\n--@1\n" EIGHT
                  "\n--@1--\n--@0\nContent-Type: a/b\n\nx\n--@0--\n",
    },
    {
        .name = "the first HTML of two",
        IN(FIELD("8") MIX "\n--b\n" HTML "\n1\n--b\n" ALT "\n--c\n" HTML "\n2\n--c--\n--b--\n"),
        .want = V NEW("mixed", "@0") "\n--@0\n" RELATED("@1") "\n--@1\n" HTML "\n1\n--@1\n" EIGHT
                                                              "\n--@1--\n--@0\n" ALT "\n--c\n" HTML
                                                              "\n2\n--c--\n--@0--\n",
    },
    {
        .name = "HTML without a body, whose delimiter has no line end of its own before it",
        IN(FIELD("8") MIX "\n--b\n" HTML "\n--b--\n"),
        .want = V NEW("mixed", "@0") "\n--@0\n" RELATED("@1") "\n--@1\n" HTML "\n--@1\n" EIGHT
                                                              "\n--@1--\n--@0--\n",
    },
    {
        .name = "HTML without an empty line: it gets one",
        IN(FIELD("8") MIX "\n--b\n" HTML "--b--"),
        .want = V NEW("mixed", "@0") "\n--@0\n" RELATED("@1") "\n--@1\n" HTML "\n--@1\n" EIGHT
                                                              "\n--@1--\n--@0--",
    },
    {
        .name = "HTML with an encoding that is not known: its body stays",
        IN(FIELD("8") HTML "Content-Transfer-Encoding: 8-bit\n\n" MARK("8") "\n"),
        .want = V RELATED("@0") "\n--@0\n" HTML "Content-Transfer-Encoding: 8-bit\n\n" MARK(
            "8") "\n\n--@0\n" EIGHT "\n--@0--\n",
    },
    /* One that is there. */
    {
        .name = "a multipart/related for a root: joined as its last part",
        IN(FIELD("8") REL "\n--d\n" HTML "\n<p>\n--d\nContent-ID: <x>\n\nx\n--d-- \n"),
        .want = V NEW("related",
            "@0") "\n--@0\n" HTML "\n<p>\n--@0\nContent-ID: <x>\n\nx\n--@0\n" EIGHT "\n--@0--\n",
    },
    {
        .name = "a multipart/related for a root, and another attachment: joined and wrapped",
        IN(FIELD("1 %2 %8") REL "\n--d\n" HTML "\n<p>\n--d--"),
        .want = V MIXED("@0") "\n--@0\n" NEW("related", "@1") "\n--@1\n" HTML "\n<p>\n--@1\n" TWO
                                                              "\n--@1\n" EIGHT
                                                              "\n--@1--\n--@0\n" ONE "\n--@0--\n",
    },
    {
        .name = "the multipart/related around the alternative that the HTML is in",
        IN(FIELD("8") REL "\n--d\n" ALT "\n--c\n\nx\n--c\n" HTML
                          "\n<p>\n--c--\n--d\nContent-Type: image/png\nContent-ID: <i>\n\nx\n"
                          "--d--\n"),
        .want = V NEW("related",
            "@0") "\n--@0\n" ALT "\n--c\n\nx\n--c\n" HTML
                  "\n<p>\n--c--\n--@0\nContent-Type: image/png\nContent-ID: <i>\n\nx\n--@0\n" EIGHT
                  "\n--@0--\n",
    },
    {
        .name = "a multipart/related deep in others: the way to it is new, no more",
        IN(FIELD("8") MIX "\n--b\n" ALT "\n--c\n\nx\n--c\n" REL "\n--d\n" HTML
                          "\n<p>\n--d--\n--c--\n--b\nContent-Type: multipart/mixed; "
                          "boundary=e\n\n--e--\n--b--\n"),
        .want = V NEW("mixed", "@0") "\n--@0\n" NEW("alternative", "@1") "\n--@1\n\nx\n--@1\n" NEW(
            "related", "@2") "\n--@2\n" HTML "\n<p>\n--@2\n" EIGHT
                             "\n--@2--\n--@1--\n--@0\nContent-Type: multipart/mixed; "
                             "boundary=e\n\n--e--\n--@0--\n",
    },
    {
        .name = "the innermost of two",
        IN(FIELD("8") REL "\n--d\nContent-Type: multipart/related; boundary=e\n\n--e\n" HTML
                          "\n<p>\n--e--\n--d--\n"),
        .want = V NEW("related", "@0") "\n--@0\n" NEW(
            "related", "@1") "\n--@1\n" HTML "\n<p>\n--@1\n" EIGHT "\n--@1--\n--@0--\n",
    },
    /* None to go to. */
    {
        .name = "no HTML: at the end of the root, with a disposition",
        IN(FIELD("8") "\nx"),
        .want = V MIXED("@0") "\n--@0\n\nx\n--@0\nContent-Type: image/gif\n"
                              "Content-Transfer-Encoding: base64\nContent-Disposition: attachment\n"
                              "Content-ID: <eight@example>\n\nZWlnaHQ=\n--@0--\n",
    },
    {
        .name = "HTML that is attached is not the message's own text",
        IN(FIELD("2") MIX "\n--b\n\nx\n--b\n" HTML "\n1\n--b\n" HTML
                          "Content-Disposition: attachment\n\n2\n--b--\n"),
        .want = V NEW("mixed", "@0") "\n--@0\n\nx\n--@0\n" HTML "\n1\n--@0\n" HTML
                                     "Content-Disposition: attachment\n\n2\n--@0\n" TWO
                                     "\n--@0--\n",
    },
    {
        .name = "HTML in a signed part stays as it was signed",
        IN(FIELD("2") MIX "\n--b\nContent-Type: multipart/signed; boundary=e\n\n--e\n" HTML
                          "\n1\n--e\nContent-Type: a/b\n\n--e--\n--b--\n"),
        .want = V NEW("mixed", "@0") "\n--@0\nContent-Type: multipart/signed; boundary=e\n\n"
                                     "--e\n" HTML "\n1\n--e\nContent-Type: a/b\n\n--e--\n"
                                     "--@0\n" TWO "\n--@0--\n",
    },
    {
        .name = "HTML in an attached message is not looked at",
        IN(FIELD("2") "Content-Type: message/rfc822\n\n" HTML "\nx"),
        .want = V MIXED("@0") "\n--@0\nContent-Type: message/rfc822\n\n" HTML "\nx\n--@0\n" TWO
                              "\n--@0--\n",
    },
    /* Lines. */
    {
        .name = "markers on lines of the HTML itself",
        IN("Graft: 3\n" V MIX "\n--b\n" HTML
           "X-A : b\n\n<p>\n" MARK("8") "\n" MARK("1") "\n" MARK("2") "\n</p>\n--b--\n"),
        .want = V NEW("mixed", "@0") "\n--@0\n" RELATED(
            "@1") "\n--@1\n" HTML "X-A: b\n\n<p>\n</p>\n--@1\n" EIGHT "\n--@1\n" TWO
                  "\n--@1--\n--@0\n" ONE "\n--@0--\n",
    },
    {
        .name = "a token in text and HTML: once, beside the HTML",
        IN(TOP2 ALT "\n--c\n\nx\n" MARK("8") "\n--c\n" HTML "\n" MARK("8") "\n<p>\n--c--\n"),
        .want = TOP_OUT NEW("alternative", "@0") "\n--@0\n\nx\n\n--@0\n" RELATED(
            "@1") "\n--@1\n" HTML "\n<p>\n--@1\n" EIGHT "\n--@1--\n--@0--\n",
    },
    {
        .name = "a token twice in the header: twice",
        IN(FIELD("8 %8") HTML "\nx"),
        .want = V RELATED("@0") "\n--@0\n" HTML "\nx\n--@0\n" EIGHT "\n--@0\n" EIGHT "\n--@0--\n",
    },
    {
        .name = "HTML in base64 is edited and wrapped",
        IN(TOP2 ALT "\n--c\n\nx\n--c\n" HTML "Content-Transfer-Encoding: base64\nContent-MD5: x\n\n"
                    "\1<p>\r\n" MARK("8") "\r\n" MARK("2") "\r\n</p>\r\n\2--c--\n"),
        .want = TOP_OUT NEW("alternative", "@0") "\n--@0\n\nx\n--@0\n" RELATED(
            "@1") "\n--@1\n" HTML
                  "Content-Transfer-Encoding: base64\n\n\1<p>\r\n</p>\r\n\2--@1\n" EIGHT
                  "\n--@1\n" TWO "\n--@1--\n--@0--\n",
    },
    {
        .name = "HTML in quoted-printable ends in a cut line",
        IN(TOP HTML "Content-Transfer-Encoding: quoted-printable\n\n=3Cp>=0A" MARK("8")),
        .want = TOP_OUT RELATED(
            "@0") "\n--@0\n" HTML
                  "Content-Transfer-Encoding: quoted-printable\n\n=3Cp>=0A\n--@0\n" EIGHT
                  "\n--@0--\n",
    },
    {
        .name = "all forms at once",
        IN("Graft: 4\n" V "Graft-Attach: %2 %4\n" MIX "\n--b\n" HTML "\n<p>\n" MARK(
            "8") "\n--b\nContent-Type: application/octet-stream\n\n" MARK("1") "\n--b--\n"),
        .want = V NEW("mixed", "@0") "\n--@0\n" RELATED(
            "@1") "\n--@1\n" HTML "\n<p>\n\n--@1\n" TWO "\n--@1\n" EIGHT "\n--@1--\n--@0\n" ONE
                  "\n--@0\n" FOUR "\n--@0--\n",
    },
};

START_TEST(an_attachment_goes_where_it_is_shown)
{
	check_row(&rows[_i]);
}
END_TEST

/* A file is read in pieces. Each byte of these messages is the last of a piece once. */
START_TEST(a_piece_may_end_anywhere)
{
	static const char *const texts[] = {
	    "Graft: 2\nGraft-Attach: %1\n" V MIX "\n@\n--b\n" HTML
	    "X: y\n\n<p>\n" MARK("8") "\n--b--\n",
	    "Graft-Attach: %2\n" V MIX "\n@\n--b\n" REL "\n--d\n" HTML "\nx\n--d--\n--b--\n",
	};
	static uint8_t padded[TEXT_MAX];

	scratch_begin();
	stock_begin();
	for (int t = 0; t < COUNT(texts); t++) {
		const char *at = strchr(texts[t], '@');
		size_t head = (size_t)(at - texts[t]), rest = strlen(at + 1);
		struct result plain;

		for (size_t cut = 0; cut < rest; cut++) {
			size_t pad = HOLD_CHUNK - head - cut, len;
			struct result got;

			memcpy(padded, texts[t], head);
			memset(padded + head, '.', pad);
			memcpy(padded + head + pad, at + 1, rest);
			len = stock_fill(padded, head + pad + rest, message, sizeof(message));
			got = graft(message, len, FROM_FILE, first_out);
			ck_assert_msg(got.code == 0, "text %d, cut %zu: %s", t, cut, got.sentence);
			ck_assert_uint_eq(got.size, got.len);
			plain = graft(message, len, FROM_MEMORY, again_out);
			ck_assert_uint_eq(plain.len, got.len);
			ck_assert_mem_eq(again_out, first_out, got.len);
		}
	}
	spool_close(&stock_spool);
	scratch_end();
}
END_TEST

/* Sixteen multiparts around an attachment, and no more: those that are made count. */
START_TEST(what_is_made_around_the_text_counts_as_deep)
{
	static char text[8192];

	scratch_begin();
	stock_begin();
	for (int depth = 13; depth <= 18; depth++) {
		for (int kind = 0; kind < 4; kind++) {
			bool joins = kind & 1, wraps = kind & 2;
			int around = depth + !joins + wraps;
			struct result got;
			char *p = text;

			p += sprintf(p, "Graft-Attach: %%8%s\n", wraps ? " %1" : "");
			for (int i = 0; i < depth; i++) {
				p += sprintf(p,
				    "Content-Type: multipart/%s; boundary=c%02d\n\n--c%02d\n",
				    joins && i == depth - 1 ? "related" : "alternative", i, i);
			}
			p += sprintf(p, "Content-Type: text/html\n\nx\n");
			for (int i = depth; i-- > 0;) {
				p += sprintf(p, "--c%02d--\n", i);
			}
			got = graft(message,
			    stock_fill(text, (size_t)(p - text), message, TEXT_MAX), FROM_MEMORY,
			    first_out);
			ck_assert_msg((got.code == 0) == (around <= DEPTH_MAX), "%d, %d: %s", depth,
			    kind, got.sentence);
			ck_assert_str_eq(got.word, got.code == 0 ? "" : "depth");
			ck_assert_uint_eq(got.size, got.len);
		}
	}
	spool_close(&stock_spool);
	scratch_end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("placing");
	TCase *tc = tcase_create("placing");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, an_attachment_goes_where_it_is_shown, 0, COUNT(rows));
	tcase_add_test(tc, a_piece_may_end_anywhere);
	tcase_add_test(tc, what_is_made_around_the_text_counts_as_deep);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
