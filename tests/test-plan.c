/*
 * test-plan.c - messages grafted, as they come out; and refused, with nothing that comes out
 *
 * Plan, emit and rewrite together, over a real spool. Templates are those of
 * stock.h; in a wanted output `@0` to `@9` stand for boundaries of ours: the
 * same digit is the same boundary, different digits are different ones.
 *
 * Each message is grafted from a pipe, from a file and once more; that must
 * give the same bytes, as many as graft_size() said.
 *
 * Not here: what is a marker (test-marker.c), how messages are held (test-hold.c)
 */
#include <check.h>
#include <sysexits.h>

#include "tests/grafting.h"
#include "tests/scratch.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define IN(s) .in = (s), .in_len = sizeof(s) - 1

enum { TEXT_MAX = 1 << 20 };

#define MARK(n) "((graft:%" n "))"
#define PDF "Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n"
#define ONE PDF "Content-Disposition: attachment;\n\tfilename=one.pdf\n\nb25l"
#define TWO_HEAD "Content-Type: image/png\nContent-Transfer-Encoding: base64\n"
#define TWO \
	TWO_HEAD "Content-Disposition: inline;\n\tfilename=two.png\nContent-ID: " \
	         "<two@example>\n\ndHdvIQ=="
#define THREE \
	"Content-Type: message/rfc822\nContent-Transfer-Encoding: 7bit\nContent-Disposition: " \
	"attachment\n\n" \
	"From: a@b\nSubject: crlf\n\nbody\n.\n"
#define FOUR \
	"Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n" \
	"Content-Disposition: attachment\n\n"
#define FIVE \
	"Content-Type: message/rfc822\nContent-Transfer-Encoding: 7bit\nContent-Disposition: " \
	"attachment;\n" \
	"\tfilename=look.eml\n\n" STOCK_LOOKALIKE
#define MIXED(b) "Content-Type: multipart/mixed;\n\tboundary=\"" b "\"\n"
#define TOP "From: a\nGraft: 1\nMIME-Version: 1.0\n"
#define TOP2 "From: a\nGraft: 2\nMIME-Version: 1.0\n"
#define TOP_OUT "From: a\nMIME-Version: 1.0\n"

