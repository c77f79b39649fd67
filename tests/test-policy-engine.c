/*
 * test-policy-engine.c - decisions with a resolver: what is kept, counted and logged
 */
#include "policy/engine.h"
#include "tests/policy-rig.h"

#define COMPAT "{ mode: compat, primary-networks: [198.51.100.0/24] }"

static struct policy_rig rig;

static struct request
asks(const char *recipient)
{
	struct request r = {0};

	r.request = (struct request_value){"smtpd_access_policy", 19};
	r.policy_context = (struct request_value){"relay", 5};
	r.recipient = (struct request_value){recipient, strlen(recipient)};
	r.sender = (struct request_value){"a \"b\"\n@c", 8};
	return r;
}

static struct dns_entry *
entry(enum dns_type type, const char *name)
{
	return dns_cache_find(resolver_cache(rig.resolver), type, name, strlen(name));
}

static void
learn(enum dns_type type, const char *name, const char *value, uint32_t ttl)
{
	struct dns_cache *cache = resolver_cache(rig.resolver);
	struct dns_entry *e = dns_cache_obtain(cache, type, name, strlen(name));
	union dns_answer_room room;
	struct address a;

	dns_answer_clear(&room, type, DNS_DATA);
	if (type == DNS_MX) {
		ck_assert(dns_answer_add_mx(&room, 10, value, strlen(value)));
		ck_assert(dns_answer_add_mx(&room, 20, "me.test", 7));
	} else {
		ck_assert(address_parse(&a, value, strlen(value)));
		ck_assert(dns_answer_add_address(&room, &a));
	}
	room.answer.ttl = ttl;
	ck_assert(dns_cache_learn(cache, e, &room.answer, rig_time));
}

/* A host with an address, and none in the other family. */
static void
learn_host(const char *name, const char *address)
{
	union dns_answer_room room;

	learn(DNS_A, name, address, 300);
	dns_answer_clear(&room, DNS_AAAA, DNS_NODATA);
	room.answer.ttl = 300;
	ck_assert(dns_cache_learn(resolver_cache(rig.resolver),
	    dns_cache_obtain(resolver_cache(rig.resolver), DNS_AAAA, name, strlen(name)),
	    &room.answer, rig_time));
}

static enum reason
decide(const char *recipient)
{
	struct request r = asks(recipient);
	struct decision d;

	ck_assert(engine_decide(&rig.engine, &r, NULL, &d));
	engine_record(&rig.engine, &r, &d, 7);
	return d.verdict.reason;
}

START_TEST(what_a_positive_verdict_rests_on_is_kept)
{
	rig_begin(&rig, COMPAT);
	learn(DNS_MX, "good.test", "primary.test", 300);
	learn_host("primary.test", "198.51.100.9");
	learn(DNS_MX, "foreign.test", "elsewhere.test", 300);
	learn_host("elsewhere.test", "203.0.113.9");
	ck_assert_int_eq(decide("u@good.test"), REASON_BACKUP);
	ck_assert(entry(DNS_MX, "good.test")->kept);
	ck_assert(entry(DNS_A, "primary.test")->kept);
	ck_assert_int_eq(decide("u@foreign.test"), REASON_OUTSIDE_NETS);
	ck_assert(!entry(DNS_MX, "foreign.test")->kept);
	ck_assert(!entry(DNS_A, "elsewhere.test")->kept);
	rig_end(&rig);
}
END_TEST

START_TEST(each_decision_is_counted_and_logged_once)
{
	rig_begin(&rig, COMPAT);
	learn(DNS_MX, "good.test", "primary.test", 300);
	learn_host("primary.test", "198.51.100.9");
	(void)decide("u@good.test");
	(void)decide("u@good.test");
	(void)decide("u@nowhere.test");
	ck_assert_uint_eq(rig.engine.decided[DECISION_RELAY][REASON_BACKUP], 2);
	ck_assert_uint_eq(rig.engine.decided[DECISION_RELAY][REASON_DNS_TEMP], 1);
	ck_assert_uint_eq(rig.engine.replied[REPLY_OK], 2);
	ck_assert_uint_eq(rig.engine.replied[REPLY_TEMPORARY], 1);
	ck_assert_uint_eq(rig.engine.duration_ms, 21);
	ck_assert_uint_eq(rig.engine.took[2], 3); /* over 5 ms, at most 20 */
	log_flush(rig.log);
	ck_assert(rig_log_has(rig.log_fd,
	    "decision context=relay action=OK reason=BACKUP recipient=u@good.test "
	    "sender=\"a \\\"b\\\"\\x0a@c\" ms=7\n"));
	ck_assert(rig_log_has(rig.log_fd, "action=450 reason=DNS_TEMP"));
	rig_end(&rig);
}
END_TEST

