/*
 * test-pacing.c - limits and breakers of next hops and providers, under a clock of the test's own
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "relay/pacing.h"
#include "relay/provider.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

enum { MINUTE = 60 * 1000 };
static const int64_t T = INT64_C(1800000000000);

static struct pacing *p;
static int64_t ms;

static void
set_up(void)
{
	p = pacing_new();
	ck_assert_ptr_nonnull(p);
}

static void
tear_down(void)
{
	pacing_free(p);
}

static bool
heard(struct pacing_group *g, int64_t now, unsigned code, const char *text)
{
	return pacing_heard(g, now, code, (const uint8_t *)text, strlen(text));
}

START_TEST(a_group_has_so_many_sessions)
{
	struct settings_pace pace = {.sessions = 2, .messages_per_session = 50};
	struct pacing_group *g = pacing_group(p, "esp", &pace);

	ck_assert_ptr_eq(pacing_group(p, "esp", &pace), g);
	ck_assert_ptr_ne(pacing_group(p, "other", &pace), g);
	ck_assert_uint_eq(pacing_messages_per_session(g), 50);
	ck_assert_int_eq((int)pacing_enter(g, T, &ms), (int)PACING_GO);
	ck_assert_int_eq((int)pacing_enter(g, T, &ms), (int)PACING_GO);
	ck_assert_int_eq((int)pacing_enter(g, T, &ms), (int)PACING_FULL);
	pacing_leave(g);
	ck_assert_int_eq((int)pacing_enter(g, T, &ms), (int)PACING_GO);
}
END_TEST

START_TEST(messages_come_evenly)
{
	struct settings_pace pace = {.rate = {.count = 10, .seconds = 1}};
	struct pacing_group *g = pacing_group(p, "esp", &pace);

	for (int i = 0; i < 5; i++) {
		ck_assert_int_eq((int)pacing_message(g, T, 1000, &ms), (int)PACING_GO);
		ck_assert_int_eq(ms, i * 100);
	}
	ck_assert_int_eq((int)pacing_message(g, T, 400, &ms), (int)PACING_WAIT);
	ck_assert_int_eq(ms, 500);
	/* A caller that did not wait has reserved nothing. */
	ck_assert_int_eq((int)pacing_message(g, T, 500, &ms), (int)PACING_GO);
	/* Unused messages are not saved up. */
	ck_assert_int_eq((int)pacing_message(g, T + MINUTE, 0, &ms), (int)PACING_GO);
	ck_assert_int_eq((int)pacing_message(g, T + MINUTE, 0, &ms), (int)PACING_WAIT);
	ck_assert_int_eq(ms, 100);
}
END_TEST

START_TEST(without_limits_nothing_waits)
{
	struct pacing_group *g = pacing_group(p, "any", NULL);

	for (int i = 0; i < 1000; i++) {
		ck_assert_int_eq((int)pacing_enter(g, T, &ms), (int)PACING_GO);
		ck_assert_int_eq((int)pacing_message(g, T, 0, &ms), (int)PACING_GO);
		ck_assert_int_eq(ms, 0);
	}
}
END_TEST

static const struct {
	unsigned code;
	const char *text;
	unsigned times; /* how often it must be said to open the breaker; 0: never */
} replies[] = {
    {421, "4.7.28 too much mail from you", 1},
    {421, "try again later", 1},
    {450, "4.7.1 greylisted by policy", 1},
    {451, "4.7.650 throttled", 1},
    {451, "4.3.2 busy", 0},
    {450, "4.2.2 mailbox full", 0},
    {450, "greylisted", 0},
    {450, "4.7", 0},
    {450, "4.7.", 0},
    {550, "5.7.1 you are on a list", 3},
    {554, "5.7.26 unauthenticated", 3},
    {550, "5.1.1 no such user", 0},
    {554, "4.7.1 codes that do not agree", 0},
    {552, "5.3.4 too large", 0},
};

START_TEST(what_opens_a_breaker)
{
	struct pacing_group *g = pacing_group(p, "x", NULL);
	unsigned times = replies[_i].times;

	ck_assert_int_eq((int)pacing_enter(g, T, &ms), (int)PACING_GO);
	for (unsigned i = 1; i <= (times == 0 ? 20 : times); i++) {
		ck_assert_int_eq(heard(g, T, replies[_i].code, replies[_i].text), i == times);
	}
	ck_assert_int_eq(
	    (int)pacing_message(g, T, MINUTE, &ms), (int)(times == 0 ? PACING_GO : PACING_BROKEN));
	pacing_leave(g);
	ck_assert_int_eq(
	    (int)pacing_enter(g, T, &ms), (int)(times == 0 ? PACING_GO : PACING_BROKEN));
	ck_assert_int_eq(ms, times == 0 ? 0 : BREAKER_FIRST_MS);
}
END_TEST

