/*
 * test-policy-relay-verdict.c - the matrix of permit_mx_backup and of the stricter modes
 */
#include "policy/relay-verdict.h"
#include "tests/policy-facts.h"

#include <stdio.h>

/* 198.51.100.0/24 and 2001:db8:1::/48 are the networks; 192.0.2.1, 2001:db8::1, mx1.me this host.
 */
#define HOSTS \
	"A p.in = 198.51.100.10; AAAA p.in = nodata;" \
	"A q.in = 198.51.100.11; AAAA q.in = 2001:db8:1::11;" \
	"A mixed = 198.51.100.12; AAAA mixed = 2001:db8:ffff::12;" \
	"A out = 203.0.113.9; AAAA out = nodata;" \
	"A me.addr = 192.0.2.1; AAAA me.addr = nodata;" \
	"A me.six = nodata; AAAA me.six = 2001:db8::1;" \
	"A sick = failed; AAAA sick = failed;" \
	"A half = 198.51.100.13; AAAA half = failed;" \
	"A late = waiting; AAAA late = waiting;" \
	"A al = alias:p.in; AAAA al = alias:p.in;" \
	"A loop = alias:loop; AAAA loop = alias:loop;" \
	"A gone = for:60 nxdomain; AAAA gone = for:60 nxdomain;" \
	"A away = for:100000 nxdomain; AAAA away = for:100000 nodata;" \
	"A fresh6 = for:100000 nodata; AAAA fresh6 = for:60 nodata;" \
	"A lost = stale for:100000 nxdomain; AAAA lost = stale for:100000 nxdomain;" \
	"A old = stale 198.51.100.14; AAAA old = stale nodata;"

struct outcome {
	enum action action;
	enum reason reason;
};

#define OK \
	{ \
		ACTION_PERMIT, REASON_BACKUP \
	}
#define NO(reason) \
	{ \
		ACTION_REFUSE, REASON_##reason \
	}
#define TEMP(reason) \
	{ \
		ACTION_TEMPORARY, REASON_##reason \
	}
#define WAIT \
	{ \
		ACTION_WAIT, REASON_PRIMARY_TEMP \
	}

enum { NETS, ANY, ALL, COLUMNS };

