/*
 * test-lmtp-command.c - what an LMTP command line says, and which lines are none
 */
#include <check.h>
#include <string.h>

#include "relay/limits.h"
#include "relay/lmtp-command.h"
#include "tests/scratch.h"
#include "tests/slices.h"

static const struct row {
	const char *line;
	enum lmtp_mistake want;
	enum lmtp_verb verb;
	const char *address; /* or the name */
	const char *first;   /* ret, notify, ident */
	const char *second;  /* envid, orcpt */
	uint64_t size;
	bool eight_bit, utf8;
} rows[] = {
    {.line = "LHLO mta.example", .verb = LMTP_LHLO, .address = "mta.example"},
    {.line = "lhlo [192.0.2.1] ", .verb = LMTP_LHLO, .address = "[192.0.2.1]"},
    {.line = "LHLO", .verb = LMTP_LHLO, .want = LMTP_BAD_SYNTAX},
    {.line = "LHLO a b", .verb = LMTP_LHLO, .want = LMTP_BAD_SYNTAX},
    {.line = "HELO a", .want = LMTP_BAD_COMMAND},
    {.line = "EHLO a", .want = LMTP_BAD_COMMAND},
    {.line = "", .want = LMTP_BAD_COMMAND},
    {.line = "MAIL FROM:<>", .verb = LMTP_MAIL, .address = ""},
    {.line = "mail from: <a@b>", .verb = LMTP_MAIL, .address = "a@b"},
    {
        .line = "MAIL FROM:<a@b> SIZE=1234 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=x+2By",
        .verb = LMTP_MAIL,
        .address = "a@b",
        .size = 1234,
        .eight_bit = true,
        .utf8 = true,
        .first = "HDRS",
        .second = "x+2By",
    },
    {.line = "MAIL FROM:<a@b> BODY=7BIT", .verb = LMTP_MAIL, .address = "a@b"},
    {.line = "MAIL FROM:<a@b> SIZE=1 SIZE=2", .verb = LMTP_MAIL, .want = LMTP_BAD_SYNTAX},
    {.line = "MAIL FROM:<a@b> SIZE=-1", .verb = LMTP_MAIL, .want = LMTP_BAD_SYNTAX},
    {.line = "MAIL FROM:<a@b> SIZE=12345678901234567890",
        .verb = LMTP_MAIL,
        .want = LMTP_BAD_SYNTAX},
    {.line = "MAIL FROM:<a@b> BODY=BINARYMIME", .verb = LMTP_MAIL, .want = LMTP_BAD_SYNTAX},
    {.line = "MAIL FROM:<a@b> AUTH=<>", .verb = LMTP_MAIL, .want = LMTP_BAD_PARAMETER},
    {.line = "MAIL FROM:<a@b> NOTIFY=NEVER", .verb = LMTP_MAIL, .want = LMTP_BAD_PARAMETER},
    {.line = "MAIL FROM:<a@b>SIZE=1", .verb = LMTP_MAIL, .want = LMTP_BAD_SYNTAX},
    {.line = "MAIL FROM:a@b", .verb = LMTP_MAIL, .want = LMTP_BAD_SYNTAX},
    {.line = "MAIL FROM:<a@b", .verb = LMTP_MAIL, .want = LMTP_BAD_SYNTAX},
    {.line = "MAIL TO:<a@b>", .verb = LMTP_MAIL, .want = LMTP_BAD_SYNTAX},
    {.line = "MAIL", .verb = LMTP_MAIL, .want = LMTP_BAD_SYNTAX},
    {.line = "RCPT TO:<>", .verb = LMTP_RCPT, .want = LMTP_BAD_SYNTAX},
    {.line = "RCPT TO:<a@b>", .verb = LMTP_RCPT, .address = "a@b"},
    {.line = "RCPT TO:<a b@c>", .verb = LMTP_RCPT, .want = LMTP_BAD_SYNTAX},
    {.line = "RCPT TO:<\"a> b\"@c>", .verb = LMTP_RCPT, .address = "\"a> b\"@c"},
    {.line = "RCPT TO:<\"a\\\"b\"@c>", .verb = LMTP_RCPT, .address = "\"a\\\"b\"@c"},
    {.line = "RCPT TO:<\"a\\", .verb = LMTP_RCPT, .want = LMTP_BAD_SYNTAX},
    {.line = "RCPT TO:<a@b\t>", .verb = LMTP_RCPT, .want = LMTP_BAD_SYNTAX},
    {
        .line = "RCPT TO:<a@b> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;c@d",
        .verb = LMTP_RCPT,
        .address = "a@b",
        .first = "SUCCESS,DELAY",
        .second = "rfc822;c@d",
    },
    {.line = "RCPT TO:<a@b> ORCPT=", .verb = LMTP_RCPT, .want = LMTP_BAD_SYNTAX},
    {.line = "RCPT TO:<a@b> ORCPT=x ORCPT=y", .verb = LMTP_RCPT, .want = LMTP_BAD_SYNTAX},
    {.line = "RCPT TO:<a@b> SIZE=1", .verb = LMTP_RCPT, .want = LMTP_BAD_PARAMETER},
    {.line = "RCPT TO:<a@b>\nRCPT TO:<c@d>", .verb = LMTP_RCPT, .want = LMTP_BAD_COMMAND},
    {.line = "RCPT TO:<a@b>\rx", .verb = LMTP_RCPT, .want = LMTP_BAD_COMMAND},
    {.line = "DATA", .verb = LMTP_DATA},
    {.line = "DATA ", .verb = LMTP_DATA},
    {.line = "DATA x", .verb = LMTP_DATA, .want = LMTP_BAD_SYNTAX},
    {.line = "BDAT 1 LAST", .want = LMTP_BAD_COMMAND},
    {.line = "RSET", .verb = LMTP_RSET},
    {.line = "NOOP hello", .verb = LMTP_NOOP},
    {.line = "QUIT", .verb = LMTP_QUIT},
    {.line = "XFORWARD", .verb = LMTP_XFORWARD, .want = LMTP_BAD_SYNTAX},
    {.line = "XFORWARD NAME=[UNAVAILABLE] IDENT=4F+2D1", .verb = LMTP_XFORWARD, .first = "4F+2D1"},
    {.line = "XFORWARD NAME", .verb = LMTP_XFORWARD, .want = LMTP_BAD_SYNTAX},
};

