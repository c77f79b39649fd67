/*
 * test-policy-learned.c - what is remembered of recipients, how much of it, and over a restart
 */
#include "policy/learned-state.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct learned *memory;

static const struct recipient_key *
key(const char *address)
{
	static struct recipient_key k;
	struct mailbox m;

	if (address[0] == '@') {
		k.local_len = 0;
		k.len = strlen(address);
		memcpy(k.text, address, k.len);
		return &k;
	}
	mailbox_parse(&m, address, strlen(address));
	ck_assert_msg(recipient_key_make(&k, &m), "%s", address);
	return &k;
}

static enum learned_word
word(const char *address, int64_t now)
{
	const struct learned_entry *e = learned_find(memory, key(address), now);

	return e != NULL ? (enum learned_word)e->word : LEARNED_NOTHING;
}

static void
begin(void)
{
	memory = learned_new();
	ck_assert_ptr_nonnull(memory);
}

START_TEST(the_last_word_counts)
{
	begin();
	ck_assert_ptr_null(learned_find(memory, key("u@d.test"), 1));
	ck_assert(learned_set(memory, key("u@d.test"), LEARNED_NO_USER, 5, 5));
	ck_assert_int_eq(word("U@D.test", 6), LEARNED_NO_USER);
	ck_assert(learned_set(memory, key("u@d.test"), LEARNED_KNOWN, 7, 7));
	ck_assert_int_eq(word("u@d.test", 8), LEARNED_KNOWN);
	ck_assert_int_eq(word("v@d.test", 8), LEARNED_NOTHING);
	ck_assert(learned_set(memory, key("e\xcc\x81@d.test"), LEARNED_NO_USER, 7, 7));
	ck_assert_int_eq(word("\xc3\xa9@d.test", 8), LEARNED_NO_USER);
	ck_assert(learned_set(memory, key("\xc3\xa9@d.test"), LEARNED_NOTHING, 7, 7));
	learned_set_tried(memory, key("u@d.test"), 9);
	ck_assert_int_eq(word("u@d.test", 10), LEARNED_KNOWN); /* it stays */
	ck_assert_int_eq(learned_find(memory, key("u@d.test"), 10)->tried, 9);
	ck_assert_uint_eq(learned_count(memory, LEARNED_KNOWN), 1);
	ck_assert_uint_eq(learned_count(memory, LEARNED_NO_USER), 0);
	ck_assert(learned_set(memory, key("u@d.test"), LEARNED_NO_USER, 11, 11));
	ck_assert_uint_eq(learned_count(memory, LEARNED_KNOWN), 0);
	learned_free(memory);
}
END_TEST

START_TEST(one_organisation_has_its_share_and_others_are_forgotten_first)
{
	char address[200];
	size_t i;

	begin();
	ck_assert(learned_set(memory, key("u@customer.test"), LEARNED_KNOWN, 1, 1));
	for (i = 0; learned_refused(memory) == 0; i++) {
		snprintf(address, sizeof(address), "u%zu@d%zu.stranger.test", i, i % 7);
		ck_assert(learned_set(memory, key(address), LEARNED_KNOWN, 1, 1));
	}
	ck_assert_uint_gt(i, 10000);
	ck_assert_uint_lt(learned_bytes(memory), LEARNED_ORG_BYTES_MAX + 4096);
	/* over its share it is known nevertheless, until others need the room */
	ck_assert_int_eq(word(address, 2), LEARNED_KNOWN);
	for (i = 0; i < 100000; i++) {
		snprintf(address, sizeof(address), "x%zu@customer.test", i);
		ck_assert(learned_set(memory, key(address), LEARNED_NO_USER, 2, 2));
	}
	ck_assert_uint_lt(
	    learned_bytes(memory), LEARNED_ORG_BYTES_MAX + LEARNED_OTHERS_BYTES_MAX + 4096);
	ck_assert_int_eq(word("u@customer.test", 3), LEARNED_KNOWN);
	ck_assert_int_eq(word("x0@customer.test", 3), LEARNED_NOTHING);
	ck_assert_int_eq(word("x99999@customer.test", 3), LEARNED_NO_USER);
	learned_free(memory);
}
END_TEST

