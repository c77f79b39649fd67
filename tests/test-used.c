/*
 * test-used.c - the count of bytes is never less than what is there, and nonsense is no count
 */
#include "spool/used.h"

#include <errno.h>
#include <inttypes.h>

#include "spool/lock.h"
#include "tests/stored.h"

static struct spool *spool;
static struct spool_fail why;
static int lock, other;

static void
begin(void)
{
	struct key key;

	umask(077);
	scratch_begin();
	spool = scratch_spool(&key);
	lock = lock_open(spool, &why);
	other = lock_open(spool, &why);
	ck_assert_int_ge(lock, 0);
	ck_assert_int_ge(other, 0);
}

static void
end(void)
{
	close(other);
	close(lock);
	spool_close(&spool);
	scratch_end();
}

static uint64_t
counted(void)
{
	char text[32] = "";
	int fd = open("spool/used", O_RDONLY);
	uint64_t bytes;

	ck_assert_int_eq(read(fd, text, sizeof(text)), 21);
	close(fd);
	ck_assert_int_eq(sscanf(text, "%" SCNu64, &bytes), 1);
	return bytes;
}

START_TEST(bytes_come_and_go)
{
	begin();
	ck_assert_uint_eq(counted(), 0);
	ck_assert_int_eq(used_check(spool, &why), 0);
	ck_assert_int_eq(used_add(spool, lock, 70, 100, &why), 0);
	ck_assert_int_eq(used_add(spool, lock, 31, 100, &why), -EDQUOT);
	ck_assert_int_eq(why.check, FAIL_TOTAL);
	ck_assert_uint_eq(counted(), 70);
	ck_assert_int_eq(used_add(spool, lock, 30, 100, &why), 0);
	ck_assert_int_eq(used_add(spool, lock, 0, 99, &why), -EDQUOT);
	ck_assert_int_eq(used_add(spool, lock, 1, INT64_MAX, &why), 0);
	ck_assert_int_eq(used_sync(spool, &why), 0);
	used_subtract(spool, lock, 1);
	ck_assert_uint_eq(counted(), 100);
	used_subtract(spool, lock, 101);
	ck_assert_uint_eq(counted(), 0);
	/* One that is there stays. */
	ck_assert_int_eq(used_add(spool, lock, 5, INT64_MAX, &why), 0);
	ck_assert_int_eq(used_make(spool, &why), 0);
	ck_assert_uint_eq(counted(), 5);
	end();
}
END_TEST

static const char *const damages[] = {
    NULL, /* the file is missing */
    "",
    "1\n",
    "00000000000000000001",
    "00000000000000000001\n\n",
    "0000000000000000000x\n",
    "-0000000000000000001\n",
    "09223372036854775808\n", /* more than INT64_MAX */
    "99999999999999999999\n",
};

/* Without a limit nobody needs a count; with one, nobody guesses. */
START_TEST(what_is_no_count_is_none)
{
	begin();
	ck_assert_int_eq(unlink("spool/used"), 0);
	if (damages[_i] != NULL) {
		scratch_file("spool/used", damages[_i], strlen(damages[_i]), 0600);
	}
	ck_assert_int_eq(used_check(spool, &why), -ENODATA);
	ck_assert_int_eq(why.check, FAIL_USED);
	ck_assert_int_eq(used_add(spool, lock, 1, 1000, &why), -ENODATA);
	ck_assert_int_eq(why.check, FAIL_USED);
	ck_assert_int_eq(used_add(spool, lock, 1, INT64_MAX, &why), 0);
	used_subtract(spool, lock, 1);
	ck_assert_int_eq(used_check(spool, &why), -ENODATA);
	end();
}
END_TEST

START_TEST(gc_counts_where_nobody_has_counted)
{
	struct used_recount recount;
	uint8_t id[ENTRY_ID_BYTES];

	begin();
	stored_put(spool, "12345", "a", 29000000, id);
	stored_put(spool, "1234567", "b", 29000000, id);
	ck_assert_uint_eq(counted(), 12);
	ck_assert_int_eq(unlink("spool/used"), 0);
	if (damages[_i] != NULL) {
		scratch_file("spool/used", damages[_i], strlen(damages[_i]), 0600);
	}
	ck_assert_int_eq(used_recount_begin(spool, lock, &recount, &why), 0);
	ck_assert(recount.alone);
	ck_assert_uint_eq(recount.before, 12);
	ck_assert_int_eq(used_recount_end(spool, lock, &recount, 7, 5, &why), 0);
	ck_assert_uint_eq(counted(), 7);
	end();
}
END_TEST

/*
 * What a killed `put` had added goes, if nobody was adding when the walk began. What was
 * added since stays.
 */
START_TEST(gc_counts_anew_only_when_alone)
{
	bool alone = _i == 0;
	struct used_recount recount;

	begin();
	ck_assert_int_eq(used_add(spool, lock, 1000, INT64_MAX, &why), 0);
	if (!alone) {
		ck_assert_int_eq(lock_take(other, LOCK_ADDING, false, true, &why), 0);
	}
	ck_assert_int_eq(used_recount_begin(spool, lock, &recount, &why), 0);
	ck_assert_int_eq(recount.alone, alone);
	ck_assert_int_eq(used_add(spool, other, 50, INT64_MAX, &why), 0);
	ck_assert_int_eq(used_recount_end(spool, lock, &recount, 600, 100, &why), 0);
	ck_assert_uint_eq(counted(), alone ? 650 : 950);
	/* The lock for it is free again. */
	lock_release(other, LOCK_ADDING);
	ck_assert_int_eq(lock_take(other, LOCK_ADDING, true, false, &why), 0);
	end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("used");
	TCase *tc = tcase_create("used");
	int count = sizeof(damages) / sizeof(damages[0]);

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, bytes_come_and_go);
	tcase_add_loop_test(tc, what_is_no_count_is_none, 0, count);
	tcase_add_loop_test(tc, gc_counts_where_nobody_has_counted, 0, count);
	tcase_add_loop_test(tc, gc_counts_anew_only_when_alone, 0, 2);
	suite_add_tcase(suite, tc);
	return scratch_run(suite);
}
