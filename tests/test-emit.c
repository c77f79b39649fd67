/*
 * test-emit.c - where attachments come out: part form in place, header form at the end, wrapped
 * roots
 */
#include "tests/grafted.h"

static const struct row rows[] = {
    /* Header form. */
    {
        .name = "header form, a text for a root: wrapped, MIME-Version added",
        IN("Received: x\nGraft-Attach: %1\nFrom: a\n\ntext\n"),
        .want = "Received: x\nFrom: a\nMIME-Version: 1.0\n" MIXED(
            "@0") "\n--@0\n\ntext\n\n--@0\n" ONE "\n--@0--\n",
    },
    {
        .name = "header form, wrapped: Content fields move, in their order, MIME-Version stays",
        IN("content-type: text/plain;\n charset=utf-8\nmime-version: 1.0 (x)\nContent-Language: "
           "de\nSubject: s\n"
           "Content-Transfer-Encoding: 8bit\nContent-Length: 5\nLines: 1\nContent-MD5: "
           "x\nGraft-Size: 3\n"
           "graft-attach : %1\nX-Content: y\n\ntext"),
        .want = "mime-version: 1.0 (x)\nSubject: s\nX-Content: y\n" MIXED(
            "@0") "Content-Transfer-Encoding: 8bit\n\n--@0\ncontent-type: text/plain;\n "
                  "charset=utf-8\n"
                  "Content-Language: de\nContent-Transfer-Encoding: 8bit\nContent-MD5: "
                  "x\n\ntext\n--@0\n" ONE "\n--@0--\n",
    },
    {
        .name = "header form, wrapped: the new root says binary",
        IN("Graft-Attach: %1\nMIME-Version: 1.0\nContent-Transfer-Encoding: BINARY\n\nx"),
        .want = "MIME-Version: 1.0\n" MIXED(
            "@0") "Content-Transfer-Encoding: binary\n\n--@0\n"
                  "Content-Transfer-Encoding: BINARY\n\nx\n--@0\n" ONE "\n--@0--\n",
    },
    {
        .name = "header form: several tokens, folded, with commas, two fields, one twice",
        IN("MIME-Version: 1.0\nGraft: 4\nGraft-Attach: %1,%2 ,\n %4\nGraft-Attach: %1\n\n"),
        .want = "MIME-Version: 1.0\n" MIXED("@0") "\n--@0\n\n\n--@0\n" ONE "\n--@0\n" TWO
                                                  "\n--@0\n" FOUR "\n--@0\n" ONE "\n--@0--\n",
    },
    {
        .name = "header form, a header alone without its empty line",
        IN("MIME-Version: 1.0\nGraft-Attach: %1"),
        .want = "MIME-Version: 1.0\n" MIXED("@0") "\n--@0\n\n\n--@0\n" ONE "\n--@0--\n",
    },
    {
        .name = "header form, a root multipart/mixed: appended",
        IN("Graft-Attach: %3\nMIME-Version: 1.0\nContent-Type: multipart/mixed; "
           "boundary=b\n\npre\n--b\n\nx\n"
           "--b-- \nepilogue\n--b--\n"),
        .want = "MIME-Version: 1.0\n" MIXED("@1") "\npre\n--@1\n\nx\n--@1\n" THREE
                                                  "\n--@1--\nepilogue\n--b--\n",
    },
    {
        .name = "header form, a root multipart/mixed without parts or epilogue",
        IN("Graft-Attach: %1\nMIME-Version: 1.0\nContent-Type: multipart/mixed; "
           "boundary=b\n\n--b--"),
        .want = "MIME-Version: 1.0\n" MIXED("@1") "\n--@1\n" ONE "\n--@1--",
    },
    {
        .name = "header form, a root multipart/mixed whose last body is empty",
        IN("Graft-Attach: %1\nMIME-Version: 1.0\nContent-Type: multipart/mixed; "
           "boundary=b\n\n--b\n\n--b--\n"),
        .want = "MIME-Version: 1.0\n" MIXED("@1") "\n--@1\n\n--@1\n" ONE "\n--@1--\n",
    },
    {
        .name = "header form, a root multipart/alternative: wrapped, and written anew",
        IN("Graft-Attach: %1\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n"
           "Content-Transfer-Encoding: 8bit\n\n--b \n\nx\n--b--\t\n"),
        .want = "MIME-Version: 1.0\n" MIXED(
            "@0") "Content-Transfer-Encoding: "
                  "8bit\n\n--@0\n" ALTERNATIVE("@1") "Content-Transfer-Encoding: 8bit\n\n"
                                                     "--@1\n\nx\n--@1--\n\n--@0\n" ONE "\n--@0--\n",
    },
    {
        .name = "header form, an attached message with lines like delimiters",
        IN("Graft-Attach: %5 %5\nMIME-Version: 1.0\nContent-Type: multipart/mixed; "
           "boundary=b\n\n--b\n\nx\n--b--\n"),
        .want = "MIME-Version: 1.0\n" MIXED("@1") "\n--@1\n\nx\n--@1\n" FIVE "\n--@1\n" FIVE
                                                  "\n--@1--\n",
    },
    {
        .name = "header form, a message for a root",
        IN("Graft-Attach: %1\nMIME-Version: 1.0\nContent-Type: message/rfc822\n\nA: b\n\nx"),
        .want = "MIME-Version: 1.0\n" MIXED(
            "@0") "\n--@0\nContent-Type: message/rfc822\n\nA: b\n\nx\n--@0\n" ONE "\n--@0--\n",
    },
    /* Part form. */
    {
        .name = "part form: the last part, with a disposition; every boundary on the way is new",
        IN(TOP "Content-Type: multipart/mixed; boundary=b; x=y\n\n--b\n\ntext\n--b\n"
               "Content-Disposition: attachment\n\n" MARK("1") "\n--b--\n"),
        .want = TOP_OUT
        "Content-Type: multipart/mixed;\n\tboundary=\"@1\";\n\tx=y\n\n--@1\n\ntext\n--@1\n" PDF
        "Content-Disposition: attachment;\n\tfilename=\"one.pdf\"\n\nb25l\n--@1--\n",
    },
    {
        .name = "part form: in the middle, white space and lines around the marker, no fields",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n--b\n\n\n \t" MARK(
            "1") " \r\n\n\n--b\n\nmore\n--b--\n"),
        .want = TOP_OUT MIXED("@1") "\n--@1\n\ntext\n--@1\n" ONE "\n--@1\n\nmore\n--@1--\n",
    },
    {
        .name = "part form: nested; only the multiparts around it get new boundaries",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/related; "
               "boundary=c\n\n"
               "--c\n\nh\n--c\nContent-Type: image/png\nContent-ID: <mine>\n\n" MARK(
                   "2") "\n--c--\n"
                        "--b\nContent-Type: multipart/mixed; boundary=d\n\n--d--\n--b--\n"),
        .want = TOP_OUT MIXED(
            "@1") "\n--@1\nContent-Type: multipart/related;\n\tboundary=\"@2\"\n\n"
                  "--@2\n\nh\n--@2\nContent-ID: <mine>\n" TWO_HEAD DISPOSITION("inline",
                      "two.png") "\ndHdvIQ==\n--@2--\n--@1\nContent-Type: multipart/mixed; "
                                 "boundary=d\n\n--d--\n--@1--\n",
    },
    {
        .name = "part form: under an alternative root, which is not wrapped for it",
        IN(TOP "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nx\n--b\nContent-Type: "
               "text/calendar\n\n" MARK("1") "\n--b--\n"),
        .want = TOP_OUT
        "Content-Type: multipart/alternative;\n\tboundary=\"@1\"\n\n--@1\n\nx\n--@1\n" TYPE(
            "text/calendar", "one.pdf") "\nb25l\n--@1--\n",
    },
    {
        .name = "part form: a leaf for a root, in place, not wrapped",
        IN("Content-Type: application/pdf\nGraft: 1\nContent-Length: 9\nSubject: s\n\n" MARK(
            "1") "\n"),
        .want = "Subject: s\nMIME-Version: 1.0\n" ONE "\n",
    },
    {
        .name = "part form: a leaf for a root that becomes nothing",
        IN("Content-Type: application/octet-stream\nGraft: 1\nMIME-Version: 1.0\n\n" MARK(
            "4") "\n"),
        .want = "MIME-Version: 1.0\n" FOUR,
    },
    {
        .name = "part form: a leaf for a root that becomes a message",
        IN("Content-Type: application/pdf\nGraft: 1\nMIME-Version: 1.0\n\n" MARK("3") "\n"),
        .want = "MIME-Version: 1.0\n" THREE,
    },
    {
        .name = "part form: a text for a root, with a disposition, in base64",
        IN(TOP "Content-Disposition: inline\nContent-Transfer-Encoding: base64\n\n\1" MARK(
            "1") "\n\2"),
        .want = TOP_OUT PDF "Content-Disposition: inline;\n\tfilename=\"one.pdf\"\n\nb25l\n",
    },
    {
        .name = "part form in quoted-printable, and an empty attachment",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\nContent-Type: "
               "application/octet-stream\n"
               "Content-Transfer-Encoding: quoted-printable\n\n=28(graft:%4=\n)=29\n--b--\n"),
        .want = TOP_OUT MIXED("@1") "\n--@1\n\nx\n--@1\n" FOUR "\n--@1--\n",
    },
    {
        .name = "part form and header form, a leaf for a root: replaced and wrapped",
        IN(TOP2 "Content-Type: application/octet-stream\nContent-Transfer-Encoding: "
                "8bit\nGraft-Attach: "
                "%2\n\n" MARK("1")),
        .want = TOP_OUT MIXED("@0") "\n--@0\n" ONE "\n--@0\n" TWO "\n--@0--\n",
    },
    {
        .name = "part form and header form of one token",
        IN(TOP2 "Content-Type: multipart/mixed; boundary=b\nGraft-Attach: %1\n\n--b\nContent-Type: "
                "application/octet-stream\n\n" MARK("1") "\n--b--\n"),
        .want = TOP_OUT MIXED("@1") "\n--@1\n" ONE "\n--@1\n" ONE "\n--@1--\n",
    },
    {
        .name = "part form: a message is whole, and the delimiter has its own line end",
        IN(TOP2 "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: "
                "application/octet-stream\n\n" MARK(
                    "3") "\n--b\nContent-Type: application/octet-stream\n\n" MARK("5") "\n--b--\n"),
        .want = TOP_OUT MIXED("@1") "\n--@1\n" THREE "\n--@1\n" FIVE "\n--@1--\n",
    },
    /* Boundaries as they are written. */
    {
        .name = "a boundary in RFC 2231 sections between other parameters",
        IN(TOP "Content-Type: multipart/mixed; (c) a=1; boundary*1=\"c\" ; x=2; "
               "boundary*0*=us-ascii''%%62; y=3;\n\n"
               "--bc\nContent-Type: application/octet-stream\n\n" MARK("1") "\n--bc--\n"),
        .want = TOP_OUT
        "Content-Type: multipart/mixed;\n\ta=1;\n\tboundary=\"@1\";\n\tx=2;\n\ty=3\n\n--@1\n" ONE
        "\n--@1--\n",
    },
    {
        .name = "obsolete white space and case",
        IN("GRAFT \t:\n 1 \nMIME-Version: 1.0\nCONTENT-TYPE : MULTIPART/MIXED; BOUNDARY = "
           "\"b\"\n\n--b\t\nContent-type : application/octet-stream\n\n" MARK("1") "\n--b-- \t\n"),
        .want = "MIME-Version: 1.0\nCONTENT-TYPE: MULTIPART/MIXED;\n\tboundary=\"@1\"\n\n--@1\n" ONE
                "\n--@1--\n",
    },
    /* What is rewritten is written strictly. */
    {
        .name = "strict: no blank before any colon of the top header, none at a delimiter's end",
        IN("X-Mailer : x\nGraft-Attach: %1\nMIME-Version\t: 1.0\nContent-Type: multipart/mixed; "
           "boundary=b\n\n--b \n\nx\n--b-- \n"),
        .want = "X-Mailer: x\nMIME-Version: 1.0\n" MIXED("@1") "\n--@1\n\nx\n--@1\n" ONE
                                                               "\n--@1--\n",
    },
    {
        .name = "strict: comments and blanks in a multipart's Content-Type go, parameters stay",
        IN("Graft-Attach: %1\nMIME-Version: 1.0\nContent-Type: (a) multipart / mixed (b); charset "
           "= "
           "utf-8; boundary=b (c); x=\"y z\" (d)\n\n--b\n\nx\n--b--\n"),
        .want = "MIME-Version: 1.0\nContent-Type: "
                "multipart/mixed;\n\tcharset=utf-8;\n\tboundary=\"@1\";\n\tx=\"y z\"\n\n--@1\n\n"
                "x\n--@1\n" ONE "\n--@1--\n",
    },
    {
        .name = "strict: the Content- fields of a text that moves",
        IN("Graft-Attach: %1\nMIME-Version: 1.0\nContent-Type: (a) text / plain ; charset = "
           "\"utf-8\" (b); x=y;\n z=(c)1\nContent-Transfer-Encoding : 8bit (d)\n"
           "Content-Disposition: inline (e)\nContent-Description: a (b)\n\nx"),
        .want = "MIME-Version: 1.0\n" MIXED("@1") "Content-Transfer-Encoding: 8bit\n\n--@1\n"
                                                  "Content-Type: text/plain;\n\tcharset=\"utf-8\";"
                                                  "\n\tx=y;\n\tz=1\nContent-Transfer-Encoding: "
                                                  "8bit\nContent-Disposition: inline\n"
                                                  "Content-Description: a (b)\n\nx\n--@1\n" ONE
                                                  "\n--@1--\n",
    },
    {
        .name = "strict: a text that loses a line",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html "
               ";charset=x\nContent-Transfer-Encoding: (a)7bit\n\n" MARK(
                   "1") "\n--b\nContent-Type: text/html (stays)\n\nx\n--b--\n"),
        .want = TOP_OUT MIXED("@1") "\n--@1\nContent-Type: text/html;\n\tcharset=x\n"
                                    "Content-Transfer-Encoding: 7bit\n\n\n--@1\n"
                                    "Content-Type: text/html (stays)\n\nx\n--@1\n" ONE "\n--@1--\n",
    },
    {
        .name = "strict: what does not parse stays",
        IN("Graft-Attach: %1\nMIME-Version: 1.0\nContent-Type: text/plain (a) charset=x\n\nx"),
        .want = "MIME-Version: 1.0\n" MIXED(
            "@1") "\n--@1\nContent-Type: text/plain (a) charset=x\n\nx\n--@1\n" ONE "\n--@1--\n",
    },
    {
        .name = "strict: a part without its empty line gets one",
        IN("Graft-Attach: %1\nMIME-Version: 1.0\nContent-Type: multipart/mixed; "
           "boundary=b\n\n--b\nContent-Type: text/plain\n--b--\n"),
        .want = "MIME-Version: 1.0\n" MIXED("@1") "\n--@1\nContent-Type: text/plain\n\n--@1\n" ONE
                                                  "\n--@1--\n",
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
	Suite *s = suite_create("emit");
	TCase *tc = tcase_create("emit");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, a_message_comes_out_as_it_must, 0, COUNT(rows));
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
