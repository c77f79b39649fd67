/*
 * test-sweep.c - what is dead goes, and nothing else
 */
#include "spool/sweep.h"

#include <errno.h>

#include "spool/lock.h"
#include "spool/seen.h"
#include "tests/stored.h"

enum { DAY = 24 * 60 * 60, HOUR = 60 * 60 };

static struct spool *spool;
static struct spool_fail why;
static struct sweep_result result;

static void
begin(void)
{
	struct key key;

	umask(077);
	scratch_begin();
	spool = scratch_spool(&key);
}

static void
end(void)
{
	spool_close(&spool);
	scratch_end();
}

static uint32_t
in_days(int days)
{
	return (uint32_t)((time(NULL) + (time_t)days * DAY) / EXPIRY_UNIT);
}

static const struct row {
	const char *name;
	int expires;          /* days from now */
	int entry_age, age;   /* hours since the entry and its blob were stored */
	bool needed_is_known; /* the caller knows what is needed: nothing is */
	bool needed, keep;
	bool entry_goes, blob_goes;
} rows[] = {
    {"living", 1, 100 * 24, 100 * 24, .entry_goes = false, .blob_goes = false},
    {"expired", -2, 100 * 24, 100 * 24, .entry_goes = true, .blob_goes = true},
    {"expired within the grace", 0, 100 * 24, 100 * 24, .entry_goes = false},
    {"expired, and stored again lately", -2, 1, 1, .entry_goes = false},
    {"its blob stored again lately", -2, 48, 1, .entry_goes = true, .blob_goes = false},
    {"not needed any more", 30, 48, 48, true, .entry_goes = true, .blob_goes = true},
    {"not needed, but stored lately", 30, 1, 1, true, .entry_goes = false},
    {"needed", 30, 48, 48, true, .needed = true, .entry_goes = false},
    {"kept", 30, 48, 48, true, .keep = true, .entry_goes = false},
    {"kept, and expired", -2, 48, 48, true, .keep = true, .entry_goes = true, .blob_goes = true},
    {"needed, and expired", -2, 48, 48, true, .needed = true, .entry_goes = true,
        .blob_goes = true},
    {"from the future", -2, -48, -48, .entry_goes = false},
};

/* Stores what the row says; the entry's id. */
static void
store_row(const struct row *r, uint8_t id[ENTRY_ID_BYTES])
{
	struct store_content content;
	struct group *group = NULL;
	struct store *store = NULL;
	struct entry e;

	ck_assert_int_eq(group_new(spool, &group, &why), 0);
	ck_assert_int_eq(store_open(spool, &store, &why), 0);
	ck_assert_int_eq(store_begin(store, &why), 0);
	ck_assert_int_eq(store_write(store, r->name, strlen(r->name), &why), 0);
	store_end(store, &content);
	e = stored_entry(&content, "a", in_days(r->expires));
	e.keep = r->keep;
	ck_assert_int_eq(store_add(store, group, &why), 0);
	ck_assert_int_eq(group_describe(group, 0, &e, id, &why), 0);
	ck_assert_int_eq(group_commit(group, &why), 0);
	store_close(&store);
	group_free(&group);
}

START_TEST(each_entry_as_it_should)
{
	const struct row *r = &rows[_i];
	char entry[STORED_PATH_MAX], blob[STORED_PATH_MAX];
	struct sweep_options o = {.grace = DAY, .stored_before = time(NULL) - DAY};
	struct id_set *needed = NULL;
	uint8_t id[ENTRY_ID_BYTES];

	begin();
	store_row(r, id);
	stored_entry_path(id, entry);
	stored_blob_path(spool, id, blob);
	stored_age(entry, r->entry_age * HOUR);
	stored_age(blob, r->age * HOUR);
	ck_assert_int_eq(id_set_new(&needed, &why), 0);
	if (r->needed) {
		ck_assert_int_eq(id_set_add(needed, id, &why), 0);
	}
	id_set_seal(needed);
	o.needed = r->needed_is_known ? needed : NULL;

	o.dry_run = true;
	ck_assert_int_eq(sweep(spool, &o, &result, &why), 0);
	ck_assert_msg(result.entries_removed == r->entry_goes, "%s", r->name);
	ck_assert_msg(result.blobs_removed == r->blob_goes, "%s", r->name);
	ck_assert(stored_is_there(entry) && stored_is_there(blob));

	o.dry_run = false;
	ck_assert_int_eq(sweep(spool, &o, &result, &why), 0);
	ck_assert_uint_eq(result.entries, 1);
	ck_assert_msg(stored_is_there(entry) != r->entry_goes, "%s", r->name);
	ck_assert_msg(stored_is_there(blob) != r->blob_goes, "%s", r->name);
	ck_assert_uint_eq(result.bytes_removed, r->blob_goes ? strlen(r->name) : 0);
	id_set_free(&needed);
	end();
}
END_TEST

