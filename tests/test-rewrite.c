/*
 * test-rewrite.c - the header of a replaced part, and of the message
 */
#include "tests/grafted.h"

#define LONG_NAME \
	"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567" \
	"890" \
	"012345678901234567890123456789012345"
#define BEFORE TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\n"
#define AFTER "\n--b--\n"
#define BEFORE_OUT TOP_OUT MIXED("@1") "\n--@1\n"
#define AFTER_OUT "\nb25l\n--@1--\n"

static const struct row rows[] = {
    {
        .name = "the author's fields win, what is about the old body goes",
        IN(BEFORE
            "Content-Description: d\nContent-Type: text/x;\n\tname=x.txt\n"
            "Content-MD5: x\nContent-ID: <mine>\nContent-Length: 70\nLines: 1\n"
            "Content-Transfer-Encoding: 7bit\nContent-Location: l\nContent-Language: de\n"
            "X: y\nContent-Disposition: inline;\n filename*=utf-8''%%c3%%a4.png; size=70\n\n" MARK(
                "2") AFTER),
        .want = BEFORE_OUT
        "Content-Description: d\nContent-ID: <mine>\nContent-Location: l\n"
        "Content-Language: de\nX: y\nContent-Type: text/x;\n\t"
        "name=\"=?UTF-8?B?w6QucG5n?=\"\n" ENCODED
        "Content-Disposition: inline; size=70;\n\tfilename*=UTF-8''%%C3%%A4.png\n\n"
        "dHdvIQ==\n--@1--\n",
    },
    /* Types. */
    {
        .name = "type: the author's, with all its parameters but its name",
        IN(BEFORE "Content-Type: Text/Calendar (c); charset=UTF-8; method = REQUEST; NAME=a.ics;\n"
                  " component=\"VEVENT\"; x=a/b\n\n" MARK("1") AFTER),
        .want = BEFORE_OUT
        "Content-Type: Text/Calendar; charset=UTF-8; method=REQUEST;\n"
        "\tcomponent=\"VEVENT\"; x=\"a/b\";\n\tname=\"a.ics\"\n" ENCODED DISPOSITION(
            "attachment", "a.ics") AFTER_OUT,
    },
    {
        .name = "type: application/octet-stream says nothing",
        IN(BEFORE "Content-Type: Application/Octet-Stream; x=y\n\n" MARK("1") AFTER),
        .want = BEFORE_OUT ONE "\n--@1--\n",
    },
    {
        .name = "type: what `put --type` said wins",
        IN(BEFORE "Content-Type: text/csv; charset=utf-8\n\n" MARK("G") AFTER),
        .want = BEFORE_OUT "Content-Type: application/x-given; a=b;\n\t"
                           "name=\"=?UTF-8?B?w6QucGRm?=\"\n" ENCODED
                           "Content-Disposition: attachment;\n\tfilename*=UTF-8''%%C3%%A4.pdf\n\n"
                           "Z2l2ZW4=\n--@1--\n",
    },
    {
        .name = "type: what goes out as a message is one",
        IN(BEFORE "Content-Type: text/plain; name=m.txt\nContent-Disposition: attachment\n\n" MARK(
            "3") AFTER),
        .want = BEFORE_OUT "Content-Type: message/rfc822;\n\tname=\"m.txt\"\n"
                           "Content-Transfer-Encoding: 7bit\n" DISPOSITION("attachment",
                               "m.txt") "\nFrom: a@b\nSubject: crlf\n\nbody\n.\n\n--@1--\n",
    },
    {
        .name = "type: one that is no type",
        IN(BEFORE "Content-Type: pdf; name=a.pdf\n\n" MARK("1") AFTER),
        .want = BEFORE_OUT TYPE("application/pdf", "a.pdf") DISPOSITION("attachment", "a.pdf")
            AFTER_OUT,
    },
    {
        .name = "type: of two equal parameters the first, and none without an end or a value",
        IN(BEFORE "Content-Type: text/csv; charset=a; Charset=b; x=; y=\"z\n\n" MARK("1") AFTER),
        .want = BEFORE_OUT TYPE("text/csv; charset=a", "one.pdf")
            DISPOSITION("attachment", "one.pdf") AFTER_OUT,
    },
    {
        .name = "type: no more letters than a type may have",
        IN(BEFORE "Content-Type: a/" LONG_NAME LONG_NAME "\n\n" MARK("1") AFTER),
        .want = BEFORE_OUT ONE "\n--@1--\n",
    },
    /* Names. */
    {
        .name = "name: filename in sections, before name",
        IN(BEFORE "Content-Disposition: attachment; filename*0=a; FILENAME*1=b\n"
                  "Content-Type: a/b; name=c\n\n" MARK("1") AFTER),
        .want = BEFORE_OUT TYPE("a/b", "ab") DISPOSITION("attachment", "ab") AFTER_OUT,
    },
    {
        .name = "name: that of Content-Type, where there is no filename",
        IN(BEFORE "Content-Type: a/b; NAME=\"x \\\"y\\\".txt\"; charset=x\n"
                  "Content-Disposition: inline; x=y (z)\n\n" MARK("1") AFTER),
        .want = BEFORE_OUT TYPE("a/b; charset=x", "x \\\"y\\\".txt")
            DISPOSITION("inline; x=y", "x \\\"y\\\".txt") AFTER_OUT,
    },
    {
        .name = "name: an encoded word in Content-Type, and its RFC 2231 form",
        IN(BEFORE "Content-Type: application/pdf;\n name=\"=?utf-8?Q?M=C3=A4rz.pdf?=\"\n"
                  "Content-Disposition: attachment; filename*=utf-8''M%%c3%%a4rz.pdf\n\n" MARK("1")
                      AFTER),
        .want = BEFORE_OUT
        "Content-Type: application/pdf;\n\tname=\"=?UTF-8?B?TcOkcnoucGRm?=\"\n" ENCODED
        "Content-Disposition: attachment;\n\tfilename*=UTF-8''M%%C3%%A4rz.pdf\n" AFTER_OUT,
    },
    {
        .name = "name: without its quotes it is taken whole, and of a path the end",
        IN(BEFORE "Content-Type: a/b; name=C:\\x (2)\n  yz.txt ; charset=x\n\n" MARK("1") AFTER),
        .want = BEFORE_OUT TYPE("a/b; charset=x", "x (2)  yz.txt")
            DISPOSITION("attachment", "x (2)  yz.txt") AFTER_OUT,
    },
    {
        .name = "name: open quotes are closed",
        IN(BEFORE "Content-Type: a/b; name=\"x.txt\n\n" MARK("1") AFTER),
        .want = BEFORE_OUT TYPE("a/b", "x.txt") DISPOSITION("attachment", "x.txt") AFTER_OUT,
    },
    {
        .name = "name: an empty filename is none",
        IN(BEFORE "Content-Type: a/b; name=c\nContent-Disposition: inline; filename=\"\"; "
                  "filename*=utf-8''; x=y\n\n" MARK("1") AFTER),
        .want = BEFORE_OUT TYPE("a/b", "c") DISPOSITION("inline; x=y", "c") AFTER_OUT,
    },
    {
        .name = "name: an empty name is none either: the entry's",
        IN(BEFORE "Content-Type: application/pdf; name=\"\"\n\n" MARK("1") AFTER),
        .want = BEFORE_OUT ONE "\n--@1--\n",
    },
    {
        .name = "name: the first of two",
        IN(BEFORE "Content-Type: application/pdf; name=safe.txt; name=other.exe\n\n" MARK("1")
                AFTER),
        .want = BEFORE_OUT TYPE("application/pdf", "safe.txt") DISPOSITION("attachment", "safe.txt")
            AFTER_OUT,
    },
    {
        .name = "name: one that an old entry has with its type",
        IN(BEFORE "Content-Disposition: attachment\n\n" MARK("O") AFTER),
        .want = BEFORE_OUT TYPE("application/pdf", "old.pdf")
            DISPOSITION("attachment", "old.pdf") "\nb2xk\n--@1--\n",
    },
    /* Dispositions. */
    {
        .name = "disposition: what can be read of one that is irregular",
        IN(BEFORE "Content-Type: a/b\nContent-Disposition: INLINE; x=\"\n\n" MARK("1") AFTER),
        .want = BEFORE_OUT TYPE("a/b", "one.pdf") DISPOSITION("INLINE", "one.pdf") AFTER_OUT,
    },
    {
        .name = "disposition: one that says nothing is none",
        IN(BEFORE "Content-Type: a/b\nContent-Disposition: ;filename=a\n\n" MARK("1") AFTER),
        .want = BEFORE_OUT TYPE("a/b", "a") DISPOSITION("attachment", "a") AFTER_OUT,
    },
    {
        .name = "disposition: the author's, though the entry is inline; the entry's Content-ID",
        IN(BEFORE "Content-Type: a/b\nContent-Disposition: attachment\n\n" MARK("2") AFTER),
        .want = BEFORE_OUT TYPE("a/b", "two.png")
            DISPOSITION("attachment", "two.png") "Content-ID: <two@example>\n\ndHdvIQ==\n--@1--\n",
    },
    {
        .name = "disposition: none is added in a multipart/related",
        IN(TOP
            "Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: image/png\n\n" MARK(
                "1") AFTER),
        .want = TOP_OUT "Content-Type: multipart/related;\n\tboundary=\"@1\"\n\n--@1\n" TYPE(
            "image/png", "one.pdf") AFTER_OUT,
    },
    {
        .name = "disposition: what put --inline said is added there, too",
        IN(TOP
            "Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: image/gif\n\n" MARK(
                "2") AFTER),
        .want = TOP_OUT
        "Content-Type: multipart/related;\n\tboundary=\"@1\"\n\n--@1\n" TYPE("image/gif", "two.png")
            DISPOSITION("inline", "two.png") "Content-ID: <two@example>\n\ndHdvIQ==\n--@1--\n",
    },
    {
        .name = "disposition: the author's stays in a multipart/alternative",
        IN(TOP
            "Content-Type: multipart/alternative; boundary=b\n\n--b\n"
            "Content-Type: text/calendar; method=REPLY\nContent-Disposition: attachment\n\n" MARK(
                "1") AFTER),
        .want = TOP_OUT "Content-Type: multipart/alternative;\n\tboundary=\"@1\"\n\n--@1\n" TYPE(
            "text/calendar; method=REPLY", "one.pdf") DISPOSITION("attachment", "one.pdf")
            AFTER_OUT,
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
