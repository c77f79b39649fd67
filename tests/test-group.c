/*
 * test-group.c - a group is counted, locked and given up as one, and beside another one
 */
#include "spool/group.h"

#include <errno.h>
#include <sys/resource.h>

#include "spool/lock.h"
#include "tests/stored.h"

enum { EXPIRES = 29000000 };

static struct spool *spool;
static struct group *group;
static struct spool_fail why;
static int lock;

static void
begin(void)
{
	struct key key;

	umask(077);
	scratch_begin();
	spool = scratch_spool(&key);
	ck_assert_int_eq(group_new(spool, &group, &why), 0);
	lock = lock_open(spool, &why);
	ck_assert_int_ge(lock, 0);
}

static void
end(void)
{
	close(lock);
	group_free(&group);
	spool_close(&spool);
	scratch_end();
}

static int
add(struct group *to, const char *text, const char *name, uint8_t id_r[ENTRY_ID_BYTES])
{
	return stored_add(spool, to, text, name, EXPIRES, id_r, &why);
}

static void
check_counted(const char *want)
{
	char text[32] = "";
	int fd = open("spool/used", O_RDONLY);

	ck_assert_int_eq(read(fd, text, sizeof(text) - 1), 21);
	close(fd);
	ck_assert_str_eq(text, want);
}

/* gc may count anew: nobody has bytes in the count for a blob without a name. */
static bool
nobody_is_adding(void)
{
	int ret = lock_take(lock, LOCK_ADDING, true, false, &why);

	lock_release(lock, LOCK_ADDING);
	return ret == 0;
}

START_TEST(bytes_are_counted_before_the_blob_has_a_name)
{
	uint8_t id[ENTRY_ID_BYTES];
	char path[STORED_PATH_MAX];

	begin();
	ck_assert(nobody_is_adding());
	ck_assert_int_eq(add(group, "hello", "a", id), 0);
	check_counted("00000000000000000005\n");
	ck_assert(!nobody_is_adding());
	/* The same content again: in one group it is counted twice until the commit. */
	ck_assert_int_eq(add(group, "hello", "b", id), 0);
	check_counted("00000000000000000010\n");
	ck_assert_int_eq(group_commit(group, &why), 0);
	check_counted("00000000000000000005\n");
	ck_assert(nobody_is_adding());
	stored_blob_path(spool, id, path);
	ck_assert(stored_is_there(path));
	/* A content that is there counts nothing. */
	ck_assert_int_eq(add(group, "hello", "c", id), 0);
	check_counted("00000000000000000005\n");
	ck_assert(nobody_is_adding());
	end();
}
END_TEST

START_TEST(what_is_given_up_is_not_counted)
{
	uint8_t id[ENTRY_ID_BYTES];

	begin();
	ck_assert_int_eq(add(group, "hello", "a", id), 0);
	ck_assert_int_eq(add(group, "world!", "b", id), 0);
	check_counted("00000000000000000011\n");
	if (_i == 0) {
		group_forget(group);
		ck_assert_uint_eq(group_count(group), 0);
	} else {
		group_free(&group);
		ck_assert_ptr_null(group);
	}
	check_counted("00000000000000000000\n");
	ck_assert(nobody_is_adding());
	end();
}
END_TEST

START_TEST(one_file_over_the_total_costs_no_other)
{
	uint8_t first[ENTRY_ID_BYTES], id[ENTRY_ID_BYTES];
	char path[STORED_PATH_MAX];

	begin();
	group_limit(group, 10);
	ck_assert_int_eq(add(group, "hello", "a", first), 0);
	ck_assert_int_eq(add(group, "world!", "b", id), -EDQUOT);
	ck_assert_int_eq(why.check, FAIL_TOTAL);
	ck_assert_uint_eq(group_count(group), 1);
	check_counted("00000000000000000005\n");
	ck_assert_int_eq(group_commit(group, &why), 0);
	stored_entry_path(first, path);
	ck_assert(stored_is_there(path));
	/* Alone in its group, it holds no lock afterwards. */
	ck_assert_int_eq(add(group, "world!", "b", id), -EDQUOT);
	ck_assert(nobody_is_adding());
	/* What is there may be stored again. */
	ck_assert_int_eq(add(group, "hello", "b", id), 0);
	ck_assert_int_eq(group_commit(group, &why), 0);
	end();
}
END_TEST

/* The commit of one ends no lock of the other. */
START_TEST(two_groups_do_not_disturb_each_other)
{
	struct group *second = NULL;
	uint8_t id[ENTRY_ID_BYTES];

	begin();
	ck_assert_int_eq(group_new(spool, &second, &why), 0);
	ck_assert_int_eq(add(group, "hello", "a", id), 0);
	ck_assert_int_eq(add(second, "world!", "b", id), 0);
	ck_assert_int_eq(group_commit(group, &why), 0);
	ck_assert(!nobody_is_adding());
	check_counted("00000000000000000011\n");
	ck_assert_int_eq(group_commit(second, &why), 0);
	ck_assert(nobody_is_adding());
	check_counted("00000000000000000011\n");
	group_free(&second);
	end();
}
END_TEST

/* The process may have few files open: the group is smaller, and at least one fits. */
START_TEST(descriptors_limit_a_group)
{
	static const struct {
		rlim_t limit;
		int files;
	} rows[] = {{STORE_OTHER_FDS + 40, 10}, {STORE_OTHER_FDS + 4, 1}, {STORE_OTHER_FDS, 1}};
	const struct rlimit limit = {rows[_i].limit, rows[_i].limit};
	uint8_t id[ENTRY_ID_BYTES];
	char name[16];
	int added = 0;

	begin();
	group_free(&group);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert_int_eq(group_new(spool, &group, &why), 0);
	while (!group_full(group)) {
		snprintf(name, sizeof(name), "n%d", added++);
		ck_assert_int_eq(add(group, name, name, id), 0);
	}
	ck_assert_int_eq(added, rows[_i].files);
	ck_assert_int_eq(group_commit(group, &why), 0);
	ck_assert(!group_full(group));
	end();
}
END_TEST

START_TEST(an_empty_group_commits)
{
	begin();
	ck_assert_int_eq(group_commit(group, &why), 0);
	ck_assert_int_eq(group_commit(group, &why), 0);
	end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("group");
	TCase *tc = tcase_create("group");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, bytes_are_counted_before_the_blob_has_a_name);
	tcase_add_loop_test(tc, what_is_given_up_is_not_counted, 0, 2);
	tcase_add_test(tc, one_file_over_the_total_costs_no_other);
	tcase_add_test(tc, two_groups_do_not_disturb_each_other);
	tcase_add_loop_test(tc, descriptors_limit_a_group, 0, 3);
	tcase_add_test(tc, an_empty_group_commits);
	suite_add_tcase(suite, tc);
	return scratch_run(suite);
}
