/*
 * test-rewrite.c - the header of a replaced part, and of the message
 */
#include "tests/grafted.h"

static const struct row rows[] = {
    /* Header of a replaced part. */
    {
        .name = "header merge: the author's fields win, what is about the old body goes",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Description: "
               "d\nContent-Type: text/x;\n\tname=x.txt\n"
               "Content-MD5: x\nContent-ID: <mine>\nContent-Length: 70\nLines: "
               "1\nContent-Transfer-Encoding: 7bit\n"
               "Content-Location: l\nContent-Language: de\nX: y\nContent-Disposition: inline;\n "
               "filename*=utf-8''%%c3%%a4.png; size=70\n\n" MARK("2") "\n--b--\n"),
        .want = TOP_OUT MIXED(
            "@1") "\n--@1\nContent-Description: d\nContent-ID: <mine>\nContent-Location: l\n"
                  "Content-Language: de\nX: y\n" TWO_HEAD
                  "Content-Disposition: inline;\n filename*=utf-8''%%c3%%a4.png; "
                  "size=70\n\ndHdvIQ==\n--@1--\n",
    },
    {
        .name = "header merge: filename in sections is the author's",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Disposition: attachment; "
               "filename*0=a; FILENAME*1=b\n"
               "Content-Type: a/b; name=c\n\n" MARK("1") "\n--b--\n"),
        .want = TOP_OUT MIXED(
            "@1") "\n--@1\n" PDF "Content-Disposition: attachment; filename*0=a; FILENAME*1=b\n\n"
                  "b25l\n--@1--\n",
    },
    {
        .name = "header merge: the name of Content-Type, where there is no filename",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: a/b; NAME=\"x "
               "\\\"y\\\".txt\"; charset=x\n"
               "Content-Disposition: inline; x=y (z)\n\n" MARK("1") "\n--b--\n"),
        .want = TOP_OUT MIXED(
            "@1") "\n--@1\n" PDF
                  "Content-Disposition: inline; x=y;\n\tfilename=\"x \\\"y\\\".txt\"\n\n"
                  "b25l\n--@1--\n",
    },
    {
        .name = "header merge: a name without its quotes is taken whole",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: a/b; name=x (2) "
               "\303\244\n  \\yz.txt ; charset=x\n\n" MARK("1") "\n--b--\n"),
        .want = TOP_OUT MIXED("@1") "\n--@1\n" PDF
                                    "Content-Disposition: attachment;\n\tfilename=\"x (2) \303\244 "
                                    " \\\\yz.txt\"\n\nb25l\n--@1--\n",
    },
    {
        .name = "header merge: a name whose quotes are open is closed",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: a/b; "
               "name=\"x.txt\n\n" MARK("1") "\n--b--\n"),
        .want = TOP_OUT MIXED(
            "@1") "\n--@1\n" PDF
                  "Content-Disposition: attachment;\n\tfilename=\"x.txt\"\n\nb25l\n--@1--\n",
    },
    {
        .name = "header merge: an empty filename is none",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: a/b; "
               "name=c\nContent-Disposition: inline; filename=\"\"; x=y\n\n" MARK("1") "\n--b--\n"),
        .want = TOP_OUT MIXED(
            "@1") "\n--@1\n" PDF
                  "Content-Disposition: inline; x=y;\n\tfilename=c\n\nb25l\n--@1--\n",
    },
    {
        .name = "header merge: an empty name is none either",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: a/b; "
               "name=\"\"\n\n" MARK("1") "\n--b--\n"),
        .want = TOP_OUT MIXED(
            "@1") "\n--@1\n" PDF
                  "Content-Disposition: attachment;\n\tfilename=one.pdf\n\nb25l\n--@1--\n",
    },
    {
        .name = "header merge: nothing is added to a disposition that does not parse",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Disposition: INLINE; "
               "x=\"\n\n" MARK("1") "\n--b--\n"),
        .want = TOP_OUT MIXED(
            "@1") "\n--@1\n" PDF
                  "Content-Disposition: inline;\n\tfilename=one.pdf\n\nb25l\n--@1--\n",
    },
    {
        .name = "header merge: the name of Content-Type in RFC 2231 sections, no disposition",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: a/b;\n "
               "name*0*=utf-8''%%41;\n name*1=\"b c\"\n\n" MARK("1") "\n--b--\n"),
        .want = TOP_OUT MIXED("@1") "\n--@1\n" PDF
                                    "Content-Disposition: attachment;\n\tfilename*0*=utf-8''%%41;\n"
                                    "\tfilename*1=\"b c\"\n\nb25l\n--@1--\n",
    },
    {
        .name = "header merge: the entry's name and Content-ID, where the author has none",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: "
               "a/b\nContent-Disposition: attachment\n\n" MARK("2") "\n--b--\n"),
        .want = TOP_OUT MIXED("@1") "\n--@1\n" TWO_HEAD
                                    "Content-Disposition: attachment;\n\tfilename=two.png\n"
                                    "Content-ID: <two@example>\n\ndHdvIQ==\n--@1--\n",
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
	Suite *s = suite_create("rewrite");
	TCase *tc = tcase_create("rewrite");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, a_message_comes_out_as_it_must, 0, COUNT(rows));
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
