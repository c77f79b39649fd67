/*
 * test-take-over.c - a file is taken over and given back whole, or left as it was; a name goes only
 * with its content
 */
#include "spool/take-over.h"

#include <errno.h>
#include <openssl/sha.h>

#include "spool/path.h"
#include "tests/scratch.h"

static struct spool *spool;

static void
begin(void)
{
	struct key key;

	scratch_begin();
	spool = scratch_spool(&key);
	scratch_file("file", "content", 7, 0640);
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

	ck_assert_int_eq(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static int
no_more(void)
{
	return 0;
}

static int
another_name(void)
{
	return link("file", "name");
}

static int
no_name(void)
{
	return unlink("file");
}

static int
in_the_spool(void)
{
	return rename("file", "spool/blobs/00/file") == 0 ? symlink("spool/blobs/00/file", "file")
	                                                  : -1;
}

/* Left open on purpose: until the test's process ends. */
static int
a_writer(void)
{
	return open("file", O_WRONLY | O_CLOEXEC) >= 0 ? 0 : -1;
}

static const struct row {
	const char *what;
	int (*prepare)(void); /* with the file open for reading already */
	enum take_over how;
} rows[] = {
    {"a file", no_more, TAKE_OVER_DONE},
    {"two names", another_name, TAKE_OVER_LINKS},
    {"no name", no_name, TAKE_OVER_LINKS},
    {"open for writing", a_writer, TAKE_OVER_BUSY},
};

START_TEST(takes_and_gives_back)
{
	const struct row *r = &rows[_i];
	struct taken taken;
	struct stat st;
	int fd;

	begin();
	fd = take_over_open("file");
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(r->prepare(), 0);
	ck_assert_msg(take_over(spool, fd, &taken) == r->how, "%s", r->what);
	ck_assert_int_eq(taken.is, r->how == TAKE_OVER_DONE);
	ck_assert_int_eq(take_over_holds(fd), r->how == TAKE_OVER_DONE);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, r->how == TAKE_OVER_DONE ? 0440 : 0640);
	take_over_give_back(fd, &taken);
	ck_assert_int_eq(taken.is, false);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
	close(fd);
	end();
}
END_TEST

START_TEST(not_twice_at_once)
{
	struct taken first, second;
	int a, b;

	begin();
	a = take_over_open("file");
	b = take_over_open("file");
	ck_assert_int_eq(take_over(spool, a, &first), TAKE_OVER_DONE);
	ck_assert_int_eq(take_over(spool, b, &second), TAKE_OVER_BUSY);
	ck_assert_int_eq(second.is, false);
	take_over_give_back(a, &first);
	ck_assert_uint_eq(mode_of("file"), 0640);
	close(a);
	close(b);
	end();
}
END_TEST

START_TEST(what_is_in_the_spool_stays_there)
{
	struct taken taken;
	int fd;

	begin();
	ck_assert_int_eq(in_the_spool(), 0);
	ck_assert_int_eq(take_over_open("file"), -ELOOP);
	fd = take_over_open("spool/blobs/00/file");
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(take_over(spool, fd, &taken), TAKE_OVER_SPOOL);
	ck_assert_uint_eq(mode_of("spool/blobs/00/file"), 0640);
	close(fd);
	end();
}
END_TEST

START_TEST(no_symbolic_link_on_the_way)
{
	begin();
	ck_assert_int_eq(mkdir("folder", 0700), 0);
	ck_assert_int_eq(rename("file", "folder/file"), 0);
	ck_assert_int_eq(symlink("folder", "way"), 0);
	ck_assert_int_eq(symlink("folder/file", "file"), 0);
	ck_assert_int_eq(take_over_open("way/file"), -ELOOP);
	ck_assert_int_eq(take_over_open("file"), -ELOOP);
	ck_assert_int_eq(take_over_open("gone"), -ENOENT);
	end();
}
END_TEST

/* The blob, as `put` makes it of the file: a second name for it. */
static void
make_blob(const char *path, const void *data, size_t len, uint8_t digest[SHA256_BYTES])
{
	char blob[BLOB_PATH_MAX], at[BLOB_PATH_MAX + sizeof("spool/")];

	SHA256(data, len, digest);
	blob_path(digest, blob);
	snprintf(at, sizeof(at), "spool/%s", blob);
	ck_assert_int_eq(chmod(path, 0440), 0);
	ck_assert_int_eq(link(path, at), 0);
}

START_TEST(a_name_goes_with_the_blob)
{
	uint8_t digest[SHA256_BYTES];
	struct stat was;

	begin();
	make_blob("file", "content", 7, digest);
	ck_assert_int_eq(stat("file", &was), 0);
	/* it is the blob, whatever its times are now */
	ck_assert_int_eq(
	    utimensat(AT_FDCWD, "file", (const struct timespec[]){{5, 0}, {5, 0}}, 0), 0);
	ck_assert_int_eq(take_over_remove(spool, "file", &was, digest), 0);
	ck_assert_int_eq(access("file", F_OK), -1);
	/* and is gone already */
	ck_assert_int_eq(take_over_remove(spool, "file", &was, digest), 0);
	ck_assert_int_eq(take_over_remove(spool, "no/such/folder", &was, digest), 0);
	end();
}
END_TEST

/* The spool has what is in the file from another one, which was there first. */
static void
begin_with_content_stored(uint8_t digest[SHA256_BYTES], struct stat *was)
{
	begin();
	scratch_file("first", "content", 7, 0440);
	make_blob("first", "content", 7, digest);
	ck_assert_int_eq(stat("file", was), 0);
}

START_TEST(a_name_goes_when_the_spool_had_the_content)
{
	uint8_t digest[SHA256_BYTES];
	struct stat was;

	begin_with_content_stored(digest, &was);
	ck_assert_int_eq(take_over_remove(spool, "file", &was, digest), 0);
	ck_assert_int_eq(access("file", F_OK), -1);
	end();
}
END_TEST

START_TEST(another_file_stays)
{
	uint8_t digest[SHA256_BYTES];
	struct stat was;

	begin_with_content_stored(digest, &was);
	/* changed since */
	ck_assert_int_eq(
	    utimensat(AT_FDCWD, "file", (const struct timespec[]){{5, 0}, {5, 0}}, 0), 0);
	ck_assert_int_eq(take_over_remove(spool, "file", &was, digest), -ESTALE);
	/* or another one under its name */
	ck_assert_int_eq(rename("file", "away"), 0);
	scratch_file("file", "content", 7, 0640);
	ck_assert_int_eq(take_over_remove(spool, "file", &was, digest), -ESTALE);
	ck_assert_int_eq(unlink("file"), 0);
	ck_assert_int_eq(symlink("away", "file"), 0);
	ck_assert_int_eq(take_over_remove(spool, "file", &was, digest), -ESTALE);
	ck_assert_int_eq(access("file", F_OK), 0);
	end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("take-over");
	TCase *tc = tcase_create("take-over");

	tcase_add_loop_test(tc, takes_and_gives_back, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tc, not_twice_at_once);
	tcase_add_test(tc, what_is_in_the_spool_stays_there);
	tcase_add_test(tc, no_symbolic_link_on_the_way);
	tcase_add_test(tc, a_name_goes_with_the_blob);
	tcase_add_test(tc, a_name_goes_when_the_spool_had_the_content);
	tcase_add_test(tc, another_file_stays);
	suite_add_tcase(suite, tc);
	return scratch_run(suite);
}
