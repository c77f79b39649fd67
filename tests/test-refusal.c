/*
 * test-refusal.c - messages that are refused: reason, exit code, sentence, and nothing that comes
 * out
 */
#include <errno.h>
#include <sysexits.h>

#include "tests/grafted.h"

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
    {.name = "header form counts",
        IN("Graft: 1\nGraft-Attach: %1\n\n" MARK("1")),
        .exit = EX_DATAERR,
        .word = "count"},
    {.name = "header form alone, and a marker",
        IN("Graft-Attach: %1\n\n" MARK("1")),
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
        .says = "a multipart that is really encoded"},
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

/* DESIGN.md, Lasting or not: what no retry can mend, and everything else. */
START_TEST(what_lasts_and_what_waits)
{
	static const enum refusal_reason lasting[] = {REFUSED_MIME, REFUSED_HEADER_TOO_LARGE,
	    REFUSED_TOO_LARGE, REFUSED_GRAFT_TWICE, REFUSED_GRAFT_NUMBER, REFUSED_ATTACH_FIELD,
	    REFUSED_COUNT, REFUSED_TOO_MANY_MARKERS, REFUSED_TOO_MANY_BOUNDARIES,
	    REFUSED_SEALED_ROOT, REFUSED_SEALED_PLACE, REFUSED_PLACE, REFUSED_IRREGULAR_BASE64,
	    REFUSED_DEPTH, REFUSED_PART_FIELDS, REFUSED_COLLISION, REFUSED_ATTACHMENTS,
	    REFUSED_EXPANDED, REFUSED_TOKEN_MALFORMED, REFUSED_TOKEN_FORGED, REFUSED_TOKEN_REVOKED,
	    REFUSED_TOKEN_EXPIRED};

	for (enum refusal_reason r = 0; r <= REFUSED_BUG; r++) {
		struct refusal why = {.reason = r};
		bool lasts = false;

		for (int i = 0; i < COUNT(lasting); i++) {
			lasts = lasts || lasting[i] == r;
		}
		ck_assert_msg(refusal_is_lasting(&why) == lasts, "%s", refusal_word(&why));
		ck_assert_int_eq(refusal_exit(&why) == 0, r == REFUSED_NOT);
	}
}
END_TEST

START_TEST(a_sentence_is_one_line_and_fits)
{
	struct refusal why = {.reason = REFUSED_SPOOL, .part = "2.1", .line = 7, .token = 3};
	char text[400], small[10];

	spool_fail(&why.fail, "openat", "a\nb\177", ENOENT);
	ck_assert_uint_eq(refusal_sentence(&why, text, sizeof(text)), strlen(text));
	ck_assert_str_eq(text,
	    "spool not usable, part 2.1 line 7, token 3: openat 'a?b?': No such file or directory");
	ck_assert_uint_eq(refusal_sentence(&why, small, sizeof(small)), 9);
	ck_assert_str_eq(small, "spool not");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("refusal");
	TCase *tc = tcase_create("refusal");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, a_refusal_has_its_code_and_writes_nothing, 0, COUNT(refusals));
	tcase_add_test(tc, what_lasts_and_what_waits);
	tcase_add_test(tc, a_sentence_is_one_line_and_fits);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