static const struct row {
	const char *name;
	const char *mx;
	struct outcome want[COLUMNS];
	bool stale;
} rows[] = {
    {
        .name = "primary inside, then me",
        .mx = "10:p.in 20:mx1.me",
        .want = {OK, OK, OK},
    },
    {
        .name = "records in any order",
        .mx = "20:mx1.me 10:p.in",
        .want = {OK, OK, OK},
    },
    {
        .name = "me by address",
        .mx = "10:p.in 20:me.addr",
        .want = {OK, OK, OK},
    },
    {
        .name = "me by IPv6 address",
        .mx = "10:p.in 20:me.six",
        .want = {OK, OK, OK},
    },
    {
        .name = "foreign host between",
        .mx = "10:p.in 20:out 30:mx1.me",
        .want = {OK, OK, NO(OUTSIDE_NETS)},
    },
    {
        .name = "foreign host tied with me",
        .mx = "10:p.in 20:out 20:mx1.me",
        .want = {OK, OK, OK},
    },
    {
        .name = "foreign host worse than me",
        .mx = "10:p.in 20:mx1.me 30:out",
        .want = {OK, OK, OK},
    },
    {
        .name = "two best, one outside",
        .mx = "10:p.in 10:out 20:mx1.me",
        .want = {NO(OUTSIDE_NETS), OK, NO(OUTSIDE_NETS)},
    },
    {
        .name = "primary outside",
        .mx = "10:out 20:mx1.me",
        .want = {NO(OUTSIDE_NETS), OK, NO(OUTSIDE_NETS)},
    },
    {
        .name = "AAAA outside",
        .mx = "10:mixed 20:mx1.me",
        .want = {NO(OUTSIDE_NETS), OK, NO(OUTSIDE_NETS)},
    },
    {
        .name = "both families inside",
        .mx = "10:q.in 20:mx1.me",
        .want = {OK, OK, OK},
    },
    {
        .name = "me best",
        .mx = "10:mx1.me 20:p.in",
        .want = {NO(PRIMARY), NO(PRIMARY), NO(PRIMARY)},
    },
    {
        .name = "me tied for best, by address",
        .mx = "10:p.in 10:me.addr 20:mx1.me",
        .want = {NO(PRIMARY), NO(PRIMARY), NO(PRIMARY)},
    },
    {
        .name = "me the only one",
        .mx = "10:mx1.me",
        .want = {NO(PRIMARY), NO(PRIMARY), NO(PRIMARY)},
    },
    {
        .name = "not me",
        .mx = "10:p.in 20:q.in",
        .want = {NO(NOT_MX), NO(NOT_MX), NO(NOT_MX)},
    },
    {
        .name = "one, not me",
        .mx = "10:p.in",
        .want = {NO(NOT_MX), NO(NOT_MX), NO(NOT_MX)},
    },
    {
        .name = "no MX",
        .mx = "nodata",
        .want = {NO(NO_MX), NO(NO_MX), NO(NO_MX)},
    },
    {
        .name = "no such domain",
        .mx = "nxdomain",
        .want = {NO(NXDOMAIN), NO(NXDOMAIN), NO(NXDOMAIN)},
    },
    {
        .name = "more MX than are looked up",
        .mx = "too-many",
        .want = {NO(TOO_MANY_MX), NO(TOO_MANY_MX), NO(TOO_MANY_MX)},
    },
    {
        .name = "null MX",
        .mx = "0:",
        .want = {NO(NULL_MX), NO(NULL_MX), NO(NULL_MX)},
    },
    {
        .name = "null MX behind good ones",
        .mx = "10:p.in 20:mx1.me 30:",
        .want = {NO(NULL_MX), NO(NULL_MX), NO(NULL_MX)},
    },
    {
        .name = "MX target is an alias",
        .mx = "10:al 20:mx1.me",
        .want = {OK, OK, OK},
    },
    {
        .name = "MX target is an alias of itself",
        .mx = "10:loop 20:mx1.me",
        .want = {TEMP(PRIMARY_TEMP), OK, TEMP(PRIMARY_TEMP)},
    },
    {
        .name = "MX lookup failed",
        .mx = "failed",
        .want = {TEMP(DNS_TEMP), TEMP(DNS_TEMP), TEMP(DNS_TEMP)},
    },
    {
        .name = "MX lookup under way",
        .mx = "waiting",
        .want = {{ACTION_WAIT, REASON_DNS_TEMP}, {ACTION_WAIT, REASON_DNS_TEMP},
            {ACTION_WAIT, REASON_DNS_TEMP}},
    },
    {
        .name = "primary's lookup failed",
        .mx = "10:sick 20:mx1.me",
        .want = {TEMP(PRIMARY_TEMP), OK, TEMP(PRIMARY_TEMP)},
    },
    {
        .name = "one family failed: as getaddrinfo in compat, strict elsewhere",
        .mx = "10:half 20:mx1.me",
        .want = {OK, OK, TEMP(PRIMARY_TEMP)},
    },
    {
        .name = "a failed host might have been me",
        .mx = "10:p.in 20:sick",
        .want = {TEMP(PRIMARY_TEMP), TEMP(PRIMARY_TEMP), TEMP(PRIMARY_TEMP)},
    },
    {
        .name = "a failed host worse than me matters to nobody",
        .mx = "10:p.in 20:mx1.me 30:sick",
        .want = {OK, OK, OK},
    },
    {
        .name = "a failed host tied with me matters to nobody",
        .mx = "10:p.in 20:sick 20:me.addr",
        .want = {OK, OK, OK},
    },
    {
        .name = "primary under way",
        .mx = "10:late 20:mx1.me",
        .want = {WAIT, WAIT, WAIT},
    },
    {
        .name = "primary absent for a minute",
        .mx = "10:gone 20:mx1.me",
        .want = {TEMP(PRIMARY_TEMP), OK, TEMP(PRIMARY_TEMP)},
    },
    {
        .name = "primary absent for a day",
        .mx = "10:away 20:mx1.me",
        .want = {NO(PRIMARY_GONE), OK, NO(PRIMARY_GONE)},
    },
    {
        .name = "lost its last address a minute ago",
        .mx = "10:fresh6 20:mx1.me",
        .want = {TEMP(PRIMARY_TEMP), OK, TEMP(PRIMARY_TEMP)},
    },
    {
        .name = "one of two best absent for a day",
        .mx = "10:away 10:p.in 20:mx1.me",
        .want = {NO(PRIMARY_GONE), OK, OK},
    },
    {
        .name = "stale data counts, and is marked",
        .mx = "stale 10:p.in 20:mx1.me",
        .want = {OK, OK, OK},
        .stale = true,
    },
    {
        .name = "me tied for best with a host that fails",
        .mx = "10:sick 10:me.addr 20:p.in",
        .want = {TEMP(PRIMARY_TEMP), TEMP(PRIMARY_TEMP), NO(PRIMARY)},
    },
    {
        .name = "me tied for best with a host asked for",
        .mx = "10:late 10:me.addr",
        .want = {WAIT, WAIT, WAIT},
    },
    {
        .name = "best outside, its peer fails",
        .mx = "10:out 10:sick 20:mx1.me",
        .want = {TEMP(PRIMARY_TEMP), OK, NO(OUTSIDE_NETS)},
    },
    {
        .name = "best outside, a peer of mine fails",
        .mx = "10:out 20:sick 20:me.addr",
        .want = {TEMP(PRIMARY_TEMP), OK, NO(OUTSIDE_NETS)},
    },
    {
        .name = "stale data bounces nothing: not me",
        .mx = "stale 10:p.in",
        .want = {TEMP(NOT_MX), TEMP(NOT_MX), TEMP(NOT_MX)},
        .stale = true,
    },
    {
        .name = "stale data bounces nothing: no domain",
        .mx = "stale nxdomain",
        .want = {TEMP(NXDOMAIN), TEMP(NXDOMAIN), TEMP(NXDOMAIN)},
        .stale = true,
    },
    {
        .name = "stale absence bounces nothing",
        .mx = "10:lost 20:mx1.me",
        .want = {TEMP(PRIMARY_GONE), OK, TEMP(PRIMARY_GONE)},
        .stale = true,
    },
    {
        .name = "stale host data counts",
        .mx = "10:old 20:mx1.me",
        .want = {OK, OK, OK},
        .stale = true,
    },
};

