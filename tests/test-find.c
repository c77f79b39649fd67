/*
 * test-find.c - which form a marker has, and what becomes of the lines it stood on
 */
#include "tests/grafted.h"

static const struct row rows[] = {
    /* Which form. */
    {
        .name = "which form: a text/html first child is the message's own text",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n" MARK(
            "1") "\n--b\n\nx\n--b--\n"),
        .want = TOP_OUT MIXED("@1") "\n--@1\nContent-Type: text/html\n\n\n--@1\n\nx\n--@1\n" ONE
                                    "\n--@1--\n",
    },
    {
        .name = "which form: a first child with a Content-ID is a part",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: "
               "text/html\nContent-ID: <i>\n\n" MARK("1") "\n--b\n\nx\n--b--\n"),
        .want = TOP_OUT MIXED("@1") "\n--@1\nContent-ID: <i>\n" TYPE("text/html", "one.pdf")
            DISPOSITION("attachment", "one.pdf") "\nb25l\n--@1\n\nx\n--@1--\n",
    },
    {
        .name = "which form: a second child of an alternative is own text",
        IN(TOP "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nx\n--b\nContent-Type: "
               "text/html\n\n" MARK("1") "\n\n--b--\n"),
        .want = TOP_OUT MIXED("@0") "\n--@0\n" ALTERNATIVE(
            "@1") "\n--@1\n\nx\n--@1\n"
                  "Content-Type: text/html\n\n\n--@1--\n\n--@0\n" ONE "\n--@0--\n",
    },
    {
        .name = "which form: a last child that is a text without fields is a part",
        IN(TOP
            "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\n\n" MARK("1") "\n--b--\n"),
        .want = TOP_OUT MIXED("@1") "\n--@1\n\nx\n--@1\n" ONE "\n--@1--\n",
    },
    {
        .name = "which form: a first child within a later child",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\nContent-Type: "
               "multipart/mixed; boundary=c\n\n"
               "--c\n\n" MARK("1") "\n--c--\n--b--\n"),
        .want = TOP_OUT MIXED(
            "@1") "\n--@1\n\nx\n--@1\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\n\n--c--\n"
                  "--@1\n" ONE "\n--@1--\n",
    },
    /* Line form. */
    {
        .name = "line form: a text root, the line goes with its line end",
        IN(TOP "\none\n \t" MARK("1") "\t\r\ntwo\n"),
        .want = TOP_OUT MIXED("@0") "\n--@0\n\none\ntwo\n\n--@0\n" ONE "\n--@0--\n",
    },
    {
        .name = "line form: the root is nothing but the marker; it stays, empty",
        IN(TOP "\n" MARK("1")),
        .want = TOP_OUT MIXED("@0") "\n--@0\n\n\n--@0\n" ONE "\n--@0--\n",
    },
    {
        .name = "line form: the last line, whose line end is the delimiter's",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n" MARK("1") "\n--b--\n"),
        .want = TOP_OUT MIXED("@1") "\n--@1\n\ntext\n\n--@1\n" ONE "\n--@1--\n",
    },
    {
        .name = "line form: fields about the body go, others stay",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-MD5: x\nContent-Type: "
               "text/plain\nLines: 3\n"
               "Content-Length: 4\nX: y\n\ntext\n" MARK("1") "\n--b--\n"),
        .want = TOP_OUT MIXED("@1") "\n--@1\nContent-Type: text/plain\nX: y\n\ntext\n\n--@1\n" ONE
                                    "\n--@1--\n",
    },
    {
        .name = "line form: one token in text and HTML is attached once, and counts twice",
        IN(TOP2 "Content-Type: multipart/alternative; boundary=b\n\n--b\n\n" MARK(
            "1") "\nx\n--b\nContent-Type: text/html\n\n"
                 "<p>\n" MARK("1") "\n--b--\n"),
        .want = TOP_OUT MIXED("@0") "\n--@0\n" ALTERNATIVE(
            "@1") "\n--@1\n\nx\n--@1\n"
                  "Content-Type: text/html\n\n<p>\n\n--@1--\n\n--@0\n" ONE "\n--@0--\n",
    },
    {
        .name = "line form: two in a row, order kept",
        IN(TOP2 "\na\n" MARK("2") "\n" MARK("1") "\nb\n"),
        .want = TOP_OUT MIXED("@0") "\n--@0\n\na\nb\n\n--@0\n" TWO "\n--@0\n" ONE "\n--@0--\n",
    },
    {
        .name = "line form: two apart",
        IN(TOP2 "\n" MARK("2") "\nb\n" MARK("1") "\nc"),
        .want = TOP_OUT MIXED("@0") "\n--@0\n\nb\nc\n--@0\n" TWO "\n--@0\n" ONE "\n--@0--\n",
    },
    {
        .name = "line form in quoted-printable: a soft break in the place of a line within a line",
        IN(TOP2 "Content-Transfer-Encoding: "
                "quoted-printable\n\none=0A((graft:=\n%1))\ntwo=3D=0D=0A" MARK("2") "=0D=0A"),
        .want = TOP_OUT MIXED("@0") "\n--@0\nContent-Transfer-Encoding: "
                                    "quoted-printable\n\none=0A=\ntwo=3D=0D=0A\n--@0\n" ONE
                                    "\n--@0\n" TWO "\n--@0--\n",
    },
    {
        .name = "line form in quoted-printable: two within a line leave one soft break",
        IN(TOP2 "Content-Transfer-Encoding: quoted-printable\n\none=0A" MARK("1") "=0A" MARK(
            "2") "\ntwo\n"),
        .want = TOP_OUT MIXED("@0") "\n--@0\nContent-Transfer-Encoding: "
                                    "quoted-printable\n\none=0A=\ntwo\n\n--@0\n" ONE "\n--@0\n" TWO
                                    "\n--@0--\n",
    },
    {
        .name = "line form in base64: decoded, cut, encoded",
        IN(TOP2
            "Content-Transfer-Encoding: base64\nContent-Type: text/html; "
            "charset=utf-8\n\n\1<p>\303\274\r\n" MARK("1") "\r\nx\r\n" MARK("2") "\r\n</p>\r\n\2"),
        .want = TOP_OUT MIXED("@0") "\n--@0\n" RELATED(
            "@2") "\n--@2\nContent-Transfer-Encoding: base64\nContent-Type: "
                  "text/html; charset=utf-8\n\n"
                  "\1<p>\303\274\r\nx\r\n</p>\r\n\2\n--@2\n" TWO "\n--@2--\n--@0\n" ONE
                  "\n--@0--\n",
    },
    {
        .name = "line form in base64: nothing is left",
        IN(TOP "Content-Transfer-Encoding: base64\n\n\1" MARK("1") "\n\2\n\n"),
        .want = TOP_OUT MIXED("@0") "\n--@0\nContent-Transfer-Encoding: base64\n\n\n--@0\n" ONE
                                    "\n--@0--\n",
    },
    {
        .name = "line form in base64: nothing is left, and the line end was the delimiter's",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Transfer-Encoding: "
               "base64\n\n"
               "\1" MARK("1") "\n\2--b--\n"),
        .want = TOP_OUT MIXED("@1") "\n--@1\nContent-Transfer-Encoding: base64\n\n\n--@1\n" ONE
                                    "\n--@1--\n",
    },
    {
        .name = "line form in base64, with other bodies before and after",
        IN(TOP "Content-Type: multipart/mixed; "
               "boundary=b\n\n--b\n\nx\n--b\nContent-Transfer-Encoding: base64\n\n"
               "\1a\n" MARK("1") "\nb\n\2--b\n\ny\n--b--\n"),
        .want = TOP_OUT MIXED("@1") "\n--@1\n\nx\n--@1\nContent-Transfer-Encoding: "
                                    "base64\n\n\1a\nb\n\2--@1\n\ny\n--@1\n" ONE "\n--@1--\n",
    },
    {
        .name = "all three forms",
        IN("Graft: 3\nMIME-Version: 1.0\nGraft-Attach: %4\nContent-Type: multipart/mixed; "
           "boundary=b\n\n--b\n\nx\n" MARK(
               "2") "\n\n--b\nContent-Type: application/octet-stream\n\n" MARK("1") "\n--b--\n"),
        .want = "MIME-Version: 1.0\n" MIXED("@1") "\n--@1\n\nx\n\n--@1\n" ONE "\n--@1\n" FOUR
                                                  "\n--@1\n" TWO "\n--@1--\n",
    },
    /* Inert places. */
    {
        .name = "inert: markers in preamble, epilogue, messages, headers of bounces",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n" MARK("1") "\n--b\n\n" MARK(
            "1") "\nx\n--b\nContent-Type: message/rfc822\n\n"
                 "Graft: 1\nContent-Type: multipart/mixed; "
                 "boundary=c\n\n--c\n\n" MARK("1") "\n--c--\n--b\nContent-Type: "
                                                   "text/rfc822-headers\n\n" MARK(
                                                       "1") "\n--b--"
                                                            "\n" MARK("1") "\n"),
        .want = TOP_OUT MIXED("@1") "\n" MARK(
            "1") "\n--@1\n\nx\n--@1\nContent-Type: message/rfc822\n\n"
                 "Graft: 1\nContent-Type: multipart/mixed; "
                 "boundary=c\n\n--c\n\n" MARK("1") "\n--c--\n--@1\nContent-Type: "
                                                   "text/rfc822-headers\n\n" MARK(
                                                       "1") "\n--@1\n" ONE
                                                            "\n--@1--\n" MARK("1") "\n",
    },
    /* Recipients. */
    {
        .name = "a bound token and its recipient, spelt another way",
        IN("Graft-Recipient: \"A\"@B.Example \nGraft-Attach: %7\nMIME-Version: 1.0\n\nx"),
        .want = "MIME-Version: 1.0\n" MIXED("@0") "\n--@0\n\nx\n--@0\n" ONE "\n--@0--\n",
    },
    {
        .name = "a recipient that is no address does not matter to an unbound token",
        IN("Graft-Recipient: nobody\nGraft-Attach: %1\nMIME-Version: 1.0\n\nx"),
        .want = "MIME-Version: 1.0\n" MIXED("@0") "\n--@0\n\nx\n--@0\n" ONE "\n--@0--\n",
    },
};

START_TEST(a_message_comes_out_as_it_must)
{
	check_row(&rows[_i]);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("find");
	TCase *tc = tcase_create("find");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, a_message_comes_out_as_it_must, 0, COUNT(rows));
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
