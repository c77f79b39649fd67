/*
 * test-media-type.c - the media type of a file: allowed in a message, and true
 */
#include "cli/media-type.h"

#include "mime/charset-check.h"
#include "tests/scratch.h"

static struct sniff *sniff;

static const struct row {
	const char *content;
	size_t len; /* 0: strlen */
	const char *name;
	const char *type;
	enum entry_type_from from;
	enum charset charset; /* CHARSET_UNKNOWN: that of the content */
} rows[] = {
    {"", 0, "", "application/octet-stream", ENTRY_TYPE_SNIFFED, 0},
    {"hello\n", 0, "", "text/plain; charset=us-ascii", ENTRY_TYPE_SNIFFED, 0},
    /* what is over 0x7f comes later than libmagic looks */
    {"hello\n", 0, "", "text/plain; charset=utf-8", ENTRY_TYPE_SNIFFED, CHARSET_UTF8},
    {"gr\303\274\303\237\n", 0, "", "text/plain; charset=utf-8", ENTRY_TYPE_SNIFFED, 0},
    {"%PDF-1.7\n%\342\343\317\323\n", 0, "", "application/pdf", ENTRY_TYPE_SNIFFED, 0},
    {"\211PNG\r\n\032\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\10\6\0\0\0", 29, "", "image/png",
        ENTRY_TYPE_SNIFFED, 0},
    {"\0\1\2\3\4\5\6\7", 8, "", "application/octet-stream", ENTRY_TYPE_SNIFFED, 0},
    /* no charset that is not certain */
    {"\321\367\270\362\n", 0, "a.txt", "text/plain", ENTRY_TYPE_SNIFFED, 0},
    {"\033$B@A5a\033(B\n", 0, "", "text/plain", ENTRY_TYPE_SNIFFED, 0},
    {"\377\376a\0b\0\n\0", 8, "", "text/plain; charset=utf-16", ENTRY_TYPE_SNIFFED, 0},
    {"<?xml version=\"1.0\" encoding=\"windows-1251\"?>\n<a>\303\244</a>\n", 0, "", "text/xml",
        ENTRY_TYPE_SNIFFED, 0},
    {"<?xml version=\"1.0\" encoding='UTF-8'?>\n<a>\303\244</a>\n", 0, "",
        "text/xml; charset=utf-8", ENTRY_TYPE_SNIFFED, 0},
    {"<!DOCTYPE html><meta charset=\"iso-8859-1\">\303\244\n", 0, "", "text/html",
        ENTRY_TYPE_SNIFFED, 0},
    /* the extension, where the content says no more than "some text" or "some bytes" */
    {"Name;Ort\nM\303\274ller;K\303\266ln\n", 0, "x.y.CSV", "text/csv; charset=utf-8",
        ENTRY_TYPE_NAMED, 0},
    {"\r\n%PDF-1.4\n\0\1\2", 13, "a.pdf", "application/pdf", ENTRY_TYPE_NAMED, 0},
    {"", 0, "a.txt", "text/plain; charset=us-ascii", ENTRY_TYPE_NAMED, 0},
    {"hello\n", 0, "a.txt", "text/plain; charset=us-ascii", ENTRY_TYPE_SNIFFED, 0},
    {"hello\n", 0, "a.mixed", "text/plain; charset=us-ascii", ENTRY_TYPE_SNIFFED, 0},
    {"hello\n", 0, "a.unheard", "text/plain; charset=us-ascii", ENTRY_TYPE_SNIFFED, 0},
    {"%PDF-1.7\n%\342\343\317\323\n", 0, "a.csv", "application/pdf", ENTRY_TYPE_SNIFFED, 0},
};

static const char list[] = "# types\ntext/csv\t\tcsv\nmultipart/mixed mixed\n"
                           "application/pdf pdf\ntext/plain txt\n";

START_TEST(content_and_name_are_asked)
{
	const struct row *r = &rows[_i];
	size_t len = r->len > 0 ? r->len : strlen(r->content);
	struct spool_fail why = {0};
	struct media_facts facts = {.name = r->name, .name_len = strlen(r->name)};
	struct extensions *extensions;
	struct charset_check check;
	struct entry e;

	scratch_begin();
	scratch_file("content", r->content, len, 0400);
	scratch_file("list", list, sizeof(list) - 1, 0400);
	facts.fd = open("content", O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(facts.fd, 0);
	charset_check_begin(&check);
	charset_check_add(&check, (const uint8_t *)r->content, len);
	facts.charset = r->charset != 0 ? r->charset : charset_check_end(&check);
	ck_assert_int_eq(sniff_open(&sniff, &why), 0);
	extensions = extensions_load("list");
	memset(&e, 0xa5, sizeof(e));
	e.size = len;
	media_type_find(sniff, extensions, &facts, &e);
	ck_assert_msg(e.type_len == strlen(r->type) && memcmp(e.type, r->type, e.type_len) == 0,
	    "%.*s, not %s", (int)e.type_len, e.type, r->type);
	ck_assert_int_eq(e.type_from, r->from);
	sniff_close(&sniff);
	extensions_free(&extensions);
	close(facts.fd);
	scratch_end();
}
END_TEST

START_TEST(what_cannot_be_read_is_octets)
{
	const struct media_facts facts = {.fd = -1, .name = "a.pdf", .name_len = 5};
	struct spool_fail why = {0};
	struct entry e = {.size = 5};

	ck_assert_int_eq(sniff_open(&sniff, &why), 0);
	media_type_find(sniff, NULL, &facts, &e);
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

	tcase_add_loop_test(tc, content_and_name_are_asked, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tc, what_cannot_be_read_is_octets);
	tcase_add_loop_test(tc, a_message_is_no_base64, 0, sizeof(settled) / sizeof(settled[0]));
	suite_add_tcase(suite, tc);
	return scratch_run(suite);
}