START_TEST(stale_data_is_said_to_be_stale)
{
	rig_begin(&rig, COMPAT);
	learn(DNS_MX, "good.test", "primary.test", 1);
	learn_host("primary.test", "198.51.100.9");
	rig_wait(&rig, 1500); /* the rig believes it for half a second more */
	ck_assert_int_eq(decide("u@good.test"), REASON_BACKUP);
	ck_assert_uint_eq(rig.engine.stale, 1);
	log_flush(rig.log);
	ck_assert(rig_log_has(rig.log_fd, "stale=yes"));
	rig_wait(&rig, 1000);
	ck_assert_int_eq(decide("u@good.test"), REASON_DNS_TEMP);
	rig_end(&rig);
}
END_TEST

/* What DNS says of the domain now is that this host is no MX. */
static void
lose(const char *name)
{
	struct dns_cache *cache = resolver_cache(rig.resolver);
	union dns_answer_room room;

	dns_answer_clear(&room, DNS_MX, DNS_DATA);
	ck_assert(dns_answer_add_mx(&room, 10, "primary.test", 12));
	room.answer.ttl = 86400 * 30;
	ck_assert(dns_cache_learn(
	    cache, dns_cache_obtain(cache, DNS_MX, name, strlen(name)), &room.answer, rig_time));
}

START_TEST(a_domain_that_was_let_in_is_put_off_for_three_days)
{
	int64_t end;

	rig_begin(&rig, COMPAT);
	learn(DNS_MX, "good.test", "primary.test", 300);
	learn_host("primary.test", "198.51.100.9");
	learn_host("me.test", "192.0.2.1");
	ck_assert_int_eq(decide("u@good.test"), REASON_BACKUP);
	lose("good.test");
	lose("stranger.test");
	ck_assert_int_eq(decide("u@stranger.test"), REASON_NOT_MX);
	ck_assert_uint_eq(rig.engine.replied[REPLY_REFUSE], 1);
	ck_assert_int_eq(decide("u@good.test"), REASON_NOT_MX);
	ck_assert_uint_eq(rig.engine.replied[REPLY_TEMPORARY], 1);
	ck_assert_uint_eq(rig.engine.drifts, 1);
	rig_wait(&rig, 4 * 86400000LL); /* nobody looked: it begins anew */
	lose("good.test");
	learn_host("primary.test", "198.51.100.9");
	ck_assert_int_eq(decide("u@good.test"), REASON_NOT_MX);
	ck_assert_uint_eq(rig.engine.replied[REPLY_TEMPORARY], 2);
	end = rig_time + 3 * 86400000LL;
	while (rig_time < end - 7200000) {
		rig_wait(&rig, 7200000);
		learn_host("primary.test", "198.51.100.9");
		(void)decide("u@good.test");
	}
	ck_assert_uint_eq(rig.engine.replied[REPLY_REFUSE], 1);
	rig_wait(&rig, 7200000);
	learn_host("primary.test", "198.51.100.9");
	(void)decide("u@good.test");
	ck_assert_uint_eq(rig.engine.replied[REPLY_REFUSE], 2);
	learn(DNS_MX, "good.test", "primary.test", 300);
	ck_assert_int_eq(decide("u@good.test"), REASON_BACKUP);
	lose("good.test");
	(void)decide("u@good.test");
	ck_assert_uint_eq(rig.engine.replied[REPLY_REFUSE], 2); /* and again put off */
	rig.engine.rules_since = rig_time + 1;
	(void)decide("u@good.test");
	ck_assert_uint_eq(rig.engine.replied[REPLY_REFUSE], 3); /* other rules hold at once */
	rig_end(&rig);
}
END_TEST

static void
arrived(void *context)
{
	++*(int *)context;
}

START_TEST(who_waits_is_told_once)
{
	int told = 0;
	struct engine_waiter waiter = {0};
	struct request r = asks("u@asked.test");
	struct decision d;

	engine_waiter_begin(&waiter, arrived, &told);
	rig_begin(&rig, COMPAT);
	ck_assert(!engine_decide(&rig.engine, &r, &waiter, &d));
	ck_assert_int_eq(d.verdict.action, ACTION_WAIT);
	ck_assert(rig_dns_deny(rig.dns, 5000));
	for (int i = 0; i < 500 && told == 0; i++) {
		ck_assert_int_eq(loop_turn(rig.loop, 1), 0);
		rig_time++;
	}
	ck_assert_int_eq(told, 1);
	ck_assert(engine_decide(&rig.engine, &r, &waiter, &d));
	ck_assert_int_eq(d.verdict.reason, REASON_NXDOMAIN);
	rig_end(&rig);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("policy-engine");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_test(t, what_a_positive_verdict_rests_on_is_kept);
	tcase_add_test(t, each_decision_is_counted_and_logged_once);
	tcase_add_test(t, stale_data_is_said_to_be_stale);
	tcase_add_test(t, a_domain_that_was_let_in_is_put_off_for_three_days);
	tcase_add_test(t, who_waits_is_told_once);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
