/*
 * test-policy-dns-cache.c - what is kept, for how long, and what a flood pushes out
 */
#include "policy/dns-cache.h"
#include "policy/siphash.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

static union dns_answer_room room;

static struct dns_entry *
learn(struct dns_cache *c, const char *name, enum dns_outcome outcome, uint32_t ttl, int64_t now)
{
	struct dns_entry *e = dns_cache_obtain(c, DNS_A, name, strlen(name));
	struct address a = {{1}};

	ck_assert_ptr_nonnull(e);
	dns_answer_clear(&room, DNS_A, outcome);
	if (outcome == DNS_DATA) {
		ck_assert(dns_answer_add_address(&room, &a));
	}
	room.answer.ttl = ttl;
	ck_assert(dns_cache_learn(c, e, &room.answer, now));
	return e;
}

START_TEST(an_answer_has_its_age)
{
	struct dns_cache *c = dns_cache_new();
	struct dns_entry *e = learn(c, "a", DNS_DATA, 10, 1000);

	ck_assert_int_eq(e->expires, 11000);
	ck_assert_int_eq(e->since, 1000);
	learn(c, "a", DNS_DATA, 10, 5000);
	ck_assert_int_eq(e->since, 1000);
	learn(c, "a", DNS_NXDOMAIN, 10, 6000);
	ck_assert_int_eq(e->since, 6000);
	learn(c, "a", DNS_NODATA, 10, 7000);
	ck_assert_int_eq(e->since, 6000); /* absent is absent */
	learn(c, "a", DNS_DATA, 10, 8000);
	ck_assert_int_eq(e->since, 8000);
	dns_cache_free(c);
}
END_TEST

START_TEST(a_flood_does_not_push_out_what_is_kept)
{
	struct dns_cache *c = dns_cache_new();
	struct dns_entry *e = learn(c, "kept", DNS_DATA, 10, 1000);
	size_t kept, transient;
	char name[32];

	dns_cache_keep(c, e, 1000);
	learn(c, "not-kept", DNS_DATA, 10, 1000);
	for (unsigned i = 0; i < DNS_TRANSIENT_MAX + 100; i++) {
		snprintf(name, sizeof(name), "flood%u", i);
		learn(c, name, DNS_NXDOMAIN, 10, 2000);
	}
	dns_cache_count(c, &kept, &transient);
	ck_assert_uint_eq(kept, 1);
	ck_assert_uint_eq(transient, DNS_TRANSIENT_MAX);
	ck_assert_ptr_eq(dns_cache_find(c, DNS_A, "kept", 4), e);
	ck_assert_ptr_null(dns_cache_find(c, DNS_A, "not-kept", 8));
	ck_assert_ptr_null(dns_cache_find(c, DNS_MX, "kept", 4));
	ck_assert_uint_eq(dns_cache_forget(c, "kept", 4), 1);
	ck_assert_ptr_null(dns_cache_find(c, DNS_A, "kept", 4));
	dns_cache_free(c);
}
END_TEST

START_TEST(what_is_in_flight_stays)
{
	struct dns_cache *c = dns_cache_new();
	struct dns_entry *e = dns_cache_obtain(c, DNS_A, "asked", 5);
	char name[32];

	e->query = (struct dns_query *)(void *)e; /* only its being there counts */
	for (unsigned i = 0; i < DNS_TRANSIENT_MAX + 100; i++) {
		snprintf(name, sizeof(name), "flood%u", i);
		learn(c, name, DNS_NXDOMAIN, 10, 2000);
	}
	ck_assert_ptr_eq(dns_cache_find(c, DNS_A, "asked", 5), e);
	e->query = NULL;
	dns_cache_free(c);
}
END_TEST

START_TEST(all_entries_are_walked_over_once)
{
	struct dns_cache *c = dns_cache_new();
	unsigned count = 0, kept = 0;
	char name[8];

	for (unsigned i = 0; i < 10; i++) {
		snprintf(name, sizeof(name), "n%u", i);
		if (i % 2 == 0) {
			dns_cache_keep(c, learn(c, name, DNS_DATA, 10, 1), 1);
		} else {
			learn(c, name, DNS_DATA, 10, 1);
		}
	}
	for (struct dns_entry *e = dns_cache_next(c, NULL); e != NULL; e = dns_cache_next(c, e)) {
		count++;
		kept += e->kept;
	}
	ck_assert_uint_eq(count, 10);
	ck_assert_uint_eq(kept, 5);
	dns_cache_free(c);
}
END_TEST

