/*
 * test-spool.c - nothing but a file of the spool comes out of the one open path
 */
#include "spool/spool.h"

#include <errno.h>
#include <sys/sysmacros.h>

#include "spool/blob.h"
#include "spool/path.h"
#include "tests/scratch.h"

static struct spool *spool;
static struct key key;
static struct spool_fail why;

static const char name[] = "blobs/ab/file";
static const char path[] = "spool/blobs/ab/file";

static void
begin(void)
{
	scratch_begin();
	spool = scratch_spool(&key);
	scratch_file("secret", "secret", 6, 0600);
}

static void
end(void)
{
	spool_close(&spool);
	scratch_end();
}

static int
open_it(void)
{
	uint64_t size = 0;
	int fd;

	memset(&why, 0, sizeof(why));
	fd = spool_open_file(spool, name, 0, &size, &why);
	if (fd >= 0) {
		ck_assert_uint_eq(size, 6);
		close(fd);
		return 0;
	}
	ck_assert_int_eq(why.error, -fd);
	ck_assert_str_eq(why.object, name);
	return fd;
}

START_TEST(a_file_of_the_owner)
{
	static const struct {
		mode_t mode;
		int secret, ret;
	} rows[] = {
	    {0440, 0, 0},
	    {0400, 0, 0},
	    {0644, 0, 0},
	    {0640, 1, 0},
	    {0460, 0, -EPERM},
	    {0442, 0, -EPERM},
	    {0666, 0, -EPERM},
	    {0644, 1, -EPERM},
	    {0641, 1, -EPERM},
	};
	uint64_t size;
	int fd;

	begin();
	scratch_file(path, "sesame", 6, 0440);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_int_eq(chmod(path, rows[i].mode), 0);
		fd = spool_open_file(spool, name, rows[i].secret, &size, &why);
		ck_assert_msg(rows[i].ret == 0 ? fd >= 0 : fd == rows[i].ret, "%o, secret %d: %d",
		    (unsigned)rows[i].mode, rows[i].secret, fd);
		if (fd >= 0) {
			close(fd);
		}
	}
	end();
}
END_TEST

START_TEST(no_symbolic_link)
{
	begin();
	ck_assert_int_eq(symlink("../../../secret", path), 0);
	ck_assert_int_eq(open_it(), -ELOOP);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(symlink("/etc/passwd", path), 0);
	ck_assert_int_eq(open_it(), -ELOOP);
	ck_assert_int_eq(unlink(path), 0);
	/* To a file of the spool, too. */
	ck_assert_int_eq(symlink("../../format", path), 0);
	ck_assert_int_eq(open_it(), -ELOOP);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(symlink("/proc/self/fd/0", path), 0);
	ck_assert_int_eq(open_it(), -ELOOP);
	end();
}
END_TEST

START_TEST(no_symbolic_link_on_the_way)
{
	begin();
	scratch_file("file", "sesame", 6, 0440);
	ck_assert_int_eq(rmdir("spool/blobs/ab"), 0);
	ck_assert_int_eq(symlink("../..", "spool/blobs/ab"), 0);
	ck_assert_int_eq(open_it(), -ELOOP);
	end();
}
END_TEST

START_TEST(no_way_out)
{
	static const char *const ways[] = {
	    "../secret", "/etc/passwd", "blobs/../../secret", "..", "."};
	uint64_t size;

	begin();
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		ck_assert_msg(spool_open_file(spool, ways[i], 0, &size, &why) < 0, "%s", ways[i]);
	}
	end();
}
END_TEST

START_TEST(no_fifo_and_it_does_not_hold_us)
{
	begin();
	ck_assert_int_eq(mkfifo(path, 0440), 0);
	alarm(5);
	ck_assert_int_eq(open_it(), -EPERM);
	ck_assert_int_eq(why.check, FAIL_TYPE);
	end();
}
END_TEST

START_TEST(no_directory)
{
	begin();
	ck_assert_int_eq(mkdir(path, 0550), 0);
	ck_assert_int_eq(open_it(), -EPERM);
	ck_assert_int_eq(why.check, FAIL_TYPE);
	end();
}
END_TEST

START_TEST(no_device)
{
	begin();
	if (mknod(path, S_IFCHR | 0440, makedev(1, 5)) == 0) {
		ck_assert_int_eq(open_it(), -EPERM);
		ck_assert_int_eq(why.check, FAIL_TYPE);
	} else {
		ck_assert_int_eq(errno, EPERM); /* devices are root's */
	}
	end();
}
END_TEST

/* As root: a file of somebody else, and what is linked to one. */
START_TEST(nobody_elses_file)
{
	begin();
	if (geteuid() == 0) {
		scratch_file(path, "sesame", 6, 0440);
		ck_assert_int_eq(chown(path, 65534, (gid_t)-1), 0);
		ck_assert_int_eq(open_it(), -EPERM);
		ck_assert_int_eq(why.check, FAIL_OWNER);
		ck_assert_int_eq(unlink(path), 0);
		ck_assert_int_eq(chown("secret", 65534, (gid_t)-1), 0);
		ck_assert_int_eq(link("secret", path), 0);
		ck_assert_int_eq(open_it(), -EPERM);
		ck_assert_int_eq(why.check, FAIL_OWNER);
	}
	end();
}
END_TEST

