/*
 * test-policy-relay-verdict.c - the matrix of permit_mx_backup and of the stricter mode
 */
#include "tests/policy-judge.h"

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
        .name = "primary is loopback",
        .mx = "10:lo 20:mx1.me",
        .want = {NO(MX_UNUSABLE), NO(MX_UNUSABLE), NO(MX_UNUSABLE)},
    },
    {
        .name = "primary is IPv6 loopback, and inside",
        .mx = "10:lo6 20:mx1.me",
        .want = {NO(MX_UNUSABLE), NO(MX_UNUSABLE), NO(MX_UNUSABLE)},
    },
    {
        .name = "primary is inside, by a mapped address",
        .mx = "10:map.in 20:mx1.me",
        .want = {NO(MX_UNUSABLE), NO(MX_UNUSABLE), NO(MX_UNUSABLE)},
    },
    {
        .name = "a mapped address of mine is not me",
        .mx = "10:p.in 15:map.me 15:out 20:mx1.me",
        .want = {OK, OK, NO(MX_UNUSABLE)},
    },
    {
        .name = "loopback is not me",
        .mx = "10:p.in 15:lo 15:out 20:mx1.me",
        .want = {OK, OK, NO(MX_UNUSABLE)},
    },
    {
        .name = "only by loopback I am no backup",
        .mx = "10:p.in 20:lo",
        .want = {NO(NOT_MX), NO(NOT_MX), NO(NOT_MX)},
    },
    {
        .name = "a special address worse than me matters to nobody",
        .mx = "10:p.in 20:mx1.me 30:lo",
        .want = {OK, OK, OK},
    },
    {
        .name = "null MX",
        .mx = "0:",
        .want = {NO(NULL_MX), NO(NULL_MX), NO(NULL_MX)},
    },
    {
        .name = "null MX after good ones",
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

int
main(void)
{
	Suite *s = suite_create("policy-relay-verdict");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, the_matrix, 0, COLUMNS * (int)(sizeof(rows) / sizeof(rows[0])));
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