/* One blob, two entries: it lives as long as one of them does. */
START_TEST(a_shared_blob_outlives_one_entry)
{
	static const struct sweep_options o = {.grace = DAY};
	uint8_t dead[ENTRY_ID_BYTES], living[ENTRY_ID_BYTES];
	char entry[STORED_PATH_MAX], blob[STORED_PATH_MAX];

	begin();
	stored_put(spool, "shared", "a", in_days(-2), dead);
	stored_put(spool, "shared", "b", in_days(2), living);
	stored_entry_path(dead, entry);
	stored_blob_path(spool, dead, blob);
	stored_age(entry, 2 * DAY);
	stored_age(blob, 2 * DAY);
	ck_assert_int_eq(sweep(spool, &o, &result, &why), 0);
	ck_assert(!stored_is_there(entry));
	ck_assert(stored_is_there(blob));
	end();
}
END_TEST

/* Which blob does it name? Nobody knows, so none goes. */
START_TEST(a_damaged_entry_keeps_every_blob)
{
	static const struct sweep_options o = {.grace = DAY};
	uint8_t damaged[ENTRY_ID_BYTES], dead[ENTRY_ID_BYTES];
	char entry[STORED_PATH_MAX], blob[STORED_PATH_MAX], other[STORED_PATH_MAX];

	begin();
	stored_put(spool, "one", "a", in_days(2), damaged);
	stored_put(spool, "two", "b", in_days(-2), dead);
	stored_entry_path(damaged, entry);
	stored_blob_path(spool, dead, blob);
	stored_age(blob, 2 * DAY);
	stored_overwrite(entry, "no entry");
	stored_entry_path(dead, other);
	stored_age(other, 2 * DAY);
	ck_assert_int_eq(sweep(spool, &o, &result, &why), 0);
	ck_assert_uint_eq(result.damaged, 1);
	ck_assert_uint_eq(result.blobs, 0);
	ck_assert(stored_is_there(entry) && stored_is_there(blob));
	ck_assert(!stored_is_there(other));
	end();
}
END_TEST

START_TEST(one_at_a_time)
{
	static const struct sweep_options o = {.grace = DAY};
	int lock;

	begin();
	lock = lock_open(spool, &why);
	ck_assert_int_eq(lock_take(lock, LOCK_SWEEP, true, false, &why), 0);
	ck_assert_int_eq(sweep(spool, &o, &result, &why), -EAGAIN);
	ck_assert_int_eq(why.check, FAIL_SWEEP);
	close(lock);
	ck_assert_int_eq(sweep(spool, &o, &result, &why), 0);
	end();
}
END_TEST

static void
set_all_times(time_t ago)
{
	char path[STORED_PATH_MAX];

	stored_age("spool/lock", ago);
	stored_age("spool/used", ago);
	for (unsigned i = 0; i < SHARDS; i++) {
		snprintf(path, sizeof(path), "spool/blobs/%02x", i);
		stored_age(path, ago);
		snprintf(path, sizeof(path), "spool/entries/%02x", i);
		stored_age(path, ago);
	}
}

START_TEST(a_clock_that_jumped_removes_nothing)
{
	static const struct {
		int hours;
		const char *which;
	} clocks[] = {{8 * 24 + 1, "ahead"}, {-25, "behind"}};
	struct sweep_options o = {.grace = DAY};
	uint8_t id[ENTRY_ID_BYTES];
	char entry[STORED_PATH_MAX];

	begin();
	stored_put(spool, "x", "a", in_days(-2), id);
	stored_entry_path(id, entry);
	stored_age(entry, 2 * DAY);
	set_all_times(clocks[_i].hours * HOUR);
	ck_assert_int_eq(sweep(spool, &o, &result, &why), -ETIME);
	ck_assert_int_eq(why.check, FAIL_CLOCK);
	ck_assert_str_eq(why.object, clocks[_i].which);
	ck_assert(stored_is_there(entry));
	o.force = true;
	ck_assert_int_eq(sweep(spool, &o, &result, &why), 0);
	ck_assert(!stored_is_there(entry));
	o.force = false;
	ck_assert_int_eq(sweep(spool, &o, &result, &why), 0);
	end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sweep");
	TCase *tc = tcase_create("sweep");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, each_entry_as_it_should, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tc, a_shared_blob_outlives_one_entry);
	tcase_add_test(tc, a_damaged_entry_keeps_every_blob);
	tcase_add_test(tc, one_at_a_time);
	tcase_add_loop_test(tc, a_clock_that_jumped_removes_nothing, 0, 2);
	suite_add_tcase(suite, tc);
	return scratch_run(suite);
}
