/*
 * test-media-type.c - the media type of a file: allowed in a message, and true
 */
#include "cli/media-type.h"

#include "tests/scratch.h"

static struct sniff *sniff;

static const struct row {
	const char *content;
	size_t len;
	bool eight_bit;
	const char *type;
} rows[] = {
    {"", 0, false, "application/octet-stream"},
    {"hello\n", 6, false, "text/plain; charset=us-ascii"},
    /* bytes over 0x7f stand after the part that libmagic reads */
    {"hello\n", 6, true, "text/plain"},
    {"gr\xc3\xbc\xc3\x9f\n", 7, true, "text/plain; charset=utf-8"},
    {"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", 15, true, "application/pdf"},
    {"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\10\6\0\0\0", 29, true, "image/png"},
    {"\0\1\2\3\4\5\6\7", 8, false, "application/octet-stream"},
};

START_TEST(libmagic_is_asked)
{
	const struct row *r = &rows[_i];
	struct spool_fail why = {0};
	struct entry e;
	int fd;

	scratch_begin();
	scratch_file("content", r->content, r->len, 0400);
	fd = open("content", O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(sniff_open(&sniff, &why), 0);
	memset(&e, 0xa5, sizeof(e));
	e.size = r->len;
	media_type_find(sniff, fd, r->eight_bit, &e);
	ck_assert_msg(e.type_len == strlen(r->type) && memcmp(e.type, r->type, e.type_len) == 0,
	    "%.*s, not %s", (int)e.type_len, e.type, r->type);
	sniff_close(&sniff);
	close(fd);
	scratch_end();
}
END_TEST

START_TEST(what_cannot_be_read_is_octets)
{
	struct spool_fail why = {0};
	struct entry e = {.size = 5};

	ck_assert_int_eq(sniff_open(&sniff, &why), 0);
	media_type_find(sniff, -1, false, &e);
	ck_assert_int_eq(
	    e.type_len == 24 && memcmp(e.type, "application/octet-stream", 24) == 0, 1);
	sniff_close(&sniff);
}
END_TEST

static const struct settled {
	const char *type;
	bool message;
	const char *then;
	bool as_it_is;
} settled[] = {
    {"message/rfc822", true, "message/rfc822", true},
    {"message/rfc822; charset=us-ascii", true, "message/rfc822", true},
    {"message/rfc822", false, "application/octet-stream", false},
    {"message/rfc822x", true, "message/rfc822x", false},
    {"message/rfc82", true, "message/rfc82", false},
    {"text/plain; charset=utf-8", true, "text/plain; charset=utf-8", false},
};

START_TEST(a_message_is_no_base64)
{
	const struct settled *r = &settled[_i];
	struct entry e = {.type_len = strlen(r->type)};

	memcpy(e.type, r->type, e.type_len);
	media_type_settle(&e, r->message, 7);
	ck_assert_msg(e.type_len == strlen(r->then) && memcmp(e.type, r->then, e.type_len) == 0,
	    "%s", r->type);
	ck_assert_int_eq(e.message, r->as_it_is);
	ck_assert_uint_eq(e.crs, r->as_it_is ? 7 : 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("media-type");
	TCase *tc = tcase_create("media-type");

	tcase_add_loop_test(tc, libmagic_is_asked, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tc, what_cannot_be_read_is_octets);
	tcase_add_loop_test(tc, a_message_is_no_base64, 0, sizeof(settled) / sizeof(settled[0]));
	suite_add_tcase(suite, tc);
	return scratch_run(suite);
}