static const struct row {
	const char *name, *in;
	size_t in_len;
	const char *want;
} rows[] = {
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
                                                  "\n--@1-- \nepilogue\n--b--\n",
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
        .name = "header form, a root multipart/alternative: wrapped, its own boundary stays",
        IN("Graft-Attach: %1\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n"
           "Content-Transfer-Encoding: 8bit\n\n--b\n\nx\n--b--\n"),
        .want = "MIME-Version: 1.0\n" MIXED("@0") "Content-Transfer-Encoding: 8bit\n\n--@0\n"
                                                  "Content-Type: multipart/alternative; "
                                                  "boundary=b\nContent-Transfer-Encoding: 8bit\n\n"
                                                  "--b\n\nx\n--b--\n\n--@0\n" ONE "\n--@0--\n",
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
        "Content-Type: multipart/mixed;\n\tboundary=\"@1\"; x=y\n\n--@1\n\ntext\n--@1\n" PDF
        "Content-Disposition: attachment;\n\tfilename=one.pdf\n\nb25l\n--@1--\n",
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
                  "--@2\n\nh\n--@2\nContent-ID: <mine>\n" TWO_HEAD
                  "Content-Disposition: inline;\n\tfilename=two.png\n\n"
                  "dHdvIQ==\n--@2--\n--@1\nContent-Type: multipart/mixed; "
                  "boundary=d\n\n--d--\n--@1--\n",
    },
    {
        .name = "part form: under an alternative root, which is not wrapped for it",
        IN(TOP "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nx\n--b\nContent-Type: "
               "text/calendar\n\n" MARK("1") "\n--b--\n"),
        .want = TOP_OUT
        "Content-Type: multipart/alternative;\n\tboundary=\"@1\"\n\n--@1\n\nx\n--@1\n" ONE
        "\n--@1--\n",
    },
    {
        .name = "part form: a leaf for a root, in place, not wrapped",
        IN("Content-Type: application/pdf\nGraft: 1\nContent-Length: 9\nSubject: s\n\n" MARK(
            "1") "\n"),
        .want = "Subject: s\nMIME-Version: 1.0\n" ONE "\n",
    },
    {
        .name = "part form: a leaf for a root that becomes nothing",
        IN("Content-Type: application/pdf\nGraft: 1\nMIME-Version: 1.0\n\n" MARK("4") "\n"),
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
        .want = TOP_OUT PDF "Content-Disposition: inline;\n\tfilename=one.pdf\n\nb25l\n",
    },
    {
        .name = "part form in quoted-printable, and an empty attachment",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\nContent-Type: a/b\n"
               "Content-Transfer-Encoding: quoted-printable\n\n=28(graft:%4=\n)=29\n--b--\n"),
        .want = TOP_OUT MIXED("@1") "\n--@1\n\nx\n--@1\n" FOUR "\n--@1--\n",
    },
    {
        .name = "part form and header form, a leaf for a root: replaced and wrapped",
        IN(TOP2 "Content-Type: application/x\nContent-Transfer-Encoding: 8bit\nGraft-Attach: "
                "%2\n\n" MARK("1")),
        .want = TOP_OUT MIXED("@0") "\n--@0\n" ONE "\n--@0\n" TWO "\n--@0--\n",
    },
    {
        .name = "part form and header form of one token",
        IN(TOP2 "Content-Type: multipart/mixed; boundary=b\nGraft-Attach: %1\n\n--b\nContent-Type: "
                "a/b\n\n" MARK("1") "\n--b--\n"),
        .want = TOP_OUT MIXED("@1") "\n--@1\n" ONE "\n--@1\n" ONE "\n--@1--\n",
    },
    {
        .name = "part form: a message is whole, and the delimiter has its own line end",
        IN(TOP2 "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: a/b\n\n" MARK(
            "3") "\n--b\nContent-Type: a/b\n\n" MARK("5") "\n--b--\n"),
        .want = TOP_OUT MIXED("@1") "\n--@1\n" THREE "\n--@1\n" FIVE "\n--@1--\n",
    },
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
        .want = TOP_OUT MIXED("@1") "\n--@1\nContent-ID: <i>\n" ONE "\n--@1\n\nx\n--@1--\n",
    },
    {
        .name = "which form: a second child of an alternative is own text",
        IN(TOP "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nx\n--b\nContent-Type: "
               "text/html\n\n" MARK("1") "\n\n--b--\n"),
        .want = TOP_OUT MIXED(
            "@0") "\n--@0\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\nx\n--b\n"
                  "Content-Type: text/html\n\n\n--b--\n\n--@0\n" ONE "\n--@0--\n",
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
        .want = TOP_OUT MIXED(
            "@0") "\n--@0\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\nx\n--b\n"
                  "Content-Type: text/html\n\n<p>\n\n--b--\n\n--@0\n" ONE "\n--@0--\n",
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
        .want = TOP_OUT MIXED("@0") "\n--@0\nContent-Transfer-Encoding: base64\nContent-Type: "
                                    "text/html; charset=utf-8\n\n"
                                    "\1<p>\303\274\r\nx\r\n</p>\r\n\2\n--@0\n" ONE "\n--@0\n" TWO
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
        .name = "line form in base64, with other bodies before and behind",
        IN(TOP "Content-Type: multipart/mixed; "
               "boundary=b\n\n--b\n\nx\n--b\nContent-Transfer-Encoding: base64\n\n"
               "\1a\n" MARK("1") "\nb\n\2--b\n\ny\n--b--\n"),
        .want = TOP_OUT MIXED("@1") "\n--@1\n\nx\n--@1\nContent-Transfer-Encoding: "
                                    "base64\n\n\1a\nb\n\2--@1\n\ny\n--@1\n" ONE "\n--@1--\n",
    },
    {
        .name = "all three forms",
        IN("Graft: 3\nMIME-Version: 1.0\nGraft-Attach: %4\nContent-Type: multipart/mixed; "
           "boundary=b\n\n--b\n\nx\n" MARK("2") "\n\n--b\nContent-Type: a/b\n\n" MARK(
               "1") "\n--b--\n"),
        .want = "MIME-Version: 1.0\n" MIXED("@1") "\n--@1\n\nx\n\n--@1\n" ONE "\n--@1\n" FOUR
                                                  "\n--@1\n" TWO "\n--@1--\n",
    },
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
    /* Boundaries as they are written. */
    {
        .name = "a boundary in RFC 2231 sections between other parameters",
        IN(TOP "Content-Type: multipart/mixed; (c) a=1; boundary*1=\"c\" ; x=2; "
               "boundary*0*=us-ascii''%%62; y=3;\n\n"
               "--bc\nContent-Type: a/b\n\n" MARK("1") "\n--bc--\n"),
        .want = TOP_OUT
        "Content-Type: multipart/mixed; (c) a=1;\n\tboundary=\"@1\" ; x=2; y=3;\n\n--@1\n" ONE
        "\n--@1--\n",
    },
    {
        .name = "obsolete white space and case",
        IN("GRAFT \t:\n 1 \nMIME-Version: 1.0\nCONTENT-TYPE : MULTIPART/MIXED; BOUNDARY = "
           "\"b\"\n\n--b\t\nContent-type : a/b\n\n" MARK("1") "\n--b-- \t\n"),
        .want =
            "MIME-Version: 1.0\nCONTENT-TYPE : MULTIPART/MIXED;\n\tboundary=\"@1\"\n\n--@1\t\n" ONE
            "\n--@1-- \t\n",
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

static const struct refusal_row {
	const char *name, *in;
	size_t in_len;
	int exit;
	const char *word, *says; /* a part of the sentence; NULL: not looked at */
	bool late;               /* known only when something may have gone out */
} refusals[] = {
    {.name = "empty", IN(""), .exit = EX_DATAERR, .word = "empty"},
    {.name = "two Graft fields",
        IN("Graft: 1\nGraft: 1\n\n" MARK("1")),
        .exit = EX_DATAERR,
        .word = "graft-twice"},
    {.name = "Graft: 0", IN("Graft: 0\n\n" MARK("1")), .exit = EX_DATAERR, .word = "graft-number"},
    {.name = "Graft: 101",
        IN("Graft: 101\n\n" MARK("1")),
        .exit = EX_DATAERR,
        .word = "graft-number"},
    {.name = "Graft: one",
        IN("Graft: one\n\n" MARK("1")),
        .exit = EX_DATAERR,
        .word = "graft-number"},
    {.name = "Graft: nothing",
        IN("Graft:\n\n" MARK("1")),
        .exit = EX_DATAERR,
        .word = "graft-number"},
    {.name = "Graft: 1 1",
        IN("Graft: 1 1\n\n" MARK("1")),
        .exit = EX_DATAERR,
        .word = "graft-number"},
    {.name = "Graft-Attach: nothing",
        IN("Graft-Attach: ,\n\nx"),
        .exit = EX_DATAERR,
        .word = "attach-field"},
    {.name = "Graft-Attach: no token",
        IN("Graft-Attach: %1 x\n\nx"),
        .exit = EX_DATAERR,
        .word = "attach-field",
        .says = "token 2"},
    {.name = "Graft-Attach: a broken encoded word",
        IN("Graft-Attach: =?x?B?A?=\n\nx"),
        .exit = EX_DATAERR,
        .word = "attach-field"},
    {.name = "two Graft-Recipient",
        IN("Graft: 1\nGraft-Recipient: a@b\nGraft-Recipient: a@b\n\n" MARK("1")),
        .exit = EX_DATAERR,
        .word = "recipient-twice"},
    {.name = "no marker",
        IN("Graft: 1\n\nx\n"),
        .exit = EX_DATAERR,
        .word = "count",
        .says = "wrong number of markers: the header says 1, found 0"},
    {.name = "one too many",
        IN("Graft: 1\n\n" MARK("1") "\n" MARK("1") "\n"),
        .exit = EX_DATAERR,
        .word = "count",
        .says = "the header says 1, found 2"},
    {.name = "one too few, and near misses",
        IN("Graft: 2\n\n" MARK("1") "\n\nx\n> " MARK("1") "\n> " MARK("2")),
        .exit = EX_DATAERR,
        .word = "count",
        .says = "found 1; not alone on its line or not alone in its part: part 1 line 4"},
    {.name = "a marker in a line of what is not text",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\nContent-Type: "
               "text/calendar\n\nx\n" MARK("1") "\n--b--\n"),
        .exit = EX_DATAERR,
        .word = "count",
        .says = "part 2 line 2"},
    {.name = "a near miss in the last part of a multipart in the last",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\nContent-Type: "
               "multipart/mixed; boundary=c\n\n--c\n\n"
               "x\n--c\n\n\nx" MARK("1") "\n--c--\n--b--\n"),
        .exit = EX_DATAERR,
        .word = "count",
        .says = "part 2.2 line 2"},
    {.name = "header form counts",
        IN("Graft: 1\nGraft-Attach: %1\n\n" MARK("1")),
        .exit = EX_DATAERR,
        .word = "count"},
    {.name = "header form alone, and a marker",
        IN("Graft-Attach: %1\n\n" MARK("1")),
        .exit = EX_DATAERR,
        .word = "count"},
    {.name = "a marker in what we cannot decode",
        IN(TOP "Content-Transfer-Encoding: x-uuencode\n\n" MARK("1")),
        .exit = EX_DATAERR,
        .word = "count"},
    {.name = "a signed root",
        IN("Graft-Attach: %1\nContent-Type: multipart/signed; boundary=b\n\n--b\n\nx\n--b--\n"),
        .exit = EX_DATAERR,
        .word = "sealed-root"},
    {.name = "an encrypted root",
        IN("Graft-Attach: %1\nContent-Type: multipart/encrypted; boundary=b\n\n--b\n\nx\n--b--\n"),
        .exit = EX_DATAERR,
        .word = "sealed-root"},
    {.name = "an S/MIME root",
        IN("Graft-Attach: %1\nContent-Type: application/pkcs7-mime\n\nx"),
        .exit = EX_DATAERR,
        .word = "sealed-root"},
    {.name = "a partial root",
        IN("Graft-Attach: %1\nContent-Type: message/partial\n\nx"),
        .exit = EX_DATAERR,
        .word = "sealed-root"},
    {.name = "a line in a signed part, the first",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\n"
               "Content-Type: multipart/signed; boundary=c\n\n--c\n\nx\n" MARK(
                   "1") "\n--c\nContent-Type: a/b\n\n--c--\n--b--\n"),
        .exit = EX_DATAERR,
        .word = "sealed-place",
        .says = "part 1.1 line 2"},
    {.name = "a part in a signed part, the last",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\n"
               "Content-Type: multipart/signed; boundary=c\n\n--c\n\nx\n--c\nContent-Type: "
               "a/b\n\n" MARK("1") "\n--c--\n--b--\n"),
        .exit = EX_DATAERR,
        .word = "sealed-place",
        .says = "part 1.2 line 1"},
    {.name = "a part deep in a signed part",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\n"
               "Content-Type: multipart/signed; boundary=c\n\n--c\nContent-Type: multipart/mixed; "
               "boundary=d\n\n--d\nContent-Type: a/b\n\n" MARK("1") "\n--d--\n--c--\n--b--\n"),
        .exit = EX_DATAERR,
        .word = "sealed-place",
        .says = "part 1.1.1 line 1"},
    {.name = "a part in a digest, the last",
        IN(TOP "Content-Type: multipart/digest; boundary=b\n\n--b\n\nA: b\n\nx\n--b\n"
               "Content-Type: a/b\n\n" MARK("1") "\n--b--\n"),
        .exit = EX_DATAERR,
        .word = "place",
        .says = "part 2 line 1"},
    {.name = "a part in a report",
        IN(TOP "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: a/b\n\n" MARK(
            "1") "\n--b\n\nx\n--b--\n"),
        .exit = EX_DATAERR,
        .word = "place"},
    {.name = "two Content-Disposition fields in a part",
        IN(TOP
            "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: a/b\n"
            "Content-Disposition: inline\nContent-Disposition: inline\n\n" MARK("1") "\n--b--\n"),
        .exit = EX_DATAERR,
        .word = "part-fields"},
    {.name = "two Content-ID fields in a part",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: a/b\n"
               "Content-ID: <a>\nContent-ID: <a>\n\n" MARK("1") "\n--b--\n"),
        .exit = EX_DATAERR,
        .word = "part-fields"},
    {.name = "irregular base64",
        IN(TOP "Content-Transfer-Encoding: base64\n\n\1" MARK("1") "\nxx\2!\n"),
        .exit = EX_DATAERR,
        .word = "irregular-base64"},
    {.name = "two Content-Type fields",
        IN("Graft-Attach: %1\nContent-Type: a/b\nContent-Type: a/b\n\nx"),
        .exit = EX_DATAERR,
        .word = "mime",
        .says = "two Content-Type fields"},
    {.name = "two MIME-Version fields",
        IN("Graft-Attach: %1\nMIME-Version: 1.0\nMIME-Version: 1.0\n\nx"),
        .exit = EX_DATAERR,
        .word = "mime",
        .says = "two MIME-Version fields"},
    {.name = "a header line that is no field, before Graft",
        IN("what\nGraft: 1\n\n" MARK("1")),
        .exit = EX_DATAERR,
        .word = "mime"},
    {.name = "CR in a header",
        IN("Graft-Attach: %1\r\nA: b\n\nx"),
        .exit = EX_DATAERR,
        .word = NULL},
    {.name = "CR in another field",
        IN("Graft-Attach: %1\nA: b\r\n\nx"),
        .exit = EX_DATAERR,
        .word = "mime",
        .says = "CR or NUL in a header"},
    {.name = "NUL in a part's header",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\nA:\0\n\n" MARK("1") "\n--b--\n"),
        .exit = EX_DATAERR,
        .word = "mime",
        .says = "CR or NUL in a header, part 1 line 7"},
    {.name = "CR in a delimiter",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n" MARK("1") "\n--b--\r\n"),
        .exit = EX_DATAERR,
        .word = "mime",
        .says = "CR or NUL in a delimiter line, part 1 line 9"},
    {.name = "a delimiter that is none",
        IN(TOP
            "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n" MARK("1") "\n--b--x\n--b--\n"),
        .exit = EX_DATAERR,
        .word = "mime",
        .says = "none, part 1 line 9"},
    {.name = "the same at the start of a body",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n--b--x\n--b--\n"),
        .exit = EX_DATAERR,
        .word = "mime",
        .says = "none, part 1 line 8"},
    {.name = "unterminated",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n" MARK("1") "\n"),
        .exit = EX_DATAERR,
        .word = "mime",
        .says = "a multipart without its close delimiter"},
    {.name = "an outer delimiter in an inner multipart",
        IN(TOP "Content-Type: multipart/mixed; boundary=b\n\n--b\n"
               "Content-Type: multipart/mixed; boundary=c\n\n--c\n\nx\n--b--\n"),
        .exit = EX_DATAERR,
        .word = "mime",
        .says = "a multipart without its close delimiter, part 1.1 line 12"},
    {.name = "a multipart in base64",
        IN("Graft-Attach: %1\nContent-Type: multipart/mixed; "
           "boundary=b\nContent-Transfer-Encoding: base64\n\n"),
        .exit = EX_DATAERR,
        .word = "mime",
        .says = "a multipart or message in an encoding"},
    {.name = "of another version",
        IN("Graft-Attach: %1 %M\n\nx"),
        .exit = EX_NOPERM,
        .word = "token-newer",
        .says = "token made by a newer version of mailgraft, token 2"},
    {.name = "of another version in a marker",
        IN("Graft: 1\n\n" MARK("M")),
        .exit = EX_NOPERM,
        .word = "token-newer"},
    {.name = "forged", IN("Graft: 1\n\n" MARK("F")), .exit = EX_NOPERM, .word = "token-forged"},
    {.name = "expired", IN("Graft: 1\n\n" MARK("E")), .exit = EX_NOPERM, .word = "token-expired"},
    {.name = "revoked", IN("Graft: 1\n\n" MARK("V")), .exit = EX_NOPERM, .word = "token-revoked"},
    {.name = "key unknown", IN("Graft: 1\n\n" MARK("K")), .exit = EX_NOPERM, .word = "token-key"},
    {.name = "expiry differs",
        IN("Graft: 1\n\n" MARK("Y")),
        .exit = EX_NOPERM,
        .word = "token-expiry-differs"},
    {.name = "bound, no recipient",
        IN("Graft: 1\n\n" MARK("7")),
        .exit = EX_NOPERM,
        .word = "token-no-recipient"},
    {.name = "bound, several recipients",
        IN("Graft: 1\nGraft-Recipient: @\n\n" MARK("7")),
        .exit = EX_NOPERM,
        .word = "token-no-recipient"},
    {.name = "bound, another recipient",
        IN("Graft: 1\nGraft-Recipient: c@b.example\n\n" MARK("7")),
        .exit = EX_NOPERM,
        .word = "token-forged"},
    {.name = "bound, a recipient that is no address",
        IN("Graft: 1\nGraft-Recipient: x\n\n" MARK("7")),
        .exit = EX_DATAERR,
        .word = "recipient-field"},
    {.name = "entry missing",
        IN("Graft: 1\n\n" MARK("X")),
        .exit = EX_NOINPUT,
        .word = "entry-missing"},
    {.name = "entry damaged",
        IN("Graft: 1\n\n" MARK("D")),
        .exit = EX_IOERR,
        .word = "entry-damaged"},
    {.name = "blob missing",
        IN("Graft: 2\nGraft-Attach: %1\n\n" MARK("N")),
        .exit = EX_NOINPUT,
        .word = "blob-missing",
        .says = "token 2"},
    {.name = "blob too short", IN("Graft: 1\n\n" MARK("S")), .exit = EX_IOERR, .word = "blob-size"},
    {.name = "blob too long", IN("Graft: 1\n\n" MARK("L")), .exit = EX_IOERR, .word = "blob-size"},
    {.name = "blob altered",
        IN("Graft: 1\n\n" MARK("C")),
        .exit = EX_IOERR,
        .word = "blob-content",
        .late = true},
    {.name = "a message's blob altered",
        IN("Graft: 1\n\n" MARK("W")),
        .exit = EX_IOERR,
        .word = "blob-content",
        .late = true},
};