static void
add_hosts(struct host_list *list, const char *const *texts)
{
	for (; *texts != NULL; texts++) {
		ck_assert_int_eq(host_list_add(list, *texts, strlen(*texts)), 0);
	}
}

static const char *const networks[] = {"198.51.100.0/24", "2001:db8:1::/48", NULL};

static struct identity me;

static void
judge(struct relay_rules *rules, const char *mx, const char *recipient, struct verdict *v)
{
	char zone[4096];
	struct fact_table table = {.text = zone};
	struct fact_source source = {fact_table_look, &table};
	struct mailbox m;

	me = (struct identity){0};
	ck_assert(identity_add_name(&me, "mx1.me", 6));
	ck_assert(identity_add_address(&me, "192.0.2.1", 9));
	ck_assert(identity_add_address(&me, "2001:db8::1", 11));
	snprintf(zone, sizeof(zone), "MX d.test = %s;" HOSTS, mx);
	mailbox_parse(&m, recipient, strlen(recipient));
	relay_verdict(rules, &me, &m, &source, v);
	fact_table_finish(&table);
}

START_TEST(the_matrix)
{
	const struct row *r = &rows[_i / COLUMNS];
	const struct outcome *want = &r->want[_i % COLUMNS];
	struct relay_rules rules = {
	    .mode = _i % COLUMNS == ALL ? RELAY_ALL_BETTER : RELAY_COMPAT,
	    .any_network = _i % COLUMNS == ANY,
	    .ipv4 = true,
	    .ipv6 = true,
	    .gone_after_ms = 4 * 3600 * 1000,
	};
	struct verdict v;

	add_hosts(&rules.networks, networks);
	judge(&rules, r->mx, "user@d.test", &v);
	ck_assert_msg(v.action == want->action && v.reason == want->reason,
	    "%s, column %d: %s %s, want %s %s", r->name, _i % COLUMNS, action_name(v.action),
	    reason_code(v.reason), action_name(want->action), reason_code(want->reason));
	if (_i % COLUMNS == NETS) {
		ck_assert_msg(v.stale == r->stale, "%s: stale", r->name);
	}
	host_list_finish(&rules.networks);
}
END_TEST

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
	struct address found[MX_HOST_ADDRESSES_MAX];
	struct domain_name domain;
	struct verdict v;

	judge(&rules, "failed", "a@b", &v); /* sets me */
	add_hosts(&rules.networks, networks);
	ck_assert_int_eq(domain_name_parse(&domain, "d.test", 6), DOMAIN_NAME_OK);
	ck_assert_uint_eq(
	    relay_better_addresses(&rules, &me, &domain, &source, found, MX_HOST_ADDRESSES_MAX), 2);
	/* Whoever names this host must not aim its probes. */
	host_list_finish(&rules.networks);
	rules.any_network = true;
	ck_assert_uint_eq(
	    relay_better_addresses(&rules, &me, &domain, &source, found, MX_HOST_ADDRESSES_MAX), 0);
	host_list_finish(&rules.networks);
	fact_table_finish(&table);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("policy-relay-verdict");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, the_matrix, 0, COLUMNS * (int)(sizeof(rows) / sizeof(rows[0])));
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