/* Who may write to a shard can put another file in the place of a blob. */
START_TEST(no_shard_that_others_may_write)
{
	uint64_t size;

	begin();
	scratch_file(path, "sesame", 6, 0440);
	ck_assert_int_eq(chmod("spool/blobs/ab", 0770), 0);
	ck_assert_int_eq(spool_open_file(spool, name, 0, &size, &why), -EPERM);
	ck_assert_int_eq(why.check, FAIL_MODE);
	ck_assert_str_eq(why.object, "blobs/ab");
	ck_assert_int_eq(chmod("spool/blobs/ab", 0750), 0);
	if (geteuid() == 0) {
		ck_assert_int_eq(chown("spool/blobs/ab", 65534, (gid_t)-1), 0);
		ck_assert_int_eq(spool_open_file(spool, name, 0, &size, &why), -EPERM);
		ck_assert_int_eq(why.check, FAIL_OWNER);
	}
	end();
}
END_TEST

/* A link to the owner's own secret passes owner and mode: then size, and later the checksum, tell.
 */
START_TEST(a_hard_link_is_no_blob)
{
	uint8_t digest[SHA256_BYTES] = {0xab};
	char blob[BLOB_PATH_MAX + 8] = "spool/";
	int fd;

	begin();
	blob_path(digest, blob + strlen("spool/"));
	ck_assert_int_eq(link("secret", blob), 0);
	ck_assert_int_eq(blob_open(spool, digest, 5, &why), -ESTALE);
	ck_assert_int_eq(why.check, FAIL_SIZE);
	ck_assert_int_eq(blob_open(spool, digest, 7, &why), -ESTALE);
	fd = blob_open(spool, digest, 6, &why);
	ck_assert_int_ge(fd, 0);
	close(fd);
	end();
}
END_TEST

START_TEST(a_whole_small_file)
{
	char buf[6];

	begin();
	ck_assert_int_eq(spool_read_file(spool, name, 0, buf, sizeof(buf), &why), -ENOENT);
	scratch_file(path, "sesame", 6, 0440);
	ck_assert_int_eq(spool_read_file(spool, name, 0, buf, sizeof(buf), &why), 6);
	ck_assert_mem_eq(buf, "sesame", 6);
	ck_assert_int_eq(spool_read_file(spool, name, 0, buf, 5, &why), -EFBIG);
	end();
}
END_TEST

static int
open_spool(const char *at)
{
	struct spool *s = NULL;
	int ret = spool_open(at, &s, &why);

	ck_assert_int_eq(ret == 0, s != NULL);
	spool_close(&s);
	return ret;
}

START_TEST(only_a_spool_is_opened)
{
	begin();
	ck_assert_int_eq(open_spool("spool"), 0);
	ck_assert_int_eq(open_spool("nowhere"), -ENOENT);
	ck_assert_int_eq(open_spool("secret"), -ENOTDIR);
	ck_assert_int_eq(mkdir("empty", 0750), 0);
	ck_assert_int_eq(open_spool("empty"), -ENOENT);
	ck_assert_int_eq(why.check, FAIL_NEVER);
	ck_assert_str_eq(why.object, "empty");
	ck_assert_int_eq(mkdir("empty/keys", 0750), 0);
	ck_assert_int_eq(open_spool("empty"), -ENOENT);
	ck_assert_str_eq(why.object, "format");
	ck_assert_int_eq(chmod("spool", 0770), 0);
	ck_assert_int_eq(open_spool("spool"), -EPERM);
	ck_assert_int_eq(chmod("spool", 0757), 0);
	ck_assert_int_eq(open_spool("spool"), -EPERM);
	ck_assert_int_eq(chmod("spool", 0750), 0);
	ck_assert_int_eq(chmod("spool/keys", 0770), 0);
	ck_assert_int_eq(open_spool("spool"), -EPERM);
	ck_assert_str_eq(why.object, "keys");
	ck_assert_int_eq(chmod("spool/keys", 0750), 0);
	ck_assert_int_eq(chmod("spool/entries", 0752), 0);
	ck_assert_int_eq(open_spool("spool"), -EPERM);
	ck_assert_int_eq(chmod("spool/entries", 0750), 0);
	ck_assert_int_eq(rename("spool/blobs", "blobs"), 0);
	ck_assert_int_eq(symlink("../blobs", "spool/blobs"), 0);
	ck_assert_int_eq(open_spool("spool"), -ENOTDIR);
	end();
}
END_TEST