static uint8_t message[TEXT_MAX], first_out[TEXT_MAX], again_out[TEXT_MAX], want[TEXT_MAX];

static struct result
graft(const uint8_t *p, size_t len, enum way way, uint8_t *out)
{
	return graft_message(p, len, way, "spool", out, TEXT_MAX);
}

/* Puts the boundaries that were found in the place of `@0` to `@9`; what does not fit stays and
 * will differ. */
static size_t
fill_boundaries(uint8_t *p, size_t len, const uint8_t *got, size_t got_len)
{
	static uint8_t filled[TEXT_MAX];
	uint8_t boundary[10][25];
	bool known[10] = {false};
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (p[i] == '@' && i + 1 < len && p[i + 1] >= '0' && p[i + 1] <= '9') {
			int d = p[++i] - '0';

			if (!known[d] && n + 25 <= got_len) {
				memcpy(boundary[d], got + n, 25);
				known[d] = memcmp(boundary[d], "=_g", 3) == 0;
				for (int k = 0; k < 10; k++) {
					known[d] = known[d] &&
					    (k == d || !known[k] ||
					        memcmp(boundary[k], boundary[d], 25) != 0);
				}
			}
			memcpy(filled + n,
			    known[d] ? boundary[d] : (const uint8_t *)"(no boundary of ours....)",
			    25);
			n += 25;
		} else {
			filled[n++] = p[i];
		}
	}
	memcpy(p, filled, n);
	return n;
}

