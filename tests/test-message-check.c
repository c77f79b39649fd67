/*
 * test-message-check.c - which bytes may go out as message/rfc822
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "mime/limits.h"
#include "mime/message-check.h"

static const struct row {
	const char *name;
	const char *text;
	size_t len;
	bool good;
	uint64_t crs;
} checks[] = {
    {
        .name = "LF",
        .text = "From: a\n\nb\n",
        .good = true,
    },
    {
        .name = "CRLF",
        .text = "From: a\r\n\r\nb\r\n",
        .good = true,
        .crs = 3,
    },
    {
        .name = "empty",
        .text = "",
        .good = true,
    },
    {
        .name = "no line end at the end",
        .text = "a\r\nb",
        .good = true,
        .crs = 1,
    },
    {
        .name = "mixed",
        .text = "a\r\nb\n",
    },
    {
        .name = "mixed the other way",
        .text = "a\nb\r\n",
    },
    {
        .name = "bare CR",
        .text = "a\rb\n",
    },
    {
        .name = "CR CR LF",
        .text = "a\r\r\n",
    },
    {
        .name = "CR at the end",
        .text = "a\r\nb\r",
    },
    {
        .name = "8bit",
        .text = "a\xc3\xa4\n",
    },
    {
        .name = "NUL",
        .text = "a\0b\n",
        .len = 4,
    },
};

/* Whole, and cut at each place. */
START_TEST(message_or_not)
{
	const struct row *r = &checks[_i];
	size_t len = r->len != 0 ? r->len : strlen(r->text);

	for (size_t cut = 0; cut <= len; cut++) {
		struct message_check c;
		message_check_begin(&c);
		message_check_add(&c, (const uint8_t *)r->text, cut);
		message_check_add(&c, (const uint8_t *)r->text + cut, len - cut);
		ck_assert_msg(message_check_end(&c) == r->good, "%s cut at %zu", r->name, cut);
		ck_assert_msg(!r->good || c.crs == r->crs, "%s", r->name);
	}
}
END_TEST

START_TEST(lines_up_to_998)
{
	uint8_t line[1001];

	memset(line, 'x', sizeof(line));
	for (int over = 0; over < 2; over++) {
		for (int crlf = 0; crlf < 2; crlf++) {
			struct message_check c;
			message_check_begin(&c);
			message_check_add(&c, line, 998 + (size_t)over);
			message_check_add(
			    &c, (const uint8_t *)"\r\n" + (crlf ? 0 : 1), crlf ? 2 : 1);
			ck_assert_int_eq(message_check_end(&c), !over);
		}
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("message-check");
	TCase *tcase = tcase_create("message-check");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, message_or_not, 0, sizeof(checks) / sizeof(checks[0]));
	tcase_add_test(tcase, lines_up_to_998);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
