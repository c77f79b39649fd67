/*
 * test-policy-smtp-dialogue.c - what is said to a mail server, and what follows from its answers
 */
#include "policy/smtp-dialogue.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct smtp_dialogue dialogue;

static void
begin(const char *recipient)
{
	struct mailbox m;

	smtp_dialogue_begin(&dialogue, "mx1.test");
	if (recipient != NULL) {
		mailbox_parse(&m, recipient, strlen(recipient));
		ck_assert(smtp_dialogue_ask(&dialogue, &m, 0x123));
	}
}

/* The server's lines, one reply a string; NULL ends. Whether the dialogue is over then. */
static bool
hear(const char *const *replies)
{
	bool goes_on = true;

	for (; *replies != NULL; replies++) {
		ck_assert_msg(goes_on, "over before '%s'", *replies);
		goes_on = smtp_dialogue_take(&dialogue, *replies, strlen(*replies));
	}
	return !goes_on;
}

#define HELLO "220 p.test\r\n", "250-p.test\r\n250 SMTPUTF8\r\n"
#define UNTIL_RCPT HELLO, "250 ok\r\n", "550 5.1.1 nobody\r\n"

static const struct row {
	const char *name;
	const char *replies[8];
	enum smtp_finding finding;
	const char *words;
} rows[] = {
    {"known", {UNTIL_RCPT, "250 2.1.5 ok\r\n"}, SMTP_KNOWN, "knows the recipient"},
    {"will forward", {UNTIL_RCPT, "251 elsewhere\r\n"}, SMTP_KNOWN, "knows the recipient"},
    {"no user", {UNTIL_RCPT, "550 5.1.1 no\r\n"}, SMTP_NO_USER, NULL},
    {"bad local part", {UNTIL_RCPT, "553 5.1.3 no\r\n"}, SMTP_NO_USER, NULL},
    {"moved", {UNTIL_RCPT, "551 5.1.6 moved\r\n"}, SMTP_NO_USER, NULL},
    {"bare 550", {UNTIL_RCPT, "550 Unrouteable address\r\n"}, SMTP_NO_USER, NULL},
    {"bare 550 without a text", {UNTIL_RCPT, "550\r\n"}, SMTP_NO_USER, NULL},
    {"many lines", {UNTIL_RCPT, "550-5.1.1 no\r\n550 5.1.1 user\r\n"}, SMTP_NO_USER, NULL},
    {"about the sender", {UNTIL_RCPT, "550 5.1.8 sender\r\n"}, SMTP_NOTHING, NULL},
    {"about either", {UNTIL_RCPT, "550 5.1.0 address\r\n"}, SMTP_NOTHING, NULL},
    {"about the domain", {UNTIL_RCPT, "550 5.1.2 domain\r\n"}, SMTP_NOTHING, NULL},
    {"policy", {UNTIL_RCPT, "550 5.7.1 client blocked\r\n"}, SMTP_NOTHING, NULL},
    {"Exim does not know the domain", {UNTIL_RCPT, "550 Relay not permitted\r\n"}, SMTP_NOTHING,
        NULL},
    {"554", {UNTIL_RCPT, "554 5.1.1 no\r\n"}, SMTP_NOTHING, NULL},
    {"Postfix does not know the domain", {UNTIL_RCPT, "454 4.7.1 Relay access denied\r\n"},
        SMTP_NOTHING, NULL},
    {"later", {UNTIL_RCPT, "450 4.2.0 greylisted\r\n"}, SMTP_NOTHING, NULL},
    {"full", {UNTIL_RCPT, "552 5.2.2 full\r\n"}, SMTP_NOTHING, NULL},
    {"takes all", {HELLO, "250 ok\r\n", "250 ok\r\n"}, SMTP_TAKES_ALL, "takes every recipient"},
    {"refuses nobody in another way", {HELLO, "250 ok\r\n", "450 wait\r\n", "250 ok\r\n"},
        SMTP_KNOWN, NULL},
    {"no null sender", {HELLO, "550 5.7.1 no\r\n"}, SMTP_NOTHING, "refuses the null sender"},
    {"shuts down", {HELLO, "250 ok\r\n", "421 bye\r\n"}, SMTP_NOTHING, "has no time"},
    {"greets with an error", {"554 no\r\n"}, SMTP_NOTHING, "greets with an error"},
    {"refuses EHLO", {"220 p\r\n", "502 what\r\n"}, SMTP_NOTHING, "refuses EHLO"},
    {"no SMTP", {"hello\r\n"}, SMTP_NOTHING, "does not speak SMTP"},
    {"two answers at once", {"220 p\r\n250 p\r\n"}, SMTP_NOTHING, "speaks out of turn"},
};

START_TEST(an_answer_proves_only_what_it_says)
{
	const struct row *r = &rows[_i];

	begin("user@d.test");
	ck_assert_msg(hear(r->replies), "%s: not over", r->name);
	ck_assert_msg(dialogue.report.finding == r->finding, "%s: %s", r->name,
	    smtp_finding_name(dialogue.report.finding));
	if (r->words != NULL) {
		ck_assert_str_eq(dialogue.report.words, r->words);
	}
}
END_TEST

