/*
 * test-store.c - what is stored is there once, complete, and as its entry says
 */
#include "spool/store.h"

#include <errno.h>
#include <sys/wait.h>

#include "spool/blob.h"
#include "spool/path.h"
#include "tests/stored.h"

static struct spool *spool;
static struct store *store;
static struct group *group;
static struct key key;
static struct spool_fail why;

static void
begin(void)
{
	umask(077);
	scratch_begin();
	spool = scratch_spool(&key);
	ck_assert_int_eq(store_open(spool, &store, &why), 0);
	ck_assert_int_eq(group_new(spool, &group, &why), 0);
}

static void
end(void)
{
	group_free(&group);
	store_close(&store);
	spool_close(&spool);
	scratch_end();
}

static int
add_with(const struct entry *e, uint8_t id[ENTRY_ID_BYTES])
{
	int ret = store_add(store, group, &why);

	return ret == 0 ? group_describe(group, group_count(group) - 1, e, id, &why) : ret;
}

static int
add(const void *data, size_t len, const char *name, uint8_t id[ENTRY_ID_BYTES])
{
	struct store_content content;
	struct entry e;

	ck_assert_int_eq(store_begin(store, &why), 0);
	for (size_t at = 0; at < len;) {
		size_t piece = len - at < 1000 ? len - at : 1000;
		ck_assert_int_eq(store_write(store, (const char *)data + at, piece, &why), 0);
		at += piece;
	}
	store_end(store, &content);
	ck_assert_uint_eq(content.size, len);
	e = stored_entry(&content, name, 29000000);
	return add_with(&e, id);
}

static void
check_stored(const uint8_t id[ENTRY_ID_BYTES], const void *data, size_t len)
{
	struct entry e;
	char *back = malloc(len + 1);
	int fd;

	ck_assert_int_eq(entry_load(spool, id, &e, &why), 0);
	ck_assert_uint_eq(e.size, len);
	fd = blob_open(spool, e.blob, e.size, &why);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(read(fd, back, len + 1), (ssize_t)len);
	ck_assert(memcmp(back, data, len) == 0);
	close(fd);
	free(back);
}

static int found;

static int
count_file(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)path;
	(void)st;
	(void)ftw;
	found += kind == FTW_F;
	return 0;
}

static int
files_in(const char *folder)
{
	found = 0;
	ck_assert_int_eq(nftw(folder, count_file, 16, FTW_PHYS), 0);
	return found;
}