START_TEST(another_format_is_not_touched)
{
	static const char *const formats[] = {
	    "mailgraft spool 2\n", "mailgraft spool 1", "", "mailgraft spool 1\nx"};

	begin();
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		ck_assert_int_eq(unlink("spool/format"), 0);
		scratch_file("spool/format", formats[i], strlen(formats[i]), 0440);
		ck_assert_int_eq(open_spool("spool"), -EPROTONOSUPPORT);
	}
	end();
}
END_TEST

START_TEST(a_spill_has_no_name)
{
	struct stat st;
	int fd;

	begin();
	fd = spool_spill(spool, &why);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_uint_eq(st.st_nlink, 0);
	ck_assert_uint_eq(st.st_mode & 077, 0);
	ck_assert_int_eq(write(fd, "x", 1), 1);
	ck_assert_int_eq(rmdir("spool/spill"), 0); /* so it is empty */
	ck_assert_int_eq(symlink("/tmp", "spool/spill"), 0);
	close(fd);
	fd = spool_spill(spool, &why);
	ck_assert_int_eq(fd, -ELOOP);
	end();
}
END_TEST

START_TEST(init_makes_what_it_says_and_never_again)
{
	static const struct {
		const char *path;
		mode_t mode;
	} rows[] = {
	    {"spool", 0750},
	    {"spool/keys", 0750},
	    {"spool/blobs", 0750},
	    {"spool/entries", 0750},
	    {"spool/spill", 0770},
	    {"spool/blobs/00", 0750},
	    {"spool/entries/ff", 0750},
	    {"spool/format", 0440},
	    {"spool/lock", 0600},
	};
	struct stat st;
	struct key other;

	umask(077);
	begin();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_msg(stat(rows[i].path, &st) == 0, "%s", rows[i].path);
		ck_assert_msg(
		    (st.st_mode & 07777) == rows[i].mode, "%s: %o", rows[i].path, st.st_mode);
	}
	ck_assert_int_eq(spool_init("spool", (uid_t)-1, (gid_t)-1, 1, &other, &why), -EEXIST);
	ck_assert_int_eq(mkdir("full", 0750), 0);
	scratch_file("full/mine", "x", 1, 0600);
	ck_assert_int_eq(spool_init("full", (uid_t)-1, (gid_t)-1, 1, &other, &why), -ENOTEMPTY);
	ck_assert_int_eq(spool_init("secret", (uid_t)-1, (gid_t)-1, 1, &other, &why), -ENOTDIR);
	ck_assert_int_eq(spool_init("no/where", (uid_t)-1, (gid_t)-1, 1, &other, &why), -ENOENT);
	/* Cut off before its end, it is no spool, and is completed with the key it has. */
	ck_assert_int_eq(unlink("spool/format"), 0);
	ck_assert_int_eq(rmdir("spool/blobs/77"), 0);
	ck_assert_int_eq(open_spool("spool"), -ENOENT);
	ck_assert_int_eq(spool_init("spool", (uid_t)-1, (gid_t)-1, 1, &other, &why), 0);
	ck_assert_mem_eq(other.id, key.id, sizeof(key.id));
	ck_assert_int_eq(open_spool("spool"), 0);
	ck_assert_int_eq(stat("spool/blobs/77", &st), 0);
	end();
}
END_TEST

START_TEST(a_failure_names_the_object_cut_to_fit)
{
	char longer[SPOOL_OBJECT_MAX * 2];

	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	ck_assert_int_eq(spool_fail(&why, "open", longer, ENOENT), -ENOENT);
	ck_assert_uint_eq(strlen(why.object), SPOOL_OBJECT_MAX - 1);
	ck_assert_int_eq(spool_fail(NULL, "open", longer, EIO), -EIO);
	ck_assert_int_eq(spool_fail(&why, "open", NULL, EIO), -EIO);
	ck_assert_str_eq(why.object, "");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("spool");
	TCase *tc = tcase_create("spool");

	tcase_add_test(tc, a_file_of_the_owner);
	tcase_add_test(tc, no_symbolic_link);
	tcase_add_test(tc, no_symbolic_link_on_the_way);
	tcase_add_test(tc, no_way_out);
	tcase_add_test(tc, no_fifo_and_it_does_not_hold_us);
	tcase_add_test(tc, no_directory);
	tcase_add_test(tc, no_device);
	tcase_add_test(tc, nobody_elses_file);
	tcase_add_test(tc, no_shard_that_others_may_write);
	tcase_add_test(tc, a_hard_link_is_no_blob);
	tcase_add_test(tc, a_whole_small_file);
	tcase_add_test(tc, only_a_spool_is_opened);
	tcase_add_test(tc, another_format_is_not_touched);
	tcase_add_test(tc, a_spill_has_no_name);
	tcase_add_test(tc, init_makes_what_it_says_and_never_again);
	tcase_add_test(tc, a_failure_names_the_object_cut_to_fit);
	suite_add_tcase(suite, tc);
	return scratch_run(suite);
}