/* A flood of one organisation's names is kept within its quota; others are untouched. */
START_TEST(an_organisation_has_a_quota)
{
	struct dns_cache *c = dns_cache_new();
	struct dns_entry *mine = learn(c, "customer.example", DNS_DATA, 10, 1);
	struct dns_entry *other;
	char name[64];

	dns_cache_keep(c, mine, 1);
	for (unsigned i = 0; i < 9000; i++) {
		snprintf(name, sizeof(name), "w%u.sub.stranger.co.uk", i);
		dns_cache_keep(c, learn(c, name, DNS_DATA, 10, 2), 2);
	}
	ck_assert(mine->kept);
	ck_assert_uint_le(dns_cache_bytes(c, DNS_KEPT), DNS_ORG_BYTES_MAX + 1000);
	ck_assert_uint_gt(dns_cache_bytes(c, DNS_KEPT), DNS_ORG_BYTES_MAX / 2);
	ck_assert_uint_gt(dns_cache_refused(c), 7000);
	other = learn(c, "neighbour.co.uk", DNS_DATA, 10, 3);
	dns_cache_keep(c, other, 3);
	ck_assert(other->kept); /* co.uk is no organisation */
	/* what the configuration names has no quota, and is never dropped */
	for (unsigned i = 0; i < 9000; i++) {
		snprintf(name, sizeof(name), "w%u.sub.customer.example", i);
		dns_cache_configure(c, learn(c, name, DNS_DATA, 10, 4), 4);
	}
	ck_assert_ptr_nonnull(dns_cache_find(c, DNS_A, "w0.sub.customer.example", 23));
	dns_cache_free(c);
}
END_TEST

START_TEST(only_what_is_unused_for_a_day_makes_room)
{
	struct dns_cache *c = dns_cache_new();
	struct dns_entry *first = learn(c, "first.example", DNS_DATA, 10, 1), *late;
	char name[64];

	dns_cache_keep(c, first, 1);
	for (unsigned i = 0; dns_cache_refused(c) == 0; i++) {
		snprintf(name, sizeof(name), "stranger%u.example", i);
		dns_cache_keep(c, learn(c, name, DNS_DATA, 10, 2), 2);
	}
	ck_assert_uint_le(dns_cache_bytes(c, DNS_KEPT), DNS_KEPT_BYTES_MAX);
	ck_assert_ptr_eq(dns_cache_find(c, DNS_A, "first.example", 13), first);
	late = learn(c, "late.example", DNS_DATA, 10, 3);
	dns_cache_keep(c, late, 3);
	ck_assert(!late->kept);
	dns_cache_keep(c, late, 2 + DNS_KEPT_IDLE_MS);
	ck_assert(late->kept);
	dns_cache_free(c);
}
END_TEST

START_TEST(an_absence_counts_while_it_is_polled)
{
	struct dns_cache *c = dns_cache_new();
	struct dns_entry *e = learn(c, "a", DNS_NXDOMAIN, 10, 1000);

	learn(c, "a", DNS_NXDOMAIN, 10, 1000 + DNS_POLL_GAP_MS);
	ck_assert_int_eq(e->since, 1000);
	learn(c, "a", DNS_NXDOMAIN, 10, 1001 + 2 * (int64_t)DNS_POLL_GAP_MS);
	ck_assert_int_eq(e->since, 1001 + 2 * (int64_t)DNS_POLL_GAP_MS);
	dns_cache_free(c);
}
END_TEST

START_TEST(changes_are_what_the_state_file_should_have)
{
	struct dns_cache *c = dns_cache_new();
	struct dns_entry *e = learn(c, "a", DNS_DATA, 10, 1000);
	uint64_t before = dns_cache_changes(c);

	dns_cache_keep(c, e, 1000);
	ck_assert_uint_eq(dns_cache_changes(c), ++before);
	learn(c, "a", DNS_DATA, 10, 2000); /* the same again */
	learn(c, "stranger", DNS_DATA, 10, 2000);
	ck_assert_uint_eq(dns_cache_changes(c), before);
	learn(c, "a", DNS_DATA, 10, 1000 + DNS_SAVE_AGAIN_MS);
	ck_assert_uint_eq(dns_cache_changes(c), ++before);
	learn(c, "a", DNS_NODATA, 10, 5000);
	ck_assert_uint_eq(dns_cache_changes(c), ++before);
	dns_cache_forget(c, "a", 1);
	ck_assert_uint_eq(dns_cache_changes(c) >> 32, 1);
	dns_cache_free(c);
}
END_TEST

START_TEST(siphash_depends_on_key_and_bytes)
{
	struct siphash_key a = {{1, 2}}, b = {{1, 3}};

	ck_assert_uint_eq(siphash(&a, "abcdefgh", 8), siphash(&a, "abcdefgh", 8));
	ck_assert_uint_ne(siphash(&a, "abcdefgh", 8), siphash(&b, "abcdefgh", 8));
	ck_assert_uint_ne(siphash(&a, "abcdefgh", 8), siphash(&a, "abcdefg", 7));
	ck_assert_uint_ne(siphash(&a, "a\0", 2), siphash(&a, "a", 1));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("policy-dns-cache");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_test(t, an_answer_has_its_age);
	tcase_add_test(t, a_flood_does_not_push_out_what_is_kept);
	tcase_add_test(t, what_is_in_flight_stays);
	tcase_add_test(t, all_entries_are_walked_over_once);
	tcase_add_test(t, an_organisation_has_a_quota);
	tcase_add_test(t, only_what_is_unused_for_a_day_makes_room);
	tcase_add_test(t, an_absence_counts_while_it_is_polled);
	tcase_add_test(t, changes_are_what_the_state_file_should_have);
	tcase_add_test(t, siphash_depends_on_key_and_bytes);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