static void
takes(const char *reply, const char *command)
{
	(void)smtp_dialogue_take(&dialogue, reply, strlen(reply));
	ck_assert_str_eq(dialogue.command, command);
}

START_TEST(commands_come_in_order_and_never_data)
{
	begin("User@D.test");
	takes("220-p\r\n", "");
	takes("220 p\r\n", "EHLO mx1.test\r\n");
	takes("250 p\r\n", "MAIL FROM:<>\r\n");
	takes("250 ok\r\n", "RCPT TO:<nosuchuser0000000000000123@d.test>\r\n");
	takes("550 no\r\n", "RCPT TO:<User@d.test>\r\n");
	takes("250 ok\r\n", "QUIT\r\n");
	ck_assert_int_eq(dialogue.stage, SMTP_OVER);
	begin(NULL); /* only whether it answers */
	takes("220 p\n", "EHLO mx1.test\r\n");
	takes("250 p\n", "QUIT\r\n");
	ck_assert(dialogue.report.up);
	ck_assert_str_eq(dialogue.report.words, "answers");
}
END_TEST

START_TEST(a_reply_may_come_in_any_pieces)
{
	static const char text[] = "250-p.test\r\n250-SIZE 1\r\n250 ok\r\n";

	for (size_t cut = 0; cut < sizeof(text) - 1; cut++) {
		begin("user@d.test");
		takes("220 p\r\n", "EHLO mx1.test\r\n");
		ck_assert(smtp_dialogue_take(&dialogue, text, cut));
		ck_assert_str_eq(dialogue.command, "");
		takes(text + cut, "MAIL FROM:<>\r\n");
	}
}
END_TEST

START_TEST(no_server_is_read_for_ever)
{
	char line[SMTP_LINE_MAX + 2];
	int lines = 0;

	begin("user@d.test");
	while (smtp_dialogue_take(&dialogue, "220-more\r\n", 10)) {
		ck_assert_int_le(++lines, SMTP_LINES_MAX);
	}
	memset(line, '2', sizeof(line));
	begin("user@d.test");
	ck_assert(!smtp_dialogue_take(&dialogue, line, sizeof(line)));
	ck_assert_str_eq(dialogue.report.words, "does not speak SMTP");
}
END_TEST

static const struct path_row {
	const char *recipient;
	const char *path; /* NULL: cannot be said */
} paths[] = {
    {"a.b+c=d@d.test", "a.b+c=d@d.test"},
    {"two words@d.test", "\"two words\"@d.test"},
    {"q\"u\\o@d.test", "\"q\\\"u\\\\o\"@d.test"},
    {".a@d.test", "\".a\"@d.test"},
    {"a..b@d.test", "\"a..b\"@d.test"},
    {"a.@d.test", "\"a.\"@d.test"},
    {"a\rb@d.test", NULL},
    {"a\x7f@d.test", NULL},
    {"a>b@d.test", "\"a>b\"@d.test"},
    {"\xc3\xbc@d.test", "\xc3\xbc@d.test"},
};

START_TEST(a_local_part_is_quoted_where_it_must_be)
{
	const struct path_row *r = &paths[_i];
	struct mailbox m;
	bool can;

	mailbox_parse(&m, r->recipient, strlen(r->recipient));
	smtp_dialogue_begin(&dialogue, "mx1.test");
	can = smtp_dialogue_ask(&dialogue, &m, 1);
	ck_assert_msg(can == (r->path != NULL), "%s", r->recipient);
	if (can) {
		ck_assert_str_eq(dialogue.recipient, r->path);
	}
}
END_TEST

START_TEST(utf8_is_said_only_where_it_is_understood)
{
	begin("\xc3\xbc@d.test");
	takes("220 p\r\n", "EHLO mx1.test\r\n");
	takes("250-p\r\n250-smtputf8\r\n250 SIZE\r\n", "MAIL FROM:<> SMTPUTF8\r\n");
	begin("\xc3\xbc@d.test");
	takes("220 p\r\n", "EHLO mx1.test\r\n");
	takes("250 p\r\n", "QUIT\r\n");
	ck_assert_str_eq(dialogue.report.words, "does not know SMTPUTF8");
	ck_assert_int_eq(dialogue.report.finding, SMTP_NOTHING);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("policy-smtp-dialogue");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_loop_test(
	    t, an_answer_proves_only_what_it_says, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(t, commands_come_in_order_and_never_data);
	tcase_add_test(t, a_reply_may_come_in_any_pieces);
	tcase_add_test(t, no_server_is_read_for_ever);
	tcase_add_loop_test(
	    t, a_local_part_is_quoted_where_it_must_be, 0, sizeof(paths) / sizeof(paths[0]));
	tcase_add_test(t, utf8_is_said_only_where_it_is_understood);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