START_TEST(a_file_is_there_after_commit_and_not_before)
{
	uint8_t id[ENTRY_ID_BYTES];
	char blob[BLOB_PATH_MAX + 8] = "spool/";
	struct entry e;
	struct stat st;

	begin();
	ck_assert_int_eq(add("hello", 5, "a", id), 0);
	ck_assert_int_eq(files_in("spool/blobs") + files_in("spool/entries"), 0);
	ck_assert_uint_eq(group_count(group), 1);
	ck_assert_int_eq(group_commit(group, &why), 0);
	ck_assert_uint_eq(group_count(group), 0);
	check_stored(id, "hello", 5);
	ck_assert_int_eq(entry_load(spool, id, &e, &why), 0);
	blob_path(e.blob, blob + strlen("spool/"));
	ck_assert_int_eq(stat(blob, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0440);
	ck_assert_uint_eq(st.st_nlink, 1);
	entry_path(id, blob + strlen("spool/"));
	ck_assert_int_eq(stat(blob, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0440);
	end();
}
END_TEST

START_TEST(any_size)
{
	static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 1000000};
	size_t size = sizes[_i];
	uint8_t id[ENTRY_ID_BYTES];
	char *data = malloc(size + 1);

	begin();
	memset(data, 'x', size);
	ck_assert_int_eq(add(data, size, "a", id), 0);
	ck_assert_int_eq(group_commit(group, &why), 0);
	check_stored(id, data, size);
	free(data);
	end();
}
END_TEST

/* Within a group, across groups, small group and large. */
START_TEST(one_content_is_stored_once_whatever_its_names)
{
	uint8_t ids[STORE_GROUP_MAX][ENTRY_ID_BYTES], again[ENTRY_ID_BYTES];
	int count = _i == 0 ? 2 : STORE_GROUP_MAX;
	char name[16];

	begin();
	for (int i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		ck_assert_int_eq(add("hello", 5, name, ids[i]), 0);
	}
	ck_assert_int_eq(group_commit(group, &why), 0);
	ck_assert_int_eq(files_in("spool/blobs"), 1);
	ck_assert_int_eq(files_in("spool/entries"), count);
	ck_assert_int_eq(add("hello", 5, "n0", again), 0);
	ck_assert_int_eq(add("hello", 5, "other", ids[1]), 0);
	ck_assert_int_eq(group_commit(group, &why), 0);
	ck_assert_mem_eq(again, ids[0], sizeof(again));
	ck_assert_int_eq(files_in("spool/blobs"), 1);
	ck_assert_int_eq(files_in("spool/entries"), count + 1);
	check_stored(again, "hello", 5);
	end();
}
END_TEST

START_TEST(a_large_group_is_all_there)
{
	uint8_t ids[STORE_GROUP_MAX][ENTRY_ID_BYTES];
	char text[16];

	begin();
	for (int i = 0; i < STORE_GROUP_MAX; i++) {
		int len = snprintf(text, sizeof(text), "content %d", i);
		ck_assert_int_eq(add(text, (size_t)len, "a", ids[i]), 0);
	}
	ck_assert_int_eq(group_commit(group, &why), 0);
	for (int i = 0; i < STORE_GROUP_MAX; i++) {
		int len = snprintf(text, sizeof(text), "content %d", i);
		check_stored(ids[i], text, (size_t)len);
	}
	end();
}
END_TEST

static void
overwrite(const char *path, const char *data, size_t len)
{
	int fd;

	ck_assert_int_eq(chmod(path, 0640), 0);
	fd = open(path, O_WRONLY | O_TRUNC);
	ck_assert_int_eq(write(fd, data, len), (ssize_t)len);
	close(fd);
}

/* Under a digest lies something else: never accepted, never overwritten. */
START_TEST(other_content_under_a_name_is_a_loud_failure)
{
	static const char *const others[] = {"jello", "hell", "hello!", ""};
	uint8_t id[ENTRY_ID_BYTES];
	char blob[BLOB_PATH_MAX + 8] = "spool/";
	struct entry e;

	begin();
	ck_assert_int_eq(add("hello", 5, "a", id), 0);
	ck_assert_int_eq(group_commit(group, &why), 0);
	ck_assert_int_eq(entry_load(spool, id, &e, &why), 0);
	blob_path(e.blob, blob + strlen("spool/"));
	overwrite(blob, others[_i], strlen(others[_i]));
	ck_assert_int_eq(add("hello", 5, "b", id), -EBADMSG);
	ck_assert_int_eq(why.check, FAIL_CONTENT);
	ck_assert_uint_eq(group_count(group), 0);
	end();
}
END_TEST

/* The name is taken between add and commit. */
START_TEST(other_content_that_comes_first_is_a_loud_failure)
{
	uint8_t id[ENTRY_ID_BYTES];
	char blob[BLOB_PATH_MAX + 8] = "spool/";
	struct store_content content;
	struct entry e;

	begin();
	ck_assert_int_eq(store_begin(store, &why), 0);
	ck_assert_int_eq(store_write(store, "hello", 5, &why), 0);
	store_end(store, &content);
	e = stored_entry(&content, "a", 29000000);
	ck_assert_int_eq(add_with(&e, id), 0);
	blob_path(content.digest, blob + strlen("spool/"));
	scratch_file(blob, "jello", 5, 0440);
	ck_assert_int_eq(group_commit(group, &why), -EBADMSG);
	ck_assert_int_eq(why.check, FAIL_CONTENT);
	ck_assert_int_eq(files_in("spool/entries"), 0);
	end();
}
END_TEST

START_TEST(the_same_content_that_comes_first_will_do)
{
	uint8_t id[ENTRY_ID_BYTES];
	char blob[BLOB_PATH_MAX + 8] = "spool/";
	struct store_content content;
	struct entry e;

	begin();
	ck_assert_int_eq(store_begin(store, &why), 0);
	ck_assert_int_eq(store_write(store, "hello", 5, &why), 0);
	store_end(store, &content);
	e = stored_entry(&content, "a", 29000000);
	ck_assert_int_eq(add_with(&e, id), 0);
	blob_path(content.digest, blob + strlen("spool/"));
	scratch_file(blob, "hello", 5, 0440);
	ck_assert_int_eq(group_commit(group, &why), 0);
	check_stored(id, "hello", 5);
	end();
}
END_TEST

/* gc removed the blob that put had found, before put was done. */
START_TEST(what_gc_took_meanwhile_is_put_back)
{
	uint8_t id[ENTRY_ID_BYTES];
	char blob[BLOB_PATH_MAX + 8] = "spool/";
	struct entry e;

	begin();
	ck_assert_int_eq(add("hello", 5, "a", id), 0);
	ck_assert_int_eq(group_commit(group, &why), 0);
	ck_assert_int_eq(entry_load(spool, id, &e, &why), 0);
	blob_path(e.blob, blob + strlen("spool/"));
	ck_assert_int_eq(add("hello", 5, "b", id), 0);
	ck_assert_int_eq(unlink(blob), 0);
	ck_assert_int_eq(group_commit(group, &why), 0);
	check_stored(id, "hello", 5);
	end();
}
END_TEST

START_TEST(storing_again_makes_young)
{
	static const struct timespec old[2] = {{.tv_sec = 1000000}, {.tv_sec = 1000000}};
	uint8_t id[ENTRY_ID_BYTES];
	char blob[BLOB_PATH_MAX + 8] = "spool/", file[ENTRY_PATH_MAX + 8] = "spool/";
	struct stat st;
	struct entry e;

	begin();
	ck_assert_int_eq(add("hello", 5, "a", id), 0);
	ck_assert_int_eq(group_commit(group, &why), 0);
	ck_assert_int_eq(entry_load(spool, id, &e, &why), 0);
	blob_path(e.blob, blob + strlen("spool/"));
	entry_path(id, file + strlen("spool/"));
	ck_assert_int_eq(utimensat(AT_FDCWD, blob, old, 0), 0);
	ck_assert_int_eq(utimensat(AT_FDCWD, file, old, 0), 0);
	ck_assert_int_eq(add("hello", 5, "a", id), 0);
	ck_assert_int_eq(group_commit(group, &why), 0);
	ck_assert_int_eq(stat(blob, &st), 0);
	ck_assert_int_gt(st.st_mtim.tv_sec, 2000000);
	ck_assert_int_eq(stat(file, &st), 0);
	ck_assert_int_gt(st.st_mtim.tv_sec, 2000000);
	end();
}
END_TEST

START_TEST(a_shard_that_is_missing_is_made)
{
	uint8_t id[ENTRY_ID_BYTES];
	char path[32];
	struct stat st;
	struct entry e;

	begin();
	for (unsigned i = 0; i < SHARDS; i++) {
		snprintf(path, sizeof(path), "spool/blobs/%02x", i);
		ck_assert_int_eq(rmdir(path), 0);
		snprintf(path, sizeof(path), "spool/entries/%02x", i);
		ck_assert_int_eq(rmdir(path), 0);
	}
	ck_assert_int_eq(add("hello", 5, "a", id), 0);
	ck_assert_int_eq(group_commit(group, &why), 0);
	check_stored(id, "hello", 5);
	ck_assert_int_eq(entry_load(spool, id, &e, &why), 0);
	snprintf(path, sizeof(path), "spool/blobs/%02x", e.blob[0]);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0750);
	end();
}
END_TEST

