/*
 * test-pass.c - a message that does not opt in comes out as it is, less its Graft-Recipient field
 */
#include "tests/grafted.h"

static const struct pass_row {
	const char *name, *in;
	size_t in_len;
	const char *want;
} passes[] = {
    {.name = "no header", IN("\nbody " MARK("1") "\n"), .want = "\nbody " MARK("1") "\n"},
    {.name = "an ordinary message",
        IN("From: a\nGraft-Size: 1\nGrafts: 1\n\n" MARK("1") "\n"),
        .want = "From: a\nGraft-Size: 1\nGrafts: 1\n\n" MARK("1") "\n"},
    {.name = "a recipient goes",
        IN("A: b\nGraft-Recipient: a\n @b\nGRAFT-recipient : c\nC: d\n\nGraft-Recipient: x\n"),
        .want = "A: b\nC: d\n\nGraft-Recipient: x\n"},
    {.name = "nothing but a recipient", IN("Graft-Recipient: a"), .want = ""},
    {.name = "what is no header",
        IN("From a\n b\nGraft-Recipient: a\nx\n y: Graft: 1\n\nGraft: 1\n"),
        .want = "From a\n b\nx\n y: Graft: 1\n\nGraft: 1\n"},
    {.name = "CR LF",
        IN("A: b\r\nGraft-Recipient : a\r\n\r\nGraft: 1\r\nGraft-Recipient: a\r\n"),
        .want = "A: b\r\n\r\nGraft: 1\r\nGraft-Recipient: a\r\n"},
    {.name = "a continuation is no field",
        IN("A: b\n Graft: 1\n\tGraft-Attach: x\n\nx"),
        .want = "A: b\n Graft: 1\n\tGraft-Attach: x\n\nx"},
};

START_TEST(a_message_that_does_not_opt_in_stays_as_it_is)
{
	const struct pass_row *r = &passes[_i];
	size_t len, want_len;

	scratch_begin();
	stock_begin();
	len = stock_fill(r->in, r->in_len, message, sizeof(message));
	want_len = stock_fill(r->want, strlen(r->want), want, sizeof(want));
	for (int way = 0; way < WAYS; way++) {
		struct result got = graft(message, len, way, first_out);

		ck_assert_msg(got.code == 0, "%s: exit %d, %s", r->name, got.code, got.sentence);
		check_output(r->name, first_out, got.len, want_len);
	}
	spool_close(&stock_spool);
	scratch_end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("pass");
	TCase *tc = tcase_create("pass");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, a_message_that_does_not_opt_in_stays_as_it_is, 0, COUNT(passes));
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
