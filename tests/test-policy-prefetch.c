/*
 * test-policy-prefetch.c - what is asked without any mail, and what is concluded from it. The DNS
 * server is a socket that is only listened to, and the clock is the test's
 */
#include "policy/prefetch.h"
#include "tests/policy-rig.h"

#define HOUR INT64_C(3600000)

static struct policy_rig rig;
static struct prefetch *prefetch;

static void
begin(const char *relay)
{
	rig_begin(&rig, relay);
	prefetch = prefetch_new(rig.loop, &rig.engine, NULL);
	ck_assert_ptr_nonnull(prefetch);
}

static void
end(void)
{
	prefetch_free(prefetch);
	rig_end(&rig);
}

static struct dns_entry *
entry(enum dns_type type, const char *name)
{
	return dns_cache_obtain(resolver_cache(rig.resolver), type, name, strlen(name));
}

static void
learn(
    enum dns_type type, const char *name, enum dns_outcome outcome, const char *value, uint32_t ttl)
{
	union dns_answer_room room;
	struct address a;

	dns_answer_clear(&room, type, outcome);
	if (outcome == DNS_DATA && type == DNS_MX) {
		ck_assert(dns_answer_add_mx(&room, 10, value, strlen(value)));
		ck_assert(dns_answer_add_mx(&room, 20, "me.test", 7));
	} else if (outcome == DNS_DATA) {
		ck_assert(address_parse(&a, value, strlen(value)));
		ck_assert(dns_answer_add_address(&room, &a));
	}
	room.answer.ttl = ttl;
	ck_assert(dns_cache_learn(
	    resolver_cache(rig.resolver), entry(type, name), &room.answer, rig_time));
}

/* How many questions have come about names that begin so. The others are forgotten, too. */
static int
asked(const char *label)
{
	char m[512];
	ssize_t n;
	int count = 0;

	while ((n = recv(rig.dns, m, sizeof(m), MSG_DONTWAIT)) > 13) {
		count += (size_t)m[12] == strlen(label) &&
		    memcmp(m + 13, label, strlen(label)) == 0;
	}
	return count;
}

/* So long, in steps in which timers fall due as they would. */
static void
pass(int64_t ms)
{
	for (int64_t at = 0; at < ms; at += 100) {
		rig_time += 100;
		ck_assert_int_eq(loop_turn(rig.loop, 0), 0);
	}
}

START_TEST(configured_domains_are_asked_about_from_the_start)
{
	begin("{ mode: pinned, pinned: { pin.test: [198.51.100.0/24] }, domains: [list.test] }");
	prefetch_restart(prefetch);
	pass(500);
	ck_assert_uint_eq(prefetch_domains(prefetch), 2);
	ck_assert_int_eq(entry(DNS_MX, "pin.test")->set, DNS_CONFIGURED);
	ck_assert_int_eq(entry(DNS_MX, "list.test")->set, DNS_CONFIGURED);
	ck_assert_int_eq(asked("pin"), 1);
	/* not again at once, though nobody has answered */
	pass(20000);
	ck_assert_int_eq(asked("pin"), 0);
	pass(20000);
	ck_assert_int_eq(asked("pin"), 1);
	end();
}
END_TEST

START_TEST(an_answer_is_asked_for_again_at_half_its_ttl)
{
	begin("{ mode: static, domains: [list.test] }");
	learn(DNS_MX, "list.test", DNS_DATA, "primary.test", 300);
	learn(DNS_A, "primary.test", DNS_DATA, "198.51.100.9", 500);
	learn(DNS_AAAA, "primary.test", DNS_NODATA, NULL, 500);
	prefetch_restart(prefetch);
	pass(140000);
	ck_assert_int_eq(entry(DNS_A, "primary.test")->set, DNS_CONFIGURED);
	ck_assert_int_eq(asked("list"), 0);
	pass(20000);
	ck_assert_int_eq(asked("list"), 1);
	pass(80000); /* nobody answered: as long as it is fresh it is used nevertheless */
	ck_assert_int_eq(asked("primary"), 0);
	ck_assert_int_eq(
	    resolver_look(rig.resolver, NULL, DNS_MX, "list.test", 9).state, FACT_FRESH);
	pass(20000);
	ck_assert_int_ge(asked("primary"), 2); /* both families */
	end();
}
END_TEST

START_TEST(what_no_domain_needs_any_more_is_not_configured)
{
	begin("{ mode: static, domains: [list.test] }");
	learn(DNS_MX, "list.test", DNS_DATA, "old.test", 5000);
	learn(DNS_A, "old.test", DNS_DATA, "198.51.100.9", 5000);
	prefetch_restart(prefetch);
	pass(6000);
	ck_assert_int_eq(entry(DNS_A, "old.test")->set, DNS_CONFIGURED);
	learn(DNS_MX, "list.test", DNS_DATA, "new.test", 5000);
	pass(PREFETCH_IDLE_MS + 6000);
	ck_assert_int_eq(entry(DNS_A, "old.test")->set, DNS_KEPT);
	ck_assert_int_eq(entry(DNS_A, "new.test")->set, DNS_CONFIGURED);
	ck_assert_int_eq(entry(DNS_MX, "list.test")->set, DNS_CONFIGURED);
	end();
}
END_TEST