static void
check_text(const char *line, const struct lmtp_text *have, const char *want)
{
	size_t len = want != NULL ? strlen(want) : 0;

	ck_assert_msg((have->p != NULL) == (want != NULL) && have->len == len &&
	        (len == 0 || memcmp(have->p, want, len) == 0),
	    "%s: '%.*s', not '%s'", line, (int)have->len, (const char *)have->p,
	    want != NULL ? want : "(none)");
}

START_TEST(lines_are_taken_apart)
{
	const struct row *row = &rows[_i];
	size_t len = strlen(row->line);
	uint8_t *line = exact_copy(row->line, len);
	struct lmtp_command c;

	ck_assert_msg(lmtp_command_parse(line, len, &c) == row->want, "%s", row->line);
	ck_assert_msg(c.verb == row->verb, "%s", row->line);
	if (row->want == LMTP_FINE) {
		check_text(row->line, row->verb == LMTP_LHLO ? &c.name : &c.address, row->address);
		check_text(row->line,
		    row->verb == LMTP_MAIL       ? &c.ret
		        : row->verb == LMTP_RCPT ? &c.notify
		                                 : &c.ident,
		    row->first);
		check_text(row->line, row->verb == LMTP_MAIL ? &c.envid : &c.orcpt, row->second);
		ck_assert_uint_eq(c.size, row->size);
		ck_assert_msg(
		    c.eight_bit == row->eight_bit && c.utf8 == row->utf8, "%s", row->line);
	}
	exact_free(line, len);
}
END_TEST

START_TEST(nul_is_refused)
{
	struct lmtp_command c;

	ck_assert_int_eq(lmtp_command_parse((const uint8_t *)"NOOP \0", 6, &c), LMTP_BAD_COMMAND);
}
END_TEST

START_TEST(an_address_has_its_size)
{
	char line[LMTP_ADDRESS_MAX + 32];
	struct lmtp_command c;

	for (size_t n = LMTP_ADDRESS_MAX; n <= LMTP_ADDRESS_MAX + 1; n++) {
		size_t len = (size_t)snprintf(line, sizeof(line), "RCPT TO:<");

		memset(line + len, 'a', n);
		line[len + n] = '>';
		ck_assert_int_eq(lmtp_command_parse((uint8_t *)line, len + n + 1, &c),
		    n == LMTP_ADDRESS_MAX ? LMTP_FINE : LMTP_BAD_SYNTAX);
	}
}
END_TEST

static const struct {
	const char *text, *want; /* NULL: none */
} xtexts[] = {
    {"", ""}, {"4F2", "4F2"}, {"a+2Bb", "a+b"}, {"a+2", NULL}, {"a+2b", NULL}, {"+", NULL},
    {"a=b", NULL}, {"a b", NULL}, {"+41+42", "AB"},
    {"123456789", NULL}, /* too long for what the test has */
};

START_TEST(xtext_is_decoded)
{
	struct lmtp_text x = {
	    .p = (const uint8_t *)xtexts[_i].text, .len = strlen(xtexts[_i].text)};
	uint8_t out[8];
	int n = lmtp_xtext(&x, out, sizeof(out));

	if (xtexts[_i].want == NULL) {
		ck_assert_int_eq(n, -1);
		return;
	}
	ck_assert_int_eq(n, (int)strlen(xtexts[_i].want));
	ck_assert_mem_eq(out, xtexts[_i].want, (size_t)n);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("lmtp-command");
	TCase *t = tcase_create("all");

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, lines_are_taken_apart, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(t, nul_is_refused);
	tcase_add_test(t, an_address_has_its_size);
	tcase_add_loop_test(t, xtext_is_decoded, 0, sizeof(xtexts) / sizeof(xtexts[0]));
	return scratch_run(s);
}
