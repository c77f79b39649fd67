/*
 * test-policy-recipient-list.c - which addresses a list holds, and which files it refuses
 */
#include "tests/policy-recipients.h"

#include <check.h>

static const char recipients[] = "# people\n"
                                 "known@back OK\n"
                                 "Mixed.Case@BACK\n"
                                 "\n"
                                 "known@back\n"
                                 "\"two words\"@back\n"
                                 "u@m\xc3\xbcnchen.example some text\r\n"
                                 "A\xcc\x81ngel@back\n" /* in pieces */
                                 "\xc3\xa9mile@back\n"  /* composed */
                                 "\xff@back\n"          /* no UTF-8 */
                                 "@whole.back";

static const struct listed_row {
	const char *address;
	bool want;
} listed_rows[] = {
    {
        .address = "known@back",
        .want = true,
    },
    {
        .address = "KNOWN@Back",
        .want = true,
    },
    {
        .address = "mixed.case@back",
        .want = true,
    },
    {
        .address = "two words@back",
        .want = true,
    },
    {
        .address = "u@xn--mnchen-3ya.example",
        .want = true,
    },
    {
        .address = "anything@whole.back",
        .want = true,
    },
    {
        .address = "\xc3\x81ngel@back",
        .want = true,
    },
    {
        .address = "A\xcc\x81NGEL@back",
        .want = true,
    },
    {
        .address = "e\xcc\x81mile@back",
        .want = true,
    },
    {
        .address = "emile@back",
    },
    {
        .address = "\xff@back",
        .want = true,
    },
    {
        .address = "unknown@back",
    },
    {
        .address = "known@back.org",
    },
    {
        .address = "x@sub.whole.back",
    },
    {
        .address = "known\n@back",
    },
    {
        .address = "nown@back",
    },
};

static const struct domain_name *
domain_of(struct domain_name *d, const char *text)
{
	ck_assert_int_eq(domain_name_parse(d, text, strlen(text)), DOMAIN_NAME_OK);
	return d;
}

START_TEST(the_listed_are_known)
{
	const struct listed_row *r = &listed_rows[_i];
	char error[CONFIG_ERROR_MAX];
	struct recipient_list *list = recipient_list_from(recipients, error);
	struct domain_name d;
	struct mailbox m;

	ck_assert_msg(list != NULL, "%s", error);
	ck_assert_uint_eq(recipient_list_count(list), 8);
	ck_assert(recipient_list_has_domain(list, domain_of(&d, "whole.back")));
	ck_assert(recipient_list_has_domain(list, domain_of(&d, "back")));
	ck_assert(recipient_list_has_domain(list, domain_of(&d, "xn--mnchen-3ya.example")));
	ck_assert(!recipient_list_has_domain(list, domain_of(&d, "hole.back")));
	ck_assert(!recipient_list_has_domain(list, domain_of(&d, "sub.whole.back")));
	mailbox_parse(&m, r->address, strlen(r->address));
	ck_assert_msg(recipient_list_has(list, &m) == r->want, "%s", r->address);
	recipient_list_free(list);
}
END_TEST

static const struct broken_row {
	const char *text;
	const char *want;
} broken_rows[] = {
    {
        .text = "a@b\nno address\n",
        .want = "line 2 is no address",
    },
    {
        .text = "a@b\n\n#\na@@@\n",
        .want = "line 4 is no address",
    },
    {
        .text = "\"open@b\n",
        .want = "line 1 is no address",
    },
    {
        .text = "",
        .want = "holds no address",
    },
    {
        .text = "# nobody\n",
        .want = "holds no address",
    },
};

START_TEST(a_broken_file_is_refused_whole)
{
	char error[CONFIG_ERROR_MAX];

	ck_assert_ptr_null(recipient_list_from(broken_rows[_i].text, error));
	ck_assert_msg(strstr(error, broken_rows[_i].want) != NULL, "%s", error);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("policy-recipient-list");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_loop_test(
	    t, the_listed_are_known, 0, sizeof(listed_rows) / sizeof(listed_rows[0]));
	tcase_add_loop_test(
	    t, a_broken_file_is_refused_whole, 0, sizeof(broken_rows) / sizeof(broken_rows[0]));
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
