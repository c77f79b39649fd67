/*
 * test-policy-retry-memory.c - who has tried before, and that no network makes another be forgotten
 */
#include "policy/limits.h"
#include "policy/retry-memory.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct retry_memory *memory;

static struct request
from(const char *client, const char *sender, const char *recipient)
{
	struct request r = {0};

	r.client_address = (struct request_value){client, strlen(client)};
	r.sender = (struct request_value){sender, strlen(sender)};
	r.recipient = (struct request_value){recipient, strlen(recipient)};
	return r;
}

static enum retry_age
look(const char *client, const char *sender, const char *recipient, int64_t now)
{
	const struct request r = from(client, sender, recipient);

	return retry_memory_look(memory, &r, now);
}

static void
note(const char *client, const char *sender, const char *recipient, int64_t now)
{
	const struct request r = from(client, sender, recipient);

	retry_memory_note(memory, &r, now);
}

START_TEST(a_retry_is_the_same_sender_recipient_and_network)
{
	memory = retry_memory_new();
	ck_assert_ptr_nonnull(memory);
	ck_assert_int_eq(look("203.0.113.7", "a@b", "c@d", 1), RETRY_NEW);
	ck_assert_int_eq(
	    look("203.0.113.7", "a@b", "c@d", 1), RETRY_NEW); /* looking notes nothing */
	note("203.0.113.7", "a@b", "c@d", 1);
	ck_assert_int_eq(look("203.0.113.7", "a@b", "c@d", RETRY_DELAY_MS), RETRY_EARLY);
	ck_assert_int_eq(look("203.0.113.99", "a@b", "c@d", RETRY_DELAY_MS + 1), RETRY_DUE);
	ck_assert_int_eq(look("203.0.114.7", "a@b", "c@d", RETRY_DELAY_MS + 1), RETRY_NEW);
	ck_assert_int_eq(look("203.0.113.7", "x@b", "c@d", RETRY_DELAY_MS + 1), RETRY_NEW);
	ck_assert_int_eq(look("203.0.113.7", "a@b", "x@d", RETRY_DELAY_MS + 1), RETRY_NEW);
	ck_assert_int_eq(look("203.0.113.7", "c@d", "a@b", RETRY_DELAY_MS + 1), RETRY_NEW);
	note("2001:db8:0:1::5", "", "c@d", 1);
	ck_assert_int_eq(look("2001:db8:0:1:9::", "", "c@d", RETRY_DELAY_MS + 1), RETRY_DUE);
	ck_assert_int_eq(look("2001:db8:0:2::5", "", "c@d", RETRY_DELAY_MS + 1), RETRY_NEW);
	note("unknown", "a@b", "c@d", 1);
	ck_assert_int_eq(look("", "a@b", "c@d", RETRY_DELAY_MS + 1), RETRY_DUE);
	retry_memory_free(memory);
}
END_TEST

START_TEST(it_is_forgotten_two_days_after_the_last_try)
{
	memory = retry_memory_new();
	note("203.0.113.7", "a@b", "c@d", 1);
	ck_assert_int_eq(look("203.0.113.7", "a@b", "c@d", RETRY_WINDOW_MS), RETRY_DUE);
	ck_assert_int_eq(look("203.0.113.7", "a@b", "c@d", RETRY_WINDOW_MS + 1), RETRY_NEW);
	note("203.0.113.7", "a@b", "c@d", RETRY_WINDOW_MS - 1);
	ck_assert_int_eq(look("203.0.113.7", "a@b", "c@d", RETRY_WINDOW_MS + 1), RETRY_DUE);
	note("203.0.113.7", "a@b", "c@d", INT64_C(3) * RETRY_WINDOW_MS); /* and begins anew */
	ck_assert_int_eq(
	    look("203.0.113.7", "a@b", "c@d", INT64_C(3) * RETRY_WINDOW_MS + 1), RETRY_EARLY);
	retry_memory_free(memory);
}
END_TEST

START_TEST(one_network_that_tries_all_makes_few_others_be_forgotten)
{
	char text[64];
	int lost = 0;

	memory = retry_memory_new();
	for (int i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "10.%d.%d.1", i / 250, i % 250);
		note(text, "a@b", "c@d", 1);
	}
	for (int i = 0; i < 100000; i++) {
		snprintf(text, sizeof(text), "u%d@d", i);
		note("203.0.113.7", "spam@b", text, 2 + i);
	}
	ck_assert_int_eq(look("203.0.113.7", "spam@b", "u99999@d", 100002), RETRY_EARLY);
	ck_assert_int_eq(look("203.0.113.7", "spam@b", "u0@d", 100002), RETRY_NEW);
	for (int i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "10.%d.%d.1", i / 250, i % 250);
		lost += look(text, "a@b", "c@d", RETRY_DELAY_MS + 1) != RETRY_DUE;
	}
	ck_assert_int_lt(lost, 20);
	retry_memory_free(memory);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("policy-retry-memory");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_test(t, a_retry_is_the_same_sender_recipient_and_network);
	tcase_add_test(t, it_is_forgotten_two_days_after_the_last_try);
	tcase_add_test(t, one_network_that_tries_all_makes_few_others_be_forgotten);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