static void
check_output(const char *name, const uint8_t *got, size_t got_len, size_t want_len)
{
	size_t i = 0;

	while (i < got_len && i < want_len && got[i] == want[i]) {
		i++;
	}
	ck_assert_msg(i == got_len && i == want_len, "%s: from %zu on it is '%.*s', want '%.*s'",
	    name, i, (int)(got_len - i < 300 ? got_len - i : 300), (const char *)got + i,
	    (int)(want_len - i < 300 ? want_len - i : 300), (const char *)want + i);
}

START_TEST(a_message_comes_out_as_it_must)
{
	const struct row *r = &rows[_i];
	struct result first, again;
	size_t len, want_len;

	scratch_begin();
	stock_begin();
	len = stock_fill(r->in, r->in_len, message, sizeof(message));
	first = graft(message, len, FROM_PIPE, first_out);
	ck_assert_msg(first.code == 0, "%s: exit %d, %s", r->name, first.code, first.sentence);
	ck_assert_msg(first.size == first.len, "%s: %lu bytes foretold, %zu written", r->name,
	    (unsigned long)first.size, first.len);
	want_len = stock_fill(r->want, strlen(r->want), want, sizeof(want));
	want_len = fill_boundaries(want, want_len, first_out, first.len);
	check_output(r->name, first_out, first.len, want_len);
	for (int way = 0; way < WAYS; way++) {
		again = graft(message, len, way, again_out);
		ck_assert_msg(again.code == 0 && again.len == first.len,
		    "%s: again, way %d: exit %d, %zu bytes", r->name, way, again.code, again.len);
		ck_assert_mem_eq(again_out, first_out, first.len);
	}
	spool_close(&stock_spool);
	scratch_end();
}
END_TEST