START_TEST(an_entry_with_a_bad_piece_is_refused)
{
	uint8_t id[ENTRY_ID_BYTES];
	struct store_content content;
	struct entry e;

	begin();
	ck_assert_int_eq(store_begin(store, &why), 0);
	store_end(store, &content);
	e = stored_entry(&content, "a\nevil: yes", 29000000);
	ck_assert_int_eq(add_with(&e, id), -EINVAL);
	group_forget(group);
	ck_assert_uint_eq(group_count(group), 0);
	ck_assert_int_eq(group_commit(group, &why), 0);
	ck_assert_int_eq(files_in("spool/blobs") + files_in("spool/entries"), 0);
	end();
}
END_TEST

START_TEST(abandoned_is_gone)
{
	begin();
	ck_assert_int_eq(store_begin(store, &why), 0);
	ck_assert_int_eq(store_write(store, "hello", 5, &why), 0);
	store_abandon(store);
	ck_assert_int_eq(store_begin(store, &why), 0);
	store_close(&store);
	ck_assert_int_eq(files_in("spool/blobs") + files_in("spool/entries"), 0);
	end();
}
END_TEST

/* Root gives what it makes to the spool's owner; anybody else may not write at all. */
START_TEST(roles)
{
	uint8_t id[ENTRY_ID_BYTES];
	char path[ENTRY_PATH_MAX + 8] = "spool/";
	struct stat st;
	int status;
	pid_t child;

	begin();
	if (geteuid() == 0) {
		group_free(&group);
		store_close(&store);
		spool_close(&spool);
		ck_assert_int_eq(chown("spool", 65533, 65532), 0);
		ck_assert_int_eq(spool_open("spool", &spool, &why), 0);
		ck_assert_int_eq(store_open(spool, &store, &why), 0);
		ck_assert_int_eq(group_new(spool, &group, &why), 0);
		ck_assert_int_eq(add("hello", 5, "a", id), 0);
		ck_assert_int_eq(group_commit(group, &why), 0);
		entry_path(id, path + strlen("spool/"));
		ck_assert_int_eq(stat(path, &st), 0);
		ck_assert_uint_eq(st.st_uid, 65533);
		ck_assert_uint_eq(st.st_gid, 65532);
		child = fork();
		if (child == 0) {
			struct store *mine = NULL;
			struct spool_fail own = {0};
			_exit(setuid(65531) == 0 && store_open(spool, &mine, &own) == -EACCES &&
			            own.check == FAIL_WRITER && mine == NULL
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
	Suite *suite = suite_create("store");
	TCase *tc = tcase_create("store");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_file_is_there_after_commit_and_not_before);
	tcase_add_loop_test(tc, any_size, 0, 6);
	tcase_add_loop_test(tc, one_content_is_stored_once_whatever_its_names, 0, 2);
	tcase_add_test(tc, a_large_group_is_all_there);
	tcase_add_loop_test(tc, other_content_under_a_name_is_a_loud_failure, 0, 4);
	tcase_add_test(tc, other_content_that_comes_first_is_a_loud_failure);
	tcase_add_test(tc, the_same_content_that_comes_first_will_do);
	tcase_add_test(tc, what_gc_took_meanwhile_is_put_back);
	tcase_add_test(tc, storing_again_makes_young);
	tcase_add_test(tc, a_shard_that_is_missing_is_made);
	tcase_add_test(tc, an_entry_with_a_bad_piece_is_refused);
	tcase_add_test(tc, abandoned_is_gone);
	tcase_add_test(tc, roles);
	suite_add_tcase(suite, tc);
	return scratch_run(suite);
}
