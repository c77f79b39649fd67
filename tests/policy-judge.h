/*
 * policy-judge.h - the hosts and the identity that the tests of the relay verdict share
 */
#ifndef TESTS_POLICY_JUDGE_H
#define TESTS_POLICY_JUDGE_H

#include "policy/relay-verdict.h"
#include "tests/policy-facts.h"

/* 198.51.100.0/24 and 2001:db8:1::/48 are the networks; 192.0.2.1, 2001:db8::1, mx1.me this host.
 */
#define HOSTS \
	"A p.in = 198.51.100.10; AAAA p.in = nodata;" \
	"A q.in = 198.51.100.11; AAAA q.in = 2001:db8:1::11;" \
	"A mixed = 198.51.100.12; AAAA mixed = 2001:db8:ffff::12;" \
	"A out = 203.0.113.9; AAAA out = nodata;" \
	"A me.addr = 192.0.2.1; AAAA me.addr = nodata;" \
	"A me.six = nodata; AAAA me.six = 2001:db8::1;" \
	"A lo = 127.0.0.1; AAAA lo = nodata;" \
	"A lo6 = 198.51.100.15; AAAA lo6 = ::1;" \
	"A map.in = nodata; AAAA map.in = ::ffff:198.51.100.10;" \
	"A map.me = nodata; AAAA map.me = ::ffff:192.0.2.1;" \
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

static inline void
add_hosts(struct host_list *list, const char *const *texts)
{
	for (; *texts != NULL; texts++) {
		ck_assert_int_eq(host_list_add(list, *texts, strlen(*texts)), 0);
	}
}

static const char *const networks[] = {"198.51.100.0/24", "2001:db8:1::/48", NULL};

static struct identity me;

static inline void
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
	ck_assert(identity_add_address(&me, "127.0.0.1", 9)); /* as the interfaces say */
	ck_assert(identity_add_address(&me, "::1", 3));
	snprintf(zone, sizeof(zone), "MX d.test = %s;" HOSTS, mx);
	mailbox_parse(&m, recipient, strlen(recipient));
	relay_verdict(rules, &me, &m, &source, v);
	fact_table_finish(&table);
}

#endif