START_TEST(a_refusal_has_its_code_and_writes_nothing)
{
	const struct refusal_row *r = &refusals[_i];
	size_t len;

	scratch_begin();
	stock_begin();
	len = stock_fill(r->in, r->in_len, message, sizeof(message));
	for (int way = 0; way < WAYS; way++) {
		struct result got = graft(message, len, way, first_out);

		ck_assert_msg(got.code == r->exit, "%s: exit %d, want %d: %s", r->name, got.code,
		    r->exit, got.sentence);
		ck_assert_msg(r->word == NULL || strcmp(got.word, r->word) == 0,
		    "%s: '%s', want '%s'", r->name, got.word, r->word);
		ck_assert_msg(r->says == NULL || strstr(got.sentence, r->says) != NULL,
		    "%s: '%s' does not say '%s'", r->name, got.sentence, r->says);
		ck_assert_msg(r->late || got.len == 0, "%s: %zu bytes are out", r->name, got.len);
		/* Even late, the content's last block, here all of it, is not among them. */
		ck_assert_msg(!r->late || memmem(first_out, got.len, "a29udGVudC4", 11) == NULL,
		    "%s: content", r->name);
		ck_assert_msg(!r->late || memmem(first_out, got.len, "A: c", 4) == NULL,
		    "%s: content", r->name);
	}
	spool_close(&stock_spool);
	scratch_end();
}
END_TEST