static enum action
decide(const char *recipient)
{
	struct request r = {0};
	struct decision d;

	r.request = (struct request_value){"smtpd_access_policy", 19};
	r.recipient = (struct request_value){recipient, strlen(recipient)};
	ck_assert(engine_decide(&rig.engine, &r, NULL, &d));
	return d.verdict.action;
}

static void
good(void)
{
	learn(DNS_MX, "good.test", DNS_DATA, "primary.test", 300);
	learn(DNS_A, "primary.test", DNS_DATA, "198.51.100.9", 300);
	learn(DNS_AAAA, "primary.test", DNS_NODATA, NULL, 300);
	ck_assert_int_eq(decide("u@good.test"), ACTION_PERMIT);
}

START_TEST(a_domain_that_drifts_is_looked_at_without_mail)
{
	begin("{ mode: compat, primary-networks: [198.51.100.0/24] }");
	prefetch_restart(prefetch);
	good();
	learn(DNS_MX, "good.test", DNS_NXDOMAIN, NULL, 60);
	ck_assert_int_eq(decide("u@good.test"), ACTION_TEMPORARY); /* noticed */
	ck_assert_uint_eq(rig.engine.drifts, 1);
	/* no mail for three days: DNS says the same each minute */
	for (int64_t at = 0; at < 72 * HOUR; at += 60000) {
		learn(DNS_MX, "good.test", DNS_NXDOMAIN, NULL, 61);
		rig_time += 60000;
		ck_assert_int_eq(loop_turn(rig.loop, 0), 0);
	}
	ck_assert_int_eq(decide("u@good.test"), ACTION_REFUSE);
	/* and it stays so */
	for (int64_t at = 0; at < 10 * HOUR; at += 60000) {
		learn(DNS_MX, "good.test", DNS_NXDOMAIN, NULL, 61);
		rig_time += 60000;
		ck_assert_int_eq(loop_turn(rig.loop, 0), 0);
	}
	ck_assert_int_eq(decide("u@good.test"), ACTION_REFUSE);
	ck_assert_uint_eq(rig.engine.drifts, 1);
	good();
	log_flush(rig.log);
	ck_assert(rig_log_has(rig.log_fd, "drift domain=good.test now=NXDOMAIN"));
	end();
}
END_TEST

START_TEST(nothing_is_concluded_while_facts_are_on_their_way)
{
	begin("{ mode: compat, primary-networks: any, domains: [list.test] }");
	learn(DNS_MX, "list.test", DNS_DATA, "primary.test", 3000);
	prefetch_restart(prefetch);
	pass(300);
	ck_assert_int_ge(asked("primary"), 2);
	ck_assert_ptr_null(entry(DNS_MX, "list.test")->past);
	learn(DNS_A, "primary.test", DNS_DATA, "198.51.100.9", 3000);
	learn(DNS_AAAA, "primary.test", DNS_NODATA, NULL, 3000);
	pass(6000);
	ck_assert_ptr_nonnull(entry(DNS_MX, "list.test")->past);
	end();
}
END_TEST

START_TEST(an_outage_of_dns_is_no_absence)
{
	begin("{ mode: compat, primary-networks: [198.51.100.0/24] }");
	rig.config->relay.gone_after_ms = HOUR;
	prefetch_restart(prefetch);
	good();
	learn(DNS_MX, "good.test", DNS_NXDOMAIN, NULL, 60);
	ck_assert_int_eq(decide("u@good.test"), ACTION_TEMPORARY);
	rig_time += 4 * HOUR; /* nobody answers meanwhile */
	ck_assert_int_eq(loop_turn(rig.loop, 0), 0);
	learn(DNS_MX, "good.test", DNS_NXDOMAIN, NULL, 60);
	ck_assert_int_eq(decide("u@good.test"), ACTION_TEMPORARY); /* it begins anew */
	end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("policy-prefetch");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, configured_domains_are_asked_about_from_the_start);
	tcase_add_test(t, an_answer_is_asked_for_again_at_half_its_ttl);
	tcase_add_test(t, what_no_domain_needs_any_more_is_not_configured);
	tcase_add_test(t, a_domain_that_drifts_is_looked_at_without_mail);
	tcase_add_test(t, nothing_is_concluded_while_facts_are_on_their_way);
	tcase_add_test(t, an_outage_of_dns_is_no_absence);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
