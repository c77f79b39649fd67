/*
 * test-create.c - a file gets its name when it is complete, with the spool's owner and mode
 */
#include "spool/create.h"

#include <errno.h>
#include <sys/wait.h>

#include "tests/scratch.h"

static struct spool *spool;
static struct spool_fail why;

static void
begin(mode_t mask)
{
	struct key key;

	scratch_begin();
	spool = scratch_spool(&key);
	umask(mask);
}

static void
end(void)
{
	spool_close(&spool);
	scratch_end();
}

static mode_t
mode_of(const char *path)
{
	struct stat st;

	ck_assert_int_eq(lstat(path, &st), 0);
	return st.st_mode & 07777;
}

/* A file named `path` in the spool; what create_link() returns. `reason` may be NULL. */
static int
make(const char *path, const char *text, struct spool_fail *reason)
{
	int ret, fd = create_file(spool, ".", 0440, reason);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(create_write(fd, text, strlen(text), path, reason), 0);
	ret = create_link(spool, fd, path, reason);
	close(fd);
	return ret;
}

static void
check_text(const char *path, const char *want)
{
	char text[64];
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text));

	close(fd);
	ck_assert_int_eq(n, (ssize_t)strlen(want));
	ck_assert_mem_eq(text, want, (size_t)n);
}

START_TEST(modes_do_not_depend_on_the_umask)
{
	static const mode_t masks[] = {0, 022, 077, 0377};
	int fd;

	begin(masks[_i]);
	fd = create_file(spool, "blobs/00", 0440, &why);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(create_link(spool, fd, "blobs/00/a", &why), 0);
	close(fd);
	ck_assert_int_eq(create_folder(spool, "blobs/zz", 0750, &why), 0);
	umask(077);
	ck_assert_uint_eq(mode_of("spool/blobs/00/a"), 0440);
	ck_assert_uint_eq(mode_of("spool/blobs/zz"), 0750);
	end();
}
END_TEST

START_TEST(a_name_that_is_taken_stays)
{
	begin(077);
	ck_assert_int_eq(make("blobs/00/a", "first", &why), 0);
	ck_assert_int_eq(make("blobs/00/a", "second", &why), -EEXIST);
	ck_assert_int_eq(why.check, FAIL_CALL);
	ck_assert_str_eq(why.object, "blobs/00/a");
	check_text("spool/blobs/00/a", "first");
	end();
}
END_TEST

/* Also if the caller passes no place for the reason. */
START_TEST(a_missing_shard_is_made)
{
	begin(077);
	ck_assert_int_eq(rmdir("spool/blobs/7f"), 0);
	ck_assert_int_eq(make("blobs/7f/a", "x", _i == 0 ? NULL : &why), 0);
	ck_assert_uint_eq(mode_of("spool/blobs/7f"), 0750);
	ck_assert_int_eq(make("blobs/7f/a", "x", _i == 0 ? NULL : &why), -EEXIST);
	end();
}
END_TEST

START_TEST(no_symbolic_link_leads_out)
{
	int fd;

	begin(077);
	ck_assert_int_eq(mkdir("outside", 0700), 0);
	scratch_file("outside/file", "x", 1, 0644);
	ck_assert_int_eq(rmdir("spool/blobs/00"), 0);
	ck_assert_int_eq(symlink("../../outside", "spool/blobs/00"), 0);
	ck_assert_int_eq(make("blobs/00/a", "x", &why), -ELOOP);
	fd = create_file(spool, "blobs/00", 0440, &why);
	ck_assert_int_eq(fd, -ELOOP);
	ck_assert_int_eq(create_folder(spool, "blobs/00", 0750, &why), -ELOOP);
	ck_assert_int_eq(create_remove(spool, "blobs/00/file", &why), -ELOOP);
	ck_assert_int_eq(create_touch(spool, "blobs/00/file", &why), -ELOOP);
	ck_assert_int_eq(create_access(spool, "blobs/00/file", 0777, &why), -ELOOP);
	ck_assert_int_eq(create_rename(spool, "blobs/00/file", "blobs/01/a", 0, &why), -ELOOP);
	ck_assert_uint_eq(mode_of("outside"), 0700);
	ck_assert_uint_eq(mode_of("outside/file"), 0644);
	end();
}
END_TEST

