/*
 * stored.h - puts small files into a spool, for tests of what becomes of them
 */
#ifndef TESTS_STORED_H
#define TESTS_STORED_H

#include "spool/path.h"
#include "spool/store.h"
#include "tests/scratch.h"

enum { STORED_PATH_MAX = 128 };

/* An entry for a stored file, with a name that tells entries apart. */
static inline struct entry
stored_entry(const struct store_content *content, const char *name, uint32_t expires)
{
	struct entry e = {.size = content->size, .expires = expires};

	memcpy(e.blob, content->digest, sizeof(e.blob));
	memcpy(e.checksum, content->checksum, sizeof(e.checksum));
	e.type_len = (size_t)snprintf(e.type, sizeof(e.type), "text/plain");
	e.filename_len = (size_t)snprintf(e.filename, sizeof(e.filename), "filename=%s", name);
	return e;
}

/* Adds a file to a group; what group_add() returns. */
static inline int
stored_add(const struct spool *spool, struct group *group, const char *text, const char *name,
    uint32_t expires, uint8_t id_r[ENTRY_ID_BYTES], struct spool_fail *why)
{
	struct store_content content;
	struct store *store = NULL;
	struct entry e;
	int ret;

	ck_assert_int_eq(store_open(spool, &store, why), 0);
	ck_assert_int_eq(store_begin(store, why), 0);
	ck_assert_int_eq(store_write(store, text, strlen(text), why), 0);
	store_end(store, &content);
	e = stored_entry(&content, name, expires);
	ret = store_add(store, group, why);
	if (ret == 0) {
		size_t last = group_count(group) - 1;
		ck_assert_int_eq(group_describe(group, last, &e, id_r, why), 0);
	}
	store_close(&store);
	return ret;
}

/* Stores one file. */
static inline void
stored_put(const struct spool *spool, const char *text, const char *name, uint32_t expires,
    uint8_t id_r[ENTRY_ID_BYTES])
{
	struct spool_fail why = {0};
	struct group *group = NULL;

	ck_assert_int_eq(group_new(spool, &group, &why), 0);
	ck_assert_int_eq(stored_add(spool, group, text, name, expires, id_r, &why), 0);
	ck_assert_int_eq(group_commit(group, &why), 0);
	group_free(&group);
}

/* Where an entry lies, and the blob that it names: "spool/entries/ab/…". */
static inline void
stored_entry_path(const uint8_t id[ENTRY_ID_BYTES], char path[STORED_PATH_MAX])
{
	char beneath[ENTRY_PATH_MAX];

	entry_path(id, beneath);
	snprintf(path, STORED_PATH_MAX, "spool/%s", beneath);
}

static inline void
stored_blob_path(
    const struct spool *spool, const uint8_t id[ENTRY_ID_BYTES], char path[STORED_PATH_MAX])
{
	char beneath[BLOB_PATH_MAX];
	struct entry e;

	ck_assert_int_eq(entry_load(spool, id, &e, NULL), 0);
	blob_path(e.blob, beneath);
	snprintf(path, STORED_PATH_MAX, "spool/%s", beneath);
}

/* Makes a file as old as if it had been stored so many seconds ago. */
static inline void
stored_age(const char *path, time_t seconds)
{
	struct timespec times[] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = time(NULL) - seconds}};

	ck_assert_int_eq(utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW), 0);
}

static inline bool
stored_is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

/* Writes other bytes over a file, and leaves its mode as fsck wants it. */
static inline void
stored_overwrite(const char *path, const char *text)
{
	int fd;

	ck_assert_int_eq(chmod(path, 0640), 0);
	fd = open(path, O_WRONLY | O_TRUNC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	ck_assert_int_eq(chmod(path, 0440), 0);
}

#endif