static const struct pass_row {
	const char *name, *in;
	size_t in_len;
	const char *want;
} passes[] = {
    {.name = "no header", IN("\nbody " MARK("1") "\n"), .want = "\nbody " MARK("1") "\n"},
    {.name = "an ordinary message",
        IN("From: a\nGraft-Size: 1\nGrafts: 1\n\n" MARK("1") "\n"),
        .want = "From: a\nGraft-Size: 1\nGrafts: 1\n\n" MARK("1") "\n"},
    {.name = "a recipient goes",
        IN("A: b\nGraft-Recipient: a\n @b\nGRAFT-recipient : c\nC: d\n\nGraft-Recipient: x\n"),
        .want = "A: b\nC: d\n\nGraft-Recipient: x\n"},
    {.name = "nothing but a recipient", IN("Graft-Recipient: a"), .want = ""},
    {.name = "what is no header",
        IN("From a\n b\nGraft-Recipient: a\nx\n y: Graft: 1\n\nGraft: 1\n"),
        .want = "From a\n b\nx\n y: Graft: 1\n\nGraft: 1\n"},
    {.name = "CR LF",
        IN("A: b\r\nGraft-Recipient : a\r\n\r\nGraft: 1\r\nGraft-Recipient: a\r\n"),
        .want = "A: b\r\n\r\nGraft: 1\r\nGraft-Recipient: a\r\n"},
    {.name = "a continuation is no field",
        IN("A: b\n Graft: 1\n\tGraft-Attach: x\n\nx"),
        .want = "A: b\n Graft: 1\n\tGraft-Attach: x\n\nx"},
};