START_TEST(when_all_is_full_only_what_was_idle_for_a_day_goes)
{
	char address[200];
	uint64_t refused;
	size_t i = 0;

	begin();
	for (size_t org = 0; learned_refused(memory) == 0; i++, org = i / 10000) {
		snprintf(address, sizeof(address), "u%zu@o%zu.test", i, org);
		ck_assert(learned_set(memory, key(address), LEARNED_KNOWN, 1, 1));
	}
	ck_assert_uint_lt(learned_bytes(memory), LEARNED_KNOWN_BYTES_MAX + 4096);
	ck_assert_int_eq(word("u0@o0.test", 2), LEARNED_KNOWN);
	refused = learned_refused(memory);
	ck_assert(learned_set(memory, key("new@new.test"), LEARNED_KNOWN, 3, 3 + LEARNED_IDLE_MS));
	ck_assert_uint_eq(learned_refused(memory), refused);
	ck_assert_int_eq(word("u1@o0.test", 4), LEARNED_NOTHING); /* unused longest */
	ck_assert_int_eq(word("u0@o0.test", 4), LEARNED_KNOWN);
	learned_free(memory);
}
END_TEST

START_TEST(a_domain_is_forgotten_whole)
{
	uint64_t before;

	begin();
	ck_assert(learned_set(memory, key("u@d.test"), LEARNED_KNOWN, 1, 1));
	ck_assert(learned_set(memory, key("v@d.test"), LEARNED_NO_USER, 1, 1));
	ck_assert(learned_set(memory, key("@d.test"), LEARNED_TAKES_ALL, 1, 1));
	ck_assert(learned_set(memory, key("u@sub.d.test"), LEARNED_KNOWN, 1, 1));
	before = learned_changes(memory);
	ck_assert_uint_eq(
	    learned_forget(memory, &(struct domain_name){.len = 6, .text = "d.test"}), 3);
	ck_assert_uint_gt(learned_changes(memory) >> 32, before >> 32);
	ck_assert_int_eq(word("u@d.test", 2), LEARNED_NOTHING);
	ck_assert_int_eq(word("u@sub.d.test", 2), LEARNED_KNOWN);
	learned_free(memory);
}
END_TEST

START_TEST(it_outlives_a_restart_as_lines)
{
	char folder[] = "/tmp/policy-learned-XXXXXX", path[64];
	struct state_part part;
	size_t taken, skipped;
	const char *what;
	uint64_t saved;
	FILE *f;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/learned", folder);
	begin();
	part = learned_state_part(memory);
	ck_assert(learned_set(memory, key("two words@d.test"), LEARNED_KNOWN, 1000, 1000));
	ck_assert(learned_set(memory, key("a+b=c\xc3\xbc@d.test"), LEARNED_KNOWN, 1000, 1000));
	ck_assert(learned_set(memory, key("u@d.test"), LEARNED_KNOWN, 1000, 1000));
	ck_assert(learned_set(memory, key("@all.test"), LEARNED_TAKES_ALL, 1000, 1000));
	learned_set_tried(memory, key("nothing@d.test"), 1000);
	ck_assert_int_eq(state_file_write(folder, &part, 0, 1000, &what), 0);
	saved = learned_changes(memory);
	/* what changes is appended, and the last line counts */
	ck_assert(learned_set(memory, key("u@d.test"), LEARNED_NO_USER, 2000, 2000));
	ck_assert_int_eq(state_file_write(folder, &part, saved, 2000, &what), 0);
	learned_free(memory);
	f = fopen(path, "a");
	ck_assert_ptr_nonnull(f);
	fputs("known no-address 5\nknown x+4@d.test 5\nknown u@d.test\nwhat u@d.test 5\n"
	      "known @d.test 5\nknown u@d.test -5\nknown old@d.test 5\n",
	    f);
	fclose(f);
	begin();
	part = learned_state_part(memory);
	ck_assert_int_eq(state_file_read(folder, &part, 2000, &taken, &skipped, &what), 0);
	ck_assert_uint_eq(taken, 5);
	ck_assert_uint_eq(skipped, 6);
	ck_assert_int_eq(word("two words@d.test", 2000), LEARNED_KNOWN);
	ck_assert_int_eq(word("a+b=c\xc3\xbc@d.test", 2000), LEARNED_KNOWN);
	ck_assert_int_eq(word("u@d.test", 2000), LEARNED_NO_USER);
	ck_assert_int_eq(word("@all.test", 2000), LEARNED_TAKES_ALL);
	ck_assert_int_eq(word("old@d.test", 2000), LEARNED_NOTHING);
	ck_assert_int_eq(word("nothing@d.test", 2000), LEARNED_NOTHING);
	learned_free(memory);
	unlink(path);
	rmdir(folder);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("policy-learned");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, the_last_word_counts);
	tcase_add_test(t, one_organisation_has_its_share_and_others_are_forgotten_first);
	tcase_add_test(t, when_all_is_full_only_what_was_idle_for_a_day_goes);
	tcase_add_test(t, a_domain_is_forgotten_whole);
	tcase_add_test(t, it_outlives_a_restart_as_lines);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
