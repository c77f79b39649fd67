/*
 * test-lmtp-data.c - where a message ends, and where it does not, however its bytes arrive
 */
#include <check.h>
#include <string.h>

#include "relay/lmtp-data.h"
#include "tests/scratch.h"
#include "tests/slices.h"

static const struct row {
	const char *name, *in, *want;
	const char *rest; /* what stays for the next command */
	bool bare, eight_bit, open;
} rows[] = {
    {.name = "plain", .in = "a: b\r\n\r\nc\r\n.\r\n", .want = "a: b\n\nc\n"},
    {.name = "nothing", .in = ".\r\n", .want = ""},
    {.name = "one empty line", .in = "\r\n.\r\n", .want = "\n"},
    {.name = "stuffed", .in = "..\r\n..a\r\n.b\r\nc.\r\n.\r\n", .want = ".\n.a\nb\nc.\n"},
    {.name = "the rest stays", .in = "a\r\n.\r\nQUIT\r\n", .want = "a\n", .rest = "QUIT\r\n"},
    {.name = "8 bit", .in = "\xe9\r\n.\r\n", .want = "\xe9\n", .eight_bit = true},
    {.name = "no end", .in = "a\r\n", .want = "a\n", .open = true},
    {.name = "no end, dot", .in = "a\r\n.", .want = "a\n", .open = true},
    {.name = "no end, dot, CR", .in = "a\r\n.\r", .want = "a\n", .open = true},
    /* the six that some servers take for an end */
    {.name = "LF . LF", .in = "a\n.\nb\r\n.\r\n", .bare = true},
    {.name = "LF . CRLF", .in = "a\n.\r\nb\r\n.\r\n", .bare = true},
    {.name = "CR . CR", .in = "a\r.\rb\r\n.\r\n", .bare = true},
    {.name = "CR . CRLF", .in = "a\r.\r\nb\r\n.\r\n", .bare = true},
    {.name = "CRLF . LF", .in = "a\r\n.\nb\r\n.\r\n", .bare = true},
    {.name = "CRLF . CR", .in = "a\r\n.\rb\r\n.\r\n", .bare = true},
    {.name = "CR CRLF . CR CRLF", .in = "a\r\r\n.\r\r\nb\r\n.\r\n", .bare = true},
    {.name = "LF alone in the middle", .in = "a\nb\r\n.\r\n", .bare = true},
    {.name = "CR alone in the middle", .in = "a\rb\r\n.\r\n", .bare = true},
    {.name = "CR CR LF", .in = "a\r\r\n.\r\n", .bare = true},
};

START_TEST(messages_end_where_they_end)
{
	const struct row *row = &rows[_i];
	size_t len = strlen(row->in);
	size_t rest = row->rest != NULL ? strlen(row->rest) : 0;
	struct slices s;

	for (size_t way = 0; slices_begin(&s, row->in, len, way); way++) {
		uint8_t out[64];
		size_t n = 0, used = 0, chunk, u;
		const uint8_t *p;
		struct lmtp_data d;

		lmtp_data_begin(&d);
		while (slices_next(&s, &p, &chunk)) {
			uint8_t *room = exact_copy(p, chunk);
			size_t wrote = lmtp_data_feed(&d, p, chunk, &u, room);

			memcpy(out + n, room, wrote);
			exact_free(room, chunk);
			n += wrote;
			used += u;
		}
		ck_assert_msg((d.state == DATA_ENDED) == !row->open, "%s, %s", row->name, s.way);
		ck_assert_msg(d.bare == row->bare, "%s, %s", row->name, s.way);
		ck_assert_msg(d.eight_bit == row->eight_bit, "%s, %s", row->name, s.way);
		ck_assert_msg(used == len - rest, "%s, %s: %zu bytes", row->name, s.way, used);
		if (!row->bare) {
			ck_assert_msg(n == strlen(row->want) && memcmp(out, row->want, n) == 0,
			    "%s, %s", row->name, s.way);
		}
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("lmtp-data");
	TCase *t = tcase_create("all");

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, messages_end_where_they_end, 0, sizeof(rows) / sizeof(rows[0]));
	return scratch_run(s);
}
