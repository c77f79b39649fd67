/*
 * test-smtp-reply.c - what is a reply of a server, however its bytes arrive; what EHLO offers
 */
#include <check.h>
#include <string.h>

#include "relay/smtp-offers.h"
#include "relay/smtp-reply.h"
#include "tests/scratch.h"
#include "tests/slices.h"

static const struct row {
	const char *in;
	enum smtp_reply_status want;
	unsigned code;
	const char *text;
	size_t rest;
} rows[] = {
    {"250 ok\r\n", SMTP_REPLY_DONE, 250, "ok", 0},
    {"250 ok\n", SMTP_REPLY_DONE, 250, "ok", 0},
    {"250\r\n", SMTP_REPLY_DONE, 250, "", 0},
    {"250\n", SMTP_REPLY_DONE, 250, "", 0},
    {"250 \r\n", SMTP_REPLY_DONE, 250, "", 0},
    {"250-a\r\n250-b\r\n250 c\r\n", SMTP_REPLY_DONE, 250, "a\nb\nc", 0},
    {"250-a\r\n250\r\n", SMTP_REPLY_DONE, 250, "a\n", 0},
    {"250-\r\n250 b\r\n", SMTP_REPLY_DONE, 250, "\nb", 0},
    {"250 ok\r\n354 go\r\n", SMTP_REPLY_DONE, 250, "ok", 8},
    {"550 5.1.1 no\tsuch\r user\r\n", SMTP_REPLY_DONE, 550, "5.1.1 no?such? user", 0},
    {"550 \x1b[0m\x7f\xc3\xa9\r\r\n", SMTP_REPLY_DONE, 550, "?[0m?\xc3\xa9?", 0},
    {"250-a\r\n550 b\r\n", SMTP_REPLY_BROKEN, 0, NULL, 0},
    {"250-a\r\n\r\n", SMTP_REPLY_BROKEN, 0, NULL, 0},
    {"150 a\r\n", SMTP_REPLY_BROKEN, 0, NULL, 0},
    {"650 a\r\n", SMTP_REPLY_BROKEN, 0, NULL, 0},
    {"25 a\r\n", SMTP_REPLY_BROKEN, 0, NULL, 0},
    {"25\r\n", SMTP_REPLY_BROKEN, 0, NULL, 0},
    {"250ok\r\n", SMTP_REPLY_BROKEN, 0, NULL, 0},
    {"250\rx\n", SMTP_REPLY_BROKEN, 0, NULL, 0},
    {"\r\n", SMTP_REPLY_BROKEN, 0, NULL, 0},
    {"\n", SMTP_REPLY_BROKEN, 0, NULL, 0},
    {"HTTP/1.1 400\r\n", SMTP_REPLY_BROKEN, 0, NULL, 0},
    {"250 ok", SMTP_REPLY_MORE, 0, NULL, 0},
    {"250-ok\r\n", SMTP_REPLY_MORE, 0, NULL, 0},
};

START_TEST(replies)
{
	const struct row *row = &rows[_i];
	size_t len = strlen(row->in);
	struct slices cut;

	for (size_t way = 0; slices_begin(&cut, row->in, len, way); way++) {
		enum smtp_reply_status status = SMTP_REPLY_MORE;
		size_t used = 0, n, u;
		struct smtp_reply r;
		const uint8_t *p;

		smtp_reply_begin(&r);
		while (status == SMTP_REPLY_MORE && slices_next(&cut, &p, &n)) {
			status = smtp_reply_feed(&r, p, n, &u);
			used += u;
		}
		slices_end(&cut);
		ck_assert_msg(status == row->want, "'%s', %s: %d", row->in, cut.way, (int)status);
		if (status != SMTP_REPLY_DONE) {
			continue;
		}
		ck_assert_uint_eq(r.code, row->code);
		ck_assert_uint_eq(used, len - row->rest);
		ck_assert_msg(r.len == strlen(row->text) && memcmp(r.text, row->text, r.len) == 0,
		    "'%s', %s: '%.*s'", row->in, cut.way, (int)r.len, r.text);
	}
}
END_TEST