START_TEST(a_message_that_is_taken_ends_the_row_of_refusals)
{
	struct pacing_group *g = pacing_group(p, "x", NULL);

	for (int i = 0; i < 10; i++) {
		ck_assert(!heard(g, T, 550, "5.7.1 no"));
		ck_assert(!heard(g, T, 550, "5.7.1 no"));
		ck_assert(!heard(g, T, 250, "2.0.0 ok"));
	}
	/* A refusal for another reason says nothing about the sender, and does not end it. */
	ck_assert(!heard(g, T, 550, "5.7.1 no"));
	ck_assert(!heard(g, T, 550, "5.1.1 no such user"));
	ck_assert(!heard(g, T, 550, "5.7.1 no"));
	ck_assert(heard(g, T, 550, "5.7.1 no"));
}
END_TEST

START_TEST(after_the_time_one_tries_and_opens_or_closes_it)
{
	struct settings_pace pace = {.rate = {.count = 4, .seconds = 1}};
	struct pacing_group *g = pacing_group(p, "x", &pace);
	int64_t now = T, open = BREAKER_FIRST_MS;

	ck_assert_int_eq((int)pacing_enter(g, now, &ms), (int)PACING_GO);
	ck_assert(heard(g, now, 421, "4.7.28 slow down"));
	/* Sessions that were under way say the same: that changes nothing. */
	ck_assert(!heard(g, now + 1000, 421, "4.7.28 slow down"));
	pacing_leave(g);
	for (int i = 0; i < 6; i++) {
		ck_assert_int_eq((int)pacing_enter(g, now + open - 1, &ms), (int)PACING_BROKEN);
		ck_assert_int_eq(ms, 1);
		now += open;
		ck_assert_int_eq((int)pacing_enter(g, now, &ms), (int)PACING_GO);
		ck_assert_int_eq((int)pacing_enter(g, now, &ms), (int)PACING_FULL);
		ck_assert(heard(g, now, 421, "4.7.28 slow down"));
		pacing_leave(g);
		open = open * 2 < BREAKER_MAX_MS ? open * 2 : BREAKER_MAX_MS;
	}
	now += open;
	ck_assert_int_eq((int)pacing_enter(g, now, &ms), (int)PACING_GO);
	ck_assert_int_eq((int)pacing_message(g, now, 0, &ms), (int)PACING_GO);
	ck_assert(!heard(g, now, 250, "2.0.0 ok"));
	ck_assert_int_eq((int)pacing_enter(g, now, &ms), (int)PACING_GO);
	/* Its rate is a part of the old one, and grows back step by step. */
	ck_assert_int_eq((int)pacing_message(g, now, 0, &ms), (int)PACING_WAIT);
	ck_assert_int_eq(ms, 250 << BREAKER_HALVES_MAX);
	now += BREAKER_RECOVER_MS;
	ck_assert_int_eq((int)pacing_message(g, now, 0, &ms), (int)PACING_GO);
	ck_assert_int_eq((int)pacing_message(g, now, 0, &ms), (int)PACING_WAIT);
	ck_assert_int_eq(ms, 250 << (BREAKER_HALVES_MAX - 1));
	now += (int64_t)BREAKER_RECOVER_MS * BREAKER_HALVES_MAX;
	ck_assert_int_eq((int)pacing_message(g, now, 0, &ms), (int)PACING_GO);
	ck_assert_int_eq((int)pacing_message(g, now, 0, &ms), (int)PACING_WAIT);
	ck_assert_int_eq(ms, 250);
}
END_TEST

START_TEST(a_provider_without_a_rate_gets_one_after_it_complained)
{
	struct pacing_group *g = pacing_group(p, "x", NULL);
	int64_t now = T + BREAKER_FIRST_MS;

	ck_assert(heard(g, T, 421, "4.7.28"));
	ck_assert_int_eq((int)pacing_enter(g, now, &ms), (int)PACING_GO);
	ck_assert(!heard(g, now, 250, "ok"));
	ck_assert_int_eq((int)pacing_message(g, now, 0, &ms), (int)PACING_GO);
	ck_assert_int_eq((int)pacing_message(g, now, 0, &ms), (int)PACING_WAIT);
	ck_assert_int_eq(ms, 1000);
	ck_assert_int_eq((int)pacing_message(g, now + BREAKER_RECOVER_MS, 0, &ms), (int)PACING_GO);
	ck_assert_int_eq((int)pacing_message(g, now + BREAKER_RECOVER_MS, 0, &ms), (int)PACING_GO);
}
END_TEST

/* A session that tries and ends without an answer lets the next one try. */
START_TEST(a_try_that_ends_without_an_answer)
{
	struct pacing_group *g = pacing_group(p, "x", NULL);
	int64_t now = T + BREAKER_FIRST_MS;

	ck_assert(heard(g, T, 421, ""));
	ck_assert_int_eq((int)pacing_enter(g, now, &ms), (int)PACING_GO);
	pacing_leave(g);
	ck_assert_int_eq((int)pacing_enter(g, now, &ms), (int)PACING_GO);
}
END_TEST

START_TEST(a_clock_that_is_set_back_does_not_hold_for_ever)
{
	struct pacing_group *g = pacing_group(p, "x", NULL);

	ck_assert(heard(g, T, 421, ""));
	ck_assert_int_eq((int)pacing_enter(g, T - INT64_C(1000) * MINUTE, &ms), (int)PACING_BROKEN);
	ck_assert_int_le(ms, BREAKER_MAX_MS);
	ck_assert_int_eq(
	    (int)pacing_enter(g, T - INT64_C(1000) * MINUTE + BREAKER_MAX_MS, &ms), (int)PACING_GO);
}
END_TEST