START_TEST(what_is_gone_is_told_apart)
{
	begin(077);
	ck_assert_int_eq(create_remove(spool, "blobs/00/a", &why), -ENOENT);
	ck_assert_str_eq(why.object, "blobs/00/a");
	ck_assert_int_eq(create_touch(spool, "blobs/00/a", &why), -ENOENT);
	ck_assert_int_eq(create_rename(spool, "blobs/00/a", "blobs/00/b", 0, &why), -ENOENT);
	ck_assert_int_eq(create_access(spool, "blobs/00/a", 0440, &why), -ENOENT);
	end();
}
END_TEST

/* What a killed process left as `path`.new is no obstacle. */
START_TEST(a_file_is_replaced)
{
	int fd;

	begin(077);
	ck_assert_int_eq(make("blobs/00/a", "old", &why), 0);
	if (_i == 1) {
		scratch_file("spool/blobs/00/a.new", "left", 4, 0400);
	}
	fd = create_file(spool, ".", 0440, &why);
	ck_assert_int_eq(create_write(fd, "new", 3, "a", &why), 0);
	ck_assert_int_eq(create_replace(spool, fd, "blobs/00/a", &why), 0);
	close(fd);
	check_text("spool/blobs/00/a", "new");
	ck_assert_int_ne(access("spool/blobs/00/a.new", F_OK), 0);
	end();
}
END_TEST

START_TEST(a_folder_that_is_there_gets_its_mode)
{
	begin(077);
	ck_assert_int_eq(chmod("spool/blobs/00", 0777), 0);
	ck_assert_int_eq(create_folder(spool, "blobs/00", 0750, &why), 0);
	ck_assert_uint_eq(mode_of("spool/blobs/00"), 0750);
	ck_assert_int_eq(make("blobs/00/a", "x", &why), 0);
	ck_assert_int_eq(create_access(spool, "blobs/00/a", 0400, &why), 0);
	ck_assert_uint_eq(mode_of("spool/blobs/00/a"), 0400);
	end();
}
END_TEST

/* Root writes as the owner does. Another user may not, and gets an error value. */
START_TEST(roles)
{
	struct stat st;
	int status;
	pid_t child;

	begin(077);
	ck_assert_int_eq(create_allowed(spool, &why), 0);
	if (geteuid() == 0) {
		spool_close(&spool);
		ck_assert_int_eq(chown("spool", 65533, 65532), 0);
		ck_assert_int_eq(spool_open("spool", &spool, &why), 0);
		ck_assert_int_eq(make("blobs/00/a", "x", &why), 0);
		ck_assert_int_eq(stat("spool/blobs/00/a", &st), 0);
		ck_assert_uint_eq(st.st_uid, 65533);
		ck_assert_uint_eq(st.st_gid, 65532);
		child = fork();
		if (child == 0) {
			struct spool_fail own = {0};
			_exit(setuid(65531) == 0 && create_allowed(spool, &own) == -EACCES &&
			            own.check == FAIL_WRITER
			        ? 0
			        : 1);
		}
		ck_assert_int_eq(waitpid(child, &status, 0), child);
		ck_assert_int_eq(status, 0);
	}
	end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("create");
	TCase *tc = tcase_create("create");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, modes_do_not_depend_on_the_umask, 0, 4);
	tcase_add_test(tc, a_name_that_is_taken_stays);
	tcase_add_loop_test(tc, a_missing_shard_is_made, 0, 2);
	tcase_add_test(tc, no_symbolic_link_leads_out);
	tcase_add_test(tc, what_is_gone_is_told_apart);
	tcase_add_loop_test(tc, a_file_is_replaced, 0, 2);
	tcase_add_test(tc, a_folder_that_is_there_gets_its_mode);
	tcase_add_test(tc, roles);
	suite_add_tcase(suite, tc);
	return scratch_run(suite);
}