START_TEST(a_message_that_does_not_opt_in_stays_as_it_is)
{
	const struct pass_row *r = &passes[_i];
	size_t len, want_len;

	scratch_begin();
	stock_begin();
	len = stock_fill(r->in, r->in_len, message, sizeof(message));
	want_len = stock_fill(r->want, strlen(r->want), want, sizeof(want));
	for (int way = 0; way < WAYS; way++) {
		struct result got = graft(message, len, way, first_out);

		ck_assert_msg(got.code == 0, "%s: exit %d, %s", r->name, got.code, got.sentence);
		check_output(r->name, first_out, got.len, want_len);
	}
	spool_close(&stock_spool);
	scratch_end();
}
END_TEST

START_TEST(a_spool_that_is_none)
{
	struct result got;
	size_t len;

	scratch_begin();
	stock_begin();
	spool_close(&stock_spool);
	ck_assert_int_eq(rename("spool", "elsewhere"), 0);
	len = stock_fill("Graft: 1\n\n" MARK("1"), 21, message, sizeof(message));
	got = graft(message, len, FROM_PIPE, first_out);
	ck_assert_int_eq(got.code, EX_CONFIG);
	ck_assert_uint_eq(got.len, 0);
	got = graft((const uint8_t *)"A: b\n\nx", 7, FROM_PIPE, first_out);
	ck_assert_int_eq(got.code, 0);
	ck_assert_uint_eq(got.len, 7);
	scratch_end();
}
END_TEST

/* A hundred markers in each form, and one more. */
START_TEST(a_hundred_grafts_and_no_more)
{
	char *text = malloc(TEXT_MAX), *p;

	ck_assert_ptr_nonnull(text);
	scratch_begin();
	stock_begin();
	for (int form = 0; form < 3; form++) {
		for (int n = GRAFTS_MAX; n <= GRAFTS_MAX + 1; n++) {
			struct result got;
			size_t len;

			p = text + sprintf(text, "Graft: 100\nMIME-Version: 1.0\n");
			if (form == 0) {
				for (int i = 0; i < n; i++) {
					p += sprintf(p, "Graft-Attach: %%1\n");
				}
				p += sprintf(p, "\n");
			} else if (form == 1) {
				p += sprintf(p, "Content-Type: multipart/mixed; boundary=b\n\n");
				for (int i = 0; i < n; i++) {
					p += sprintf(p,
					    "--b\nContent-Type: a/b\n\n"
					    "((graft:%%1))\n");
				}
				p += sprintf(p, "--b--\n");
			} else {
				p += sprintf(p, "Content-Transfer-Encoding: %s\n\n",
				    n % 2 ? "7bit" : "quoted-printable");
				for (int i = 0; i < n; i++) {
					p += sprintf(p, "((graft:%%1))\n%s", i % 2 ? "x\n" : "");
				}
			}
			len = stock_fill(text, (size_t)(p - text), message, TEXT_MAX);
			got = graft(message, len, FROM_PIPE, first_out);
			if (n > GRAFTS_MAX) {
				ck_assert_int_eq(got.code, EX_DATAERR);
				ck_assert_str_eq(got.word, "too-many-markers");
				ck_assert_uint_eq(got.len, 0);
			} else {
				ck_assert_msg(got.code == 0, "form %d: %s", form, got.sentence);
				ck_assert_uint_eq(got.size, got.len);
			}
		}
	}
	free(text);
	spool_close(&stock_spool);
	scratch_end();
}
END_TEST