START_TEST(it_is_the_same_after_a_restart)
{
	struct pacing_state before, after;
	struct pacing *q = pacing_new();
	char text[4096];
	long n;
	size_t i = 0, k = 0;

	ck_assert(heard(pacing_group(p, "google.com", NULL), T, 421, "4.7.28 a\001b\n"));
	pacing_group(p, "quiet.example", NULL);
	n = pacing_save(p, T, text, sizeof(text));
	ck_assert_int_gt(n, 0);
	ck_assert_uint_eq(pacing_load(q, T, text, (size_t)n), 0);
	ck_assert(pacing_next(p, &i, T, &before));
	ck_assert(pacing_next(q, &k, T, &after));
	ck_assert(!pacing_next(q, &k, T, &after));
	ck_assert_str_eq(after.name, "google.com");
	ck_assert_int_eq(after.broken_until, before.broken_until);
	ck_assert_uint_eq(after.rate_halves, before.rate_halves);
	ck_assert_str_eq(after.reason, "421 4.7.28 a?b?");
	ck_assert_int_eq((int)pacing_save(p, T, text, (size_t)n), -28);
	pacing_free(q);
}
END_TEST

static const struct {
	const char *text;
	size_t wrong;
} saved[] = {
    {"", 0},
    {"x 1800000000000 1 1 1800000000000 why\n", 0},
    {"x 1800000000000 1 1 1800000000000 \n", 0},
    {"x 1800000000000 1 1 1800000000000 why", 1},
    {"x\n", 1},
    {"\n", 1},
    {"x -1 1 1 1 why\n", 1},
    {"x 1 1 99 1 why\n", 1},
    {"x 1 1 1 99999999999999 why\n", 1},
    {"x y z\ng 1800000000000 1 1 1800000000000 why\n", 1},
};

START_TEST(a_state_that_is_damaged)
{
	ck_assert_uint_eq(
	    pacing_load(p, T, saved[_i].text, strlen(saved[_i].text)), saved[_i].wrong);
}
END_TEST

START_TEST(the_groups_are_bounded)
{
	char name[32];
	struct pacing_group *kept = pacing_group(p, "kept", NULL);
	struct pacing_state s;
	size_t i = 0, n = 0;
	bool found = false;

	ck_assert_int_eq((int)pacing_enter(kept, T, &ms), (int)PACING_GO);
	for (int k = 0; k < 2 * PACING_GROUPS_MAX; k++) {
		snprintf(name, sizeof(name), "g%d", k);
		ck_assert_ptr_nonnull(pacing_group(p, name, NULL));
	}
	while (pacing_next(p, &i, T, &s)) {
		n++;
		found = found || strcmp(s.name, "kept") == 0;
	}
	ck_assert_uint_eq(n, PACING_GROUPS_MAX);
	ck_assert(found);
}
END_TEST

static const struct {
	const char *host, *provider;
} hosts[] = {
    {"gmail-smtp-in.l.google.com", "google.com"},
    {"ALT1.GMAIL-SMTP-IN.L.GOOGLE.COM.", "google.com"},
    {"mx1.example.co.uk", "example.co.uk"},
    {"example.org", "example.org"},
    {"com", "com"},
    {"192.0.2.1", "192.0.2.1"},
    {"2001:db8::1", "2001:db8::1"},
    {"", ""},
};

START_TEST(a_host_belongs_to_a_provider)
{
	struct provider_list *list = provider_list_open();
	char out[256];

	ck_assert_ptr_nonnull(list);
	provider_of(list, hosts[_i].host, out, sizeof(out));
	ck_assert_str_eq(out, hosts[_i].provider);
	provider_of(list, hosts[_i].host, out, 4);
	ck_assert_uint_le(strlen(out), 3);
	provider_list_close(list);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("pacing");
	TCase *tc = tcase_create("pacing");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_group_has_so_many_sessions);
	tcase_add_test(tc, messages_come_evenly);
	tcase_add_test(tc, without_limits_nothing_waits);
	tcase_add_loop_test(tc, what_opens_a_breaker, 0, COUNT(replies));
	tcase_add_test(tc, a_message_that_is_taken_ends_the_row_of_refusals);
	tcase_add_test(tc, after_the_time_one_tries_and_opens_or_closes_it);
	tcase_add_test(tc, a_provider_without_a_rate_gets_one_after_it_complained);
	tcase_add_test(tc, a_try_that_ends_without_an_answer);
	tcase_add_test(tc, a_clock_that_is_set_back_does_not_hold_for_ever);
	tcase_add_test(tc, it_is_the_same_after_a_restart);
	tcase_add_loop_test(tc, a_state_that_is_damaged, 0, COUNT(saved));
	tcase_add_test(tc, the_groups_are_bounded);
	tcase_add_loop_test(tc, a_host_belongs_to_a_provider, 0, COUNT(hosts));
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