START_TEST(too_long)
{
	static char line[REPLY_LINE_MAX + 16];
	struct smtp_reply *r = malloc(sizeof(*r));
	size_t used;

	memset(line, 'x', sizeof(line));
	memcpy(line, "250 ", 4);
	smtp_reply_begin(r);
	line[REPLY_LINE_MAX - 1] = '\n';
	ck_assert_int_eq(
	    smtp_reply_feed(r, (uint8_t *)line, REPLY_LINE_MAX, &used), SMTP_REPLY_DONE);
	line[REPLY_LINE_MAX - 1] = 'x';
	smtp_reply_begin(r);
	ck_assert_int_eq(
	    smtp_reply_feed(r, (uint8_t *)line, sizeof(line), &used), SMTP_REPLY_BROKEN);
	smtp_reply_begin(r);
	for (unsigned i = 0; i < REPLY_LINES_MAX; i++) {
		ck_assert_int_eq(
		    smtp_reply_feed(r, (const uint8_t *)"250-x\r\n", 7, &used), SMTP_REPLY_MORE);
	}
	ck_assert_int_eq(
	    smtp_reply_feed(r, (const uint8_t *)"250-x\r\n", 7, &used), SMTP_REPLY_BROKEN);
	/* more text than is kept: the rest is read and left out */
	smtp_reply_begin(r);
	line[3] = '-';
	line[4000] = '\n';
	for (unsigned i = 0; i < 10; i++) {
		ck_assert_int_eq(smtp_reply_feed(r, (uint8_t *)line, 4001, &used), SMTP_REPLY_MORE);
	}
	line[3] = ' ';
	ck_assert_int_eq(smtp_reply_feed(r, (uint8_t *)line, 4001, &used), SMTP_REPLY_DONE);
	ck_assert_uint_eq(r->len, REPLY_TEXT_MAX);
	free(r);
}
END_TEST

START_TEST(enhanced_codes)
{
	struct smtp_reply r;

	smtp_reply_set(&r, 550, "5.7.1 no\nway");
	ck_assert_uint_eq(smtp_reply_class(&r), 5);
	ck_assert(smtp_reply_enhanced(&r, "5.7."));
	ck_assert(!smtp_reply_enhanced(&r, "4.7."));
	ck_assert_mem_eq(r.text, "5.7.1 no?way", r.len);
}
END_TEST

START_TEST(offers)
{
	static const char ehlo[] =
	    "250-PIPELINING.example size 7\r\n250-SIZE 1000\r\n250-pipelining\r\n250-8BITMIME\r\n"
	    "250-AUTH=LOGIN\r\n250-AUTH CRAM-MD5 PLAIN\r\n250-DSN\r\n250-STARTTLS\r\n"
	    "250 SMTPUTF8 x\r\n";
	struct smtp_reply r;
	struct smtp_offers o;
	size_t used;

	smtp_reply_begin(&r);
	ck_assert_int_eq(
	    smtp_reply_feed(&r, (const uint8_t *)ehlo, sizeof(ehlo) - 1, &used), SMTP_REPLY_DONE);
	smtp_offers_read(&r, &o);
	ck_assert(o.pipelining && o.eight_bit && o.utf8 && o.dsn && o.starttls);
	ck_assert(o.auth_plain && o.auth_login);
	ck_assert(o.has_size);
	ck_assert_uint_eq(o.size, 1000);
	smtp_reply_set(&r, 250, "PIPELINING");
	smtp_offers_read(&r, &o);
	ck_assert(!o.pipelining && !o.has_size);
	smtp_reply_begin(&r);
	smtp_reply_feed(&r, (const uint8_t *)"250-x\r\n250 SIZE 99x\r\n", 21, &used);
	smtp_offers_read(&r, &o);
	ck_assert(o.has_size);
	ck_assert_uint_eq(o.size, 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("smtp-reply");
	TCase *t = tcase_create("all");

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, replies, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(t, too_long);
	tcase_add_test(t, enhanced_codes);
	tcase_add_test(t, offers);
	return scratch_run(s);
}
