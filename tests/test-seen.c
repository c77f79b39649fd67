/*
 * test-seen.c - the latest time of any place of the spool; later ones are forgotten, no other is
 * touched
 */
#include "spool/seen.h"

#include "tests/scratch.h"

enum { NOW = 1700000000 };

static struct spool *spool;

static void
set_time(const char *path, time_t when)
{
	const struct timespec times[] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = when}};

	ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

static time_t
time_of(const char *path)
{
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	return st.st_mtim.tv_sec;
}

/* A spool that has seen nothing after NOW. */
static void
begin(void)
{
	struct key key;

	scratch_begin();
	spool = scratch_spool(&key);
	seen_forget_later(spool, NOW);
}

static void
end(void)
{
	spool_close(&spool);
	scratch_end();
}

static const struct row {
	const char *path;
	int lately; /* seen_lately() looks at it */
} rows[] = {
    {"spool/lock", 1},
    {"spool/used", 1},
    {"spool/blobs/00", 0},
    {"spool/blobs/ff", 0},
    {"spool/entries/00", 0},
    {"spool/entries/ff", 0},
};

START_TEST(each_place_counts)
{
	const struct row *r = &rows[_i];

	begin();
	ck_assert_int_eq(seen_last(spool), NOW);
	ck_assert_int_eq(seen_lately(spool), NOW);
	set_time(r->path, NOW + 5);
	ck_assert_int_eq(seen_last(spool), NOW + 5);
	ck_assert_int_eq(seen_lately(spool), r->lately ? NOW + 5 : NOW);
	set_time(r->path, NOW - 5);
	ck_assert_int_eq(seen_last(spool), NOW);
	end();
}
END_TEST

START_TEST(what_is_later_is_forgotten)
{
	const struct row *r = &rows[_i];

	begin();
	set_time(r->path, NOW - 5);
	seen_forget_later(spool, NOW);
	ck_assert_int_eq(time_of(r->path), NOW - 5);
	set_time(r->path, NOW + 5);
	seen_forget_later(spool, NOW);
	ck_assert_int_eq(time_of(r->path), NOW);
	ck_assert_int_eq(seen_last(spool), NOW);
	end();
}
END_TEST

START_TEST(what_is_missing_was_never_seen)
{
	begin();
	ck_assert_int_eq(unlink("spool/used"), 0);
	ck_assert_int_eq(unlink("spool/lock"), 0);
	ck_assert_int_eq(seen_lately(spool), 0);
	ck_assert_int_eq(seen_last(spool), NOW);
	end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("seen");
	TCase *tc = tcase_create("seen");
	int count = sizeof(rows) / sizeof(rows[0]);

	tcase_add_loop_test(tc, each_place_counts, 0, count);
	tcase_add_loop_test(tc, what_is_later_is_forgotten, 0, count);
	tcase_add_test(tc, what_is_missing_was_never_seen);
	suite_add_tcase(suite, tc);
	return scratch_run(suite);
}
