/*
 * test-entity.c - what a header says about its body: kind, encoding, and what is refused
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "mime/entity.h"
#include "tests/slices.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define TEXT(s) .header = (s), .len = sizeof(s) - 1
#define MULTIPART(sub) TEXT("Content-Type: multipart/" sub "; boundary=b\n\n"), .boundary = "b"
#define REFUSED(why) .refused = true, .refusal = (why)

static const struct row {
	const char *name, *header;
	size_t len;
	bool in_digest;
	bool refused;
	enum scan_refusal refusal;
	struct scan_entity want;
	const char *boundary;
} rows[] = {
    {.name = "nothing", TEXT(""), .want = {.kind = SCAN_TEXT_PLAIN}},
    {.name = "no type", TEXT("A: b\n\n"), .want = {.kind = SCAN_TEXT_PLAIN}},
    {.name = "no type in a digest", TEXT("\n"), .in_digest = true, .want = {.kind = SCAN_INERT}},
    {.name = "a type in a digest",
        TEXT("Content-Type: text/plain\n\n"),
        .in_digest = true,
        .want = {.kind = SCAN_TEXT_PLAIN}},
    {.name = "text/plain",
        TEXT("content-TYPE : (x) Text / PLAIN (y); charset=x\n"),
        .want = {.kind = SCAN_TEXT_PLAIN}},
    {.name = "text/html", TEXT("Content-Type: text/html\n\n"), .want = {.kind = SCAN_TEXT_HTML}},
    {.name = "another text", TEXT("Content-Type: text/markdown\n\n"), .want = {.kind = SCAN_LEAF}},
    {.name = "text alone", TEXT("Content-Type: text\n\n"), .want = {.kind = SCAN_LEAF}},
    {.name = "an empty type", TEXT("Content-Type:\n\n"), .want = {.kind = SCAN_LEAF}},
    {.name = "a quoted type",
        TEXT("Content-Type: \"multipart/mixed\"; boundary=b\n\n"),
        .want = {.kind = SCAN_LEAF}},
    {.name = "headers of a bounced message",
        TEXT("Content-Type: text/rfc822-headers\n\n"),
        .want = {.kind = SCAN_INERT}},
    {.name = "message/rfc822",
        TEXT("Content-Type: message/rfc822\n\n"),
        .want = {.kind = SCAN_INERT}},
    {.name = "message/rfc822 in 8bit",
        TEXT("Content-Type: message/rfc822\nContent-Transfer-Encoding: 8BIT\n"),
        .want = {.kind = SCAN_INERT, .eight_bit = true}},
    {.name = "message/delivery-status",
        TEXT("Content-Type: message/delivery-status\n\n"),
        .want = {.kind = SCAN_INERT}},
    {.name = "message/global in base64",
        TEXT("Content-Type: message/global\nContent-Transfer-Encoding: base64\n"),
        .want = {.kind = SCAN_INERT, .encoding = SCAN_BASE64}},
    {.name = "message/partial",
        TEXT("Content-Type: message/partial\n\n"),
        .want = {.kind = SCAN_SEALED_LEAF}},
    {.name = "S/MIME",
        TEXT("Content-Type: application/pkcs7-mime\n\n"),
        .want = {.kind = SCAN_SEALED_LEAF}},
    {.name = "S/MIME as it was",
        TEXT("Content-Type: application/x-pkcs7-mime\nContent-Transfer-Encoding: base64\n"),
        .want = {.kind = SCAN_SEALED_LEAF, .encoding = SCAN_BASE64}},
    {.name = "a signature of S/MIME",
        TEXT("Content-Type: application/pkcs7-signature\n\n"),
        .want = {.kind = SCAN_LEAF}},
    {.name = "mixed", MULTIPART("mixed"), .want = {.kind = SCAN_MIXED}},
    {.name = "alternative", MULTIPART("ALTERNATIVE"), .want = {.kind = SCAN_ALTERNATIVE}},
    {.name = "related", MULTIPART("related"), .want = {.kind = SCAN_RELATED}},
    {.name = "digest", MULTIPART("digest"), .want = {.kind = SCAN_DIGEST}},
    {.name = "signed", MULTIPART("signed"), .want = {.kind = SCAN_SEALED}},
    {.name = "encrypted", MULTIPART("encrypted"), .want = {.kind = SCAN_SEALED}},
    {.name = "report", MULTIPART("report"), .want = {.kind = SCAN_MULTIPART}},
    {.name = "unknown", MULTIPART("mixed2"), .want = {.kind = SCAN_MULTIPART}},
    {.name = "a multipart in binary",
        TEXT("Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: binary (x)\n"),
        .boundary = "b",
        .want = {.kind = SCAN_MIXED, .eight_bit = true, .binary = true}},
    {.name = "a multipart that says base64: its delimiters decide",
        TEXT("Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n"),
        .boundary = "b",
        .want = {.kind = SCAN_MIXED, .encoding = SCAN_BASE64}},
    {.name = "a multipart in something unknown",
        TEXT("Content-Type: multipart/x; boundary=b\nContent-Transfer-Encoding: x\n"),
        .boundary = "b",
        .want = {.kind = SCAN_MULTIPART, .encoding = SCAN_OPAQUE}},
    {.name = "message/rfc822 in base64",
        TEXT("Content-Transfer-Encoding: base64\nContent-Type: message/rfc822\n"),
        .want = {.kind = SCAN_INERT, .encoding = SCAN_BASE64}},
    {.name = "message/external-body in quoted-printable",
        TEXT("Content-Transfer-Encoding: quoted-printable\nContent-Type: message/External-Body\n"),
        .want = {.kind = SCAN_INERT, .encoding = SCAN_QUOTED_PRINTABLE}},
    {.name = "7bit",
        TEXT("Content-Transfer-Encoding: 7Bit\n"),
        .want = {.encoding = SCAN_IDENTITY}},
    {.name = "8bit", TEXT("Content-Transfer-Encoding: 8bit\n"), .want = {.eight_bit = true}},
    {.name = "quoted-printable",
        TEXT("Content-Transfer-Encoding: (q) Quoted-Printable\n"),
        .want = {.encoding = SCAN_QUOTED_PRINTABLE}},
    {.name = "base64",
        TEXT("Content-Transfer-Encoding:\n BASE64\n"),
        .want = {.encoding = SCAN_BASE64}},
    {.name = "uuencode",
        TEXT("Content-Transfer-Encoding: x-uuencode\n"),
        .want = {.encoding = SCAN_OPAQUE}},
    {.name = "an empty encoding",
        TEXT("Content-Transfer-Encoding: \n"),
        .want = {.encoding = SCAN_OPAQUE}},
    {.name = "base640",
        TEXT("Content-Transfer-Encoding: base640\n"),
        .want = {.encoding = SCAN_OPAQUE}},
    {.name = "fields that an attachment has",
        TEXT("MIME-Version: 1.0\nContent-ID: <x>\nContent-Disposition: inline\n"),
        .want = {.has_mime_version = true, .has_id = true, .has_disposition = true}},
    {.name = "two names",
        TEXT("Content-ID: <x>\nContent-id: <y>\n"),
        .want = {.has_id = true, .named_twice = true}},
    {.name = "two dispositions",
        TEXT("Content-Disposition: a\nContent-Disposition: a\n"),
        .want = {.has_disposition = true, .named_twice = true}},
    {.name = "one of each",
        TEXT("Content-Disposition: a\nContent-ID: a\n"),
        .want = {.has_disposition = true, .has_id = true}},
    {.name = "refused: two types",
        TEXT("Content-Type: a/b\nContent-Type: a/b\n"),
        REFUSED(SCAN_TWO_CONTENT_TYPES)},
    {.name = "refused: two types, of which one is obsolete",
        TEXT("Content-Type: a/b\ncontent-type : a/b\n"),
        REFUSED(SCAN_TWO_CONTENT_TYPES)},
    {.name = "refused: two encodings",
        TEXT("Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: 7bit\n"),
        REFUSED(SCAN_TWO_ENCODINGS)},
    {.name = "refused: two versions",
        TEXT("MIME-Version: 1.0\nMime-Version: 1.0\n"),
        REFUSED(SCAN_TWO_MIME_VERSIONS)},
    {.name = "refused: a line that is no field", TEXT("A: b\nno\n\n"), REFUSED(SCAN_HEADER_LINE)},
    {.name = "refused: CR", TEXT("A: b\r\n"), REFUSED(SCAN_CONTROL_IN_HEADER)},
    {.name = "refused: NUL", TEXT("A: \0\n"), REFUSED(SCAN_CONTROL_IN_HEADER)},
    {.name = "refused: no boundary",
        TEXT("Content-Type: multipart/mixed\n"),
        REFUSED(SCAN_NO_BOUNDARY)},
    {.name = "refused: two boundaries",
        TEXT("Content-Type: multipart/mixed; boundary=a; boundary=a\n"),
        REFUSED(SCAN_TWO_BOUNDARIES)},
    {.name = "refused: a bad boundary",
        TEXT("Content-Type: multipart/mixed; boundary=\"\"\n"),
        REFUSED(SCAN_BAD_BOUNDARY)},
    {.name = "refused: a multipart with junk",
        TEXT("Content-Type: multipart/mixed; boundary=a b\n"),
        REFUSED(SCAN_IRREGULAR_MULTIPART)},
    {.name = "refused: a multipart without a subtype",
        TEXT("Content-Type: multipart; boundary=a\n"),
        REFUSED(SCAN_IRREGULAR_MULTIPART)},
    {.name = "refused: a multipart with a slash and no subtype",
        TEXT("Content-Type: multipart/; boundary=a\n"),
        REFUSED(SCAN_IRREGULAR_MULTIPART)},
    {.name = "refused: a third level",
        TEXT("Content-Type: multipart/mixed/x; boundary=a\n"),
        REFUSED(SCAN_IRREGULAR_MULTIPART)},
};

START_TEST(a_header_says_what_its_body_is)
{
	const struct row *r = &rows[_i];
	uint8_t *header = exact_copy(r->header, r->len);
	struct scan_entity e;
	struct scan_open open;
	int got;

	memset(&e, 0xa5, sizeof(e));
	memset(&open, 0xa5, sizeof(open));
	e.child = 5;
	got = entity_read(header, r->len, r->in_digest, &e, &open);
	ck_assert_msg(got == (r->refused ? (int)r->refusal : -1), "%s: refusal %d", r->name, got);
	ck_assert_uint_eq(e.child, 5);
	if (!r->refused) {
		ck_assert_msg(e.kind == r->want.kind, "%s: kind %d", r->name, (int)e.kind);
		ck_assert_msg(
		    e.encoding == r->want.encoding, "%s: encoding %d", r->name, (int)e.encoding);
		ck_assert_msg(e.has_disposition == r->want.has_disposition &&
		        e.has_id == r->want.has_id &&
		        e.has_mime_version == r->want.has_mime_version &&
		        e.named_twice == r->want.named_twice,
		    "%s: disposition %d, id %d, version %d, twice %d", r->name, e.has_disposition,
		    e.has_id, e.has_mime_version, e.named_twice);
		ck_assert_msg(e.eight_bit == r->want.eight_bit && e.binary == r->want.binary,
		    "%s: 8bit %d, binary %d", r->name, e.eight_bit, e.binary);
		ck_assert_msg(scan_is_multipart(e.kind) == (r->boundary != NULL),
		    "%s: a multipart or not", r->name);
		if (r->boundary != NULL) {
			ck_assert_uint_eq(open.boundary_len, strlen(r->boundary));
			ck_assert_mem_eq(open.boundary, r->boundary, open.boundary_len);
		}
	}
	exact_free(header, r->len);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("entity");
	TCase *tc = tcase_create("entity");
	SRunner *sr;
	int failed;

	tcase_add_loop_test(tc, a_header_says_what_its_body_is, 0, COUNT(rows));
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
