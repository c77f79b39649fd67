/*
 * test-policy-relay-rules.c - what the relay verdict makes of modes, families, names and shapes
 */
#include "tests/policy-judge.h"

START_TEST(families_are_looked_at_as_configured)
{
	struct relay_rules rules = {.mode = RELAY_COMPAT, .ipv4 = true, .gone_after_ms = 1};
	struct verdict v;

	add_hosts(&rules.networks, networks);
	judge(&rules, "10:mixed 20:mx1.me", "user@d.test", &v);
	ck_assert_int_eq(v.action, ACTION_PERMIT);
	rules.ipv4 = false;
	rules.ipv6 = true;
	judge(&rules, "10:mixed 20:mx1.me", "user@d.test", &v);
	ck_assert_int_eq(v.action, ACTION_REFUSE);
	host_list_finish(&rules.networks);
}
END_TEST

START_TEST(a_host_name_in_the_networks_counts)
{
	struct relay_rules rules = {.mode = RELAY_COMPAT, .ipv4 = true, .ipv6 = true};
	struct verdict v;

	ck_assert_int_eq(host_list_add(&rules.networks, "out", 3), 0);
	judge(&rules, "10:out 20:mx1.me", "user@d.test", &v);
	ck_assert_int_eq(v.action, ACTION_PERMIT);
	/* compat needs the address all the same, as Postfix; the strict mode does not */
	ck_assert_int_eq(host_list_add(&rules.networks, "sick", 4), 0);
	judge(&rules, "10:sick 20:mx1.me", "user@d.test", &v);
	ck_assert_int_eq(v.action, ACTION_TEMPORARY);
	rules.mode = RELAY_ALL_BETTER;
	judge(&rules, "10:sick 20:mx1.me", "user@d.test", &v);
	ck_assert_int_eq(v.action, ACTION_PERMIT);
	host_list_finish(&rules.networks);
}
END_TEST

static const struct shape_row {
	const char *recipient;
	enum reason want;
} shape_rows[] = {
    {
        .recipient = "a%b@d.test",
        .want = REASON_ROUTED,
    },
    {
        .recipient = "b!a@d.test",
        .want = REASON_ROUTED,
    },
    {
        .recipient = "a@b@d.test",
        .want = REASON_ROUTED,
    },
    {
        .recipient = "a@[192.0.2.1]",
        .want = REASON_LITERAL,
    },
    {
        .recipient = "a",
        .want = REASON_NO_DOMAIN,
    },
    {
        .recipient = "",
        .want = REASON_NO_DOMAIN,
    },
    {
        .recipient = "a@d..test",
        .want = REASON_BAD_DOMAIN,
    },
    {
        .recipient = "a@\xff",
        .want = REASON_BAD_IDN,
    },
};

START_TEST(a_bad_shape_is_refused_in_every_mode)
{
	const struct shape_row *r = &shape_rows[_i];

	for (int mode = RELAY_COMPAT; mode <= RELAY_STATIC; mode++) {
		struct relay_rules rules = {.mode = (enum relay_mode)mode, .any_network = true};
		struct verdict v;

		judge(&rules, "10:p.in 20:mx1.me", r->recipient, &v);
		ck_assert_msg(v.action == ACTION_REFUSE && v.reason == r->want, "'%s': %s",
		    r->recipient, reason_code(v.reason));
	}
}
END_TEST

START_TEST(pinned_binds_a_domain_to_its_hosts)
{
	struct relay_pin pin = {0};
	struct relay_rules rules = {
	    .mode = RELAY_PINNED, .pins = &pin, .pin_count = 1, .ipv4 = true, .ipv6 = true};
	struct verdict v;

	ck_assert_int_eq(domain_name_parse(&pin.domain, "d.test", 6), DOMAIN_NAME_OK);
	ck_assert_int_eq(host_list_add(&pin.hosts, "198.51.100.10", 13), 0);
	judge(&rules, "10:p.in 20:mx1.me", "user@d.test", &v);
	ck_assert_int_eq(v.action, ACTION_PERMIT);
	judge(&rules, "10:q.in 20:mx1.me", "user@d.test", &v);
	ck_assert_int_eq(v.reason, REASON_OUTSIDE_NETS);
	judge(&rules, "10:p.in 20:mx1.me", "user@e.test", &v);
	ck_assert_int_eq(v.reason, REASON_NOT_PINNED);
	host_list_finish(&pin.hosts);
}
END_TEST

START_TEST(static_needs_no_facts)
{
	struct domain_name domain;
	struct relay_rules rules = {.mode = RELAY_STATIC, .domains = &domain, .domain_count = 1};
	struct verdict v;

	ck_assert_int_eq(domain_name_parse(&domain, "d.test", 6), DOMAIN_NAME_OK);
	judge(&rules, "failed", "user@D.test", &v);
	ck_assert_int_eq(v.action, ACTION_PERMIT);
	judge(&rules, "10:p.in 20:mx1.me", "user@x.d.test", &v);
	ck_assert_int_eq(v.reason, REASON_NOT_LISTED);
}
END_TEST

START_TEST(better_addresses_are_those_inside)
{
	struct fact_table table = {.text = "MX d.test = 5:out 10:q.in 20:mx1.me 30:p.in;" HOSTS};
	struct fact_source source = {fact_table_look, &table};
	struct relay_rules rules = {.mode = RELAY_COMPAT, .ipv4 = true, .ipv6 = true};
	struct relay_targets found;
	struct domain_name domain;
	struct verdict v;

	judge(&rules, "failed", "a@b", &v); /* sets me */
	add_hosts(&rules.networks, networks);
	ck_assert_int_eq(domain_name_parse(&domain, "d.test", 6), DOMAIN_NAME_OK);
	relay_targets(&rules, &me, &domain, &source, &found);
	ck_assert_uint_eq(found.count, 2);
	ck_assert_uint_eq(found.best, 0); /* the best one is outside */
	/* Whoever names this host must not aim its probes. */
	host_list_finish(&rules.networks);
	rules.any_network = true;
	relay_targets(&rules, &me, &domain, &source, &found);
	ck_assert_uint_eq(found.count, 0);
	host_list_finish(&rules.networks);
	fact_table_finish(&table);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("policy-relay-rules");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_loop_test(
	    t, a_bad_shape_is_refused_in_every_mode, 0, sizeof(shape_rows) / sizeof(shape_rows[0]));
	tcase_add_test(t, families_are_looked_at_as_configured);
	tcase_add_test(t, a_host_name_in_the_networks_counts);
	tcase_add_test(t, pinned_binds_a_domain_to_its_hosts);
	tcase_add_test(t, static_needs_no_facts);
	tcase_add_test(t, better_addresses_are_those_inside);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