/* Different tokens, each in a multipart of its own and all of these within each other. */
START_TEST(boundaries_are_many_and_have_a_limit)
{
	char *text = malloc(TEXT_MAX), *p;
	struct result got;
	size_t len;

	ck_assert_ptr_nonnull(text);
	scratch_begin();
	stock_begin();
	for (int many = 0; many < 2; many++) {
		int depth = NESTING_MAX - 1, markers = many ? 11 : 10;

		p = text +
		    sprintf(text,
		        "Graft: %d\nMIME-Version: 1.0\nContent-Type: multipart/mixed; "
		        "boundary=b\n\n",
		        markers);
		for (int m = 0; m < markers; m++) {
			p += sprintf(p, "--b\n");
			for (int i = 0; i < depth; i++) {
				p += sprintf(p,
				    "Content-Type: multipart/mixed; boundary=c%02d\n\n--c%02d\n", i,
				    i);
			}
			p += sprintf(p, "Content-Type: a/b\n\n((graft:%%%d))\n", 1 + m % 2);
			for (int i = depth; i-- > 0;) {
				p += sprintf(p, "--c%02d--\n", i);
			}
		}
		p += sprintf(p, "--b--\n");
		len = stock_fill(text, (size_t)(p - text), message, TEXT_MAX);
		got = graft(message, len, FROM_PIPE, first_out);
		if (many) {
			ck_assert_str_eq(got.word, "too-many-boundaries");
			ck_assert_int_eq(got.code, EX_DATAERR);
		} else {
			ck_assert_msg(got.code == 0, "%s", got.sentence);
			ck_assert_uint_eq(got.size, got.len);
			ck_assert_ptr_null(memmem(first_out, got.len, "\n--c", 4));
			ck_assert_ptr_null(memmem(first_out, got.len, "\n--b", 4));
		}
	}
	free(text);
	spool_close(&stock_spool);
	scratch_end();
}
END_TEST

START_TEST(a_recipient_who_is_given_comes_before_the_message_s)
{
	static const char in[] = "Graft-Attach: %7\nGraft-Recipient: c@d\n\nx";
	static const struct {
		const char *recipient, *word;
	} tries[] = {{NULL, "token-forged"}, {"A@b.example", NULL}, {"@", "token-no-recipient"},
	    {"a@b.example", NULL}, {"b@b.example", "token-forged"}};
	struct graft *g = graft_new();
	size_t len;

	scratch_begin();
	stock_begin();
	/* the same held message for each */
	len = stock_fill(in, sizeof(in) - 1, message, TEXT_MAX);
	ck_assert_int_eq(graft_from_memory(g, message, len, NULL), 0);
	for (size_t t = 0; t < sizeof(tries) / sizeof(tries[0]); t++) {
		const char *address = tries[t].recipient;
		struct result r = {.code = 0};
		struct recipient to;

		if (address != NULL) {
			recipient_canonical((const uint8_t *)address, strlen(address), &to);
		}
		plan_and_measure(g, "spool", address != NULL ? &to : NULL, &r);
		ck_assert_int_eq(r.planned, tries[t].word == NULL);
		if (r.planned) {
			ck_assert(graft_is_bound(g));
		} else {
			ck_assert_str_eq(graft_word(g), tries[t].word);
		}
	}
	graft_free(&g);
	spool_close(&stock_spool);
	scratch_end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("plan");
	TCase *tc = tcase_create("plan");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, a_message_comes_out_as_it_must, 0, COUNT(rows));
	tcase_add_loop_test(tc, a_refusal_has_its_code_and_writes_nothing, 0, COUNT(refusals));
	tcase_add_loop_test(tc, a_message_that_does_not_opt_in_stays_as_it_is, 0, COUNT(passes));
	tcase_add_test(tc, a_spool_that_is_none);
	tcase_add_test(tc, a_hundred_grafts_and_no_more);
	tcase_add_test(tc, boundaries_are_many_and_have_a_limit);
	tcase_add_test(tc, a_recipient_who_is_given_comes_before_the_message_s);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
