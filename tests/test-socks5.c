/*
 * test-socks5.c - the SOCKS5 dialogue, however its bytes arrive
 */
#include <arpa/inet.h>
#include <check.h>
#include <string.h>

#include "relay/socks5.h"
#include "tests/scratch.h"
#include "tests/slices.h"

#define BYTES(text) text, sizeof(text) - 1

static const struct row {
	const char *name;
	const char *in;
	size_t len;
	const char *said;
	size_t said_len;
	enum socks5_status want;
	const char *address, *user;
	unsigned port;
	size_t rest;
} rows[] = {
    {"IPv4 without a login", BYTES("\5\1\0\5\1\0\1\xcb\0\x71\x19\0\x18"), BYTES("\5\0"),
        SOCKS5_REQUEST, "203.0.113.25", "", 24, 0},
    {"with a login", BYTES("\5\2\0\2\1\3abc\1x\5\1\0\1\xcb\0\x71\x19\0\x18LHLO"), BYTES("\5\2\1\0"),
        SOCKS5_REQUEST, "203.0.113.25", "abc", 24, 4},
    {"an empty login", BYTES("\5\1\2\1\0\0\5\1\0\1\1\2\3\4\xff\xff"), BYTES("\5\2\1\0"),
        SOCKS5_REQUEST, "1.2.3.4", "", 65535, 0},
    {"IPv6", BYTES("\5\1\0\5\1\0\4\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1\0\x19"), BYTES("\5\0"),
        SOCKS5_REQUEST, "2001:db8::1", "", 25, 0},
    {"a name", BYTES("\5\1\0\5\1\0\3\1a\0\x19"), BYTES("\5\0\5\x08\0\1\0\0\0\0\0\0"),
        SOCKS5_REFUSED, NULL, NULL, 0, 4},
    {"BIND", BYTES("\5\1\0\5\2\0\1\1\2\3\4\0\x19"), BYTES("\5\0\5\7\0\1\0\0\0\0\0\0"),
        SOCKS5_REFUSED, NULL, NULL, 0, 0},
    {"SOCKS4", BYTES("\4\1\0"), BYTES("\5\xff"), SOCKS5_REFUSED, NULL, NULL, 0, 0},
    {"no method of ours", BYTES("\5\1\1"), BYTES("\5\xff"), SOCKS5_REFUSED, NULL, NULL, 0, 0},
    {"no method at all", BYTES("\5\0"), BYTES("\5\xff"), SOCKS5_REFUSED, NULL, NULL, 0, 0},
    {"another login version", BYTES("\5\1\2\2\1a\1b"), BYTES("\5\2\1\1"), SOCKS5_REFUSED, NULL,
        NULL, 0, 0},
    {"SMTP", BYTES("EHLO x\r\n"), BYTES(""), SOCKS5_MORE, NULL, NULL, 0, 0},
    {"cut short", BYTES("\5\1\0\5\1\0\1\1\2"), BYTES("\5\0"), SOCKS5_MORE, NULL, NULL, 0, 0},
};

/* Feeds a chunk as a server would; answers are gathered. Returns the last status. */
static enum socks5_status
feed(struct socks5 *s, const uint8_t *p, size_t n, size_t *used, uint8_t *said, size_t *said_len)
{
	enum socks5_status status;
	size_t at = 0, u;

	do {
		status = socks5_feed(s, p + at, n - at, &u);
		at += u;
		memcpy(said + *said_len, s->answer, s->answer_len);
		*said_len += s->answer_len;
	} while (status == SOCKS5_ANSWER);
	*used += at;
	return status;
}

static void
check_end(const struct row *row, const char *way, const struct socks5 *s)
{
	char text[INET6_ADDRSTRLEN];

	if (row->want != SOCKS5_REQUEST) {
		return;
	}
	inet_ntop(s->family, s->address, text, sizeof(text));
	ck_assert_str_eq(text, row->address);
	ck_assert_uint_eq(s->port, row->port);
	ck_assert_msg(
	    s->user_len == strlen(row->user) && memcmp(s->user, row->user, s->user_len) == 0,
	    "%s, %s", row->name, way);
}

START_TEST(dialogues)
{
	const struct row *row = &rows[_i];
	struct slices cut;

	for (size_t way = 0; slices_begin(&cut, row->in, row->len, way); way++) {
		enum socks5_status status = SOCKS5_MORE;
		uint8_t said[64];
		size_t said_len = 0, used = 0, n;
		const uint8_t *p;
		struct socks5 s;

		socks5_begin(&s);
		while (status == SOCKS5_MORE && slices_next(&cut, &p, &n)) {
			status = feed(&s, p, n, &used, said, &said_len);
		}
		slices_end(&cut);
		ck_assert_msg(status == row->want, "%s, %s: %d", row->name, cut.way, (int)status);
		ck_assert_msg(said_len == row->said_len && memcmp(said, row->said, said_len) == 0,
		    "%s, %s: said %zu bytes", row->name, cut.way, said_len);
		check_end(row, cut.way, &s);
		if (way == 0 && status == SOCKS5_REQUEST) {
			ck_assert_msg(used == row->len - row->rest, "%s", row->name);
		}
	}
}
END_TEST

START_TEST(granted)
{
	struct socks5 s;
	size_t used;

	socks5_begin(&s);
	ck_assert_int_eq(socks5_feed(&s, (const uint8_t *)"\5\1\0", 3, &used), SOCKS5_ANSWER);
	ck_assert_int_eq(
	    socks5_feed(&s, (const uint8_t *)"\5\1\0\1\1\2\3\4\0\x19", 10, &used), SOCKS5_REQUEST);
	socks5_grant(&s);
	ck_assert_uint_eq(s.answer_len, 10);
	ck_assert_mem_eq(s.answer, "\5\0\0\1\0\0\0\0\0\0", 10);
	ck_assert_int_eq(socks5_feed(&s, (const uint8_t *)"x", 1, &used), SOCKS5_REFUSED);
	ck_assert_uint_eq(used, 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("socks5");
	TCase *t = tcase_create("all");

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, dialogues, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(t, granted);
	return scratch_run(s);
}
