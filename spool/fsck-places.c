/*
 * fsck-places.c - folders, keys, and what does not belong
 */
#include "spool/fsck-places.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "spool/create.h"
#include "spool/hex.h"
#include "spool/key.h"
#include "spool/used.h"

static int
check_folder(struct checker *c, const char *path, mode_t mode, struct spool_fail *why)
{
	struct stat st, top;

	if (fstatat(spool_dirfd(c->spool), path, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		if (errno != ENOENT) {
			return spool_fail(why, "fstatat", path, errno);
		}
		checker_report(c, FSCK_BAD, path, "is missing", c->options->repair);
		return c->options->repair ? create_folder(c->spool, path, mode, why) : 0;
	}
	if (!S_ISDIR(st.st_mode)) {
		/* Then nothing beneath it can be looked at. */
		checker_report(c, FSCK_BAD, path, "is not a directory", false);
		return spool_fail_check(why, FAIL_TYPE, path, ENOTDIR);
	}
	if (fstat(spool_dirfd(c->spool), &top) != 0) {
		return spool_fail(why, "fstat", ".", errno);
	}
	if (st.st_dev != top.st_dev) {
		/* Nothing can be linked or renamed to it, and the filter does not open it. */
		checker_report(
		    c, FSCK_BAD, path, "lies on another file system than the spool", false);
		return spool_fail_check(why, FAIL_DEVICE, path, EXDEV);
	}
	return checker_access(c, path, &st, mode, why);
}

static int
check_folders(struct checker *c, struct spool_fail *why)
{
	static const struct {
		const char *path;
		mode_t mode;
	} folders[] = {
	    {".", 0750},
	    {"keys", 0750},
	    {"blobs", 0750},
	    {"entries", 0750},
	    {"spill", 0770},
	};
	char path[sizeof("entries/ab")];
	int ret = 0;

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]) && ret == 0; i++) {
		ret = check_folder(c, folders[i].path, folders[i].mode, why);
	}
	for (int i = 0; i < 2 * SHARDS && ret == 0; i++) {
		snprintf(path, sizeof(path), "%s/%02x", i < SHARDS ? "blobs" : "entries",
		    (unsigned)i % SHARDS & 0xff);
		ret = check_folder(c, path, 0750, why);
	}
	return ret;
}

/* Names in a folder that is not a shard. */
typedef int look(struct checker *c, const char *path, const char *name, const struct stat *st,
    struct spool_fail *why);

static int
each_name(struct checker *c, const char *folder, look *fn, struct spool_fail *why)
{
	char path[WALK_PATH_MAX];
	struct dirent *d;
	struct stat st;
	int ret = 0;
	int fd = spool_open_beneath(c->spool, folder, O_RDONLY | O_DIRECTORY, 0, why);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (fd < 0) {
		return fd;
	}
	if (dir == NULL) {
		ret = spool_fail(why, "fdopendir", folder, errno);
		close(fd);
		return ret;
	}
	while (ret == 0 && (errno = 0, d = readdir(dir)) != NULL) {
		bool top = strcmp(folder, ".") == 0;
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0) {
			continue;
		}
		snprintf(
		    path, sizeof(path), "%s%s%s", top ? "" : folder, top ? "" : "/", d->d_name);
		if (fstatat(fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
			ret = fn(c, path, d->d_name, &st, why);
		} else if (errno != ENOENT) {
			ret = spool_fail(why, "fstatat", path, errno);
		}
	}
	if (ret == 0 && errno != 0) {
		ret = spool_fail(why, "readdir", folder, errno);
	}
	closedir(dir);
	return ret;
}

static int
look_at_count(struct checker *c, const char *path, const struct stat *st, struct spool_fail *why)
{
	int ret = checker_access(c, path, st, 0600, why);

	if (ret != 0) {
		return ret;
	}
	ret = used_check(c->spool, why);
	return ret == -ENODATA
	    ? checker_bad(c, path, "is not a count of bytes: gc makes a new one", why)
	    : ret;
}

static int
look_at_top(struct checker *c, const char *path, const char *name, const struct stat *st,
    struct spool_fail *why)
{
	static const char *const folders[] = {
	    "keys", "blobs", "entries", "spill", checker_quarantine};

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		if (strcmp(name, folders[i]) == 0) {
			return 0;
		}
	}
	if (S_ISREG(st->st_mode) && strcmp(name, "format") == 0) {
		return checker_access(c, path, st, 0440, why);
	}
	if (S_ISREG(st->st_mode) && strcmp(name, "lock") == 0) {
		return checker_access(c, path, st, 0600, why);
	}
	if (S_ISREG(st->st_mode) && strcmp(name, "used") == 0) {
		return look_at_count(c, path, st, why);
	}
	if (S_ISREG(st->st_mode) &&
	    (strcmp(name, "format.new") == 0 || strcmp(name, "used.new") == 0)) {
		checker_report(c, FSCK_UNUSED, path, "is a change that was cut off", false);
		return 0;
	}
	return checker_bad(c, path, "does not belong here", why);
}

static int
look_at_shard(struct checker *c, const char *path, const char *name, const struct stat *st,
    struct spool_fail *why)
{
	uint8_t shard;

	if (S_ISDIR(st->st_mode) && strlen(name) == 2 &&
	    hex_decode((const uint8_t *)name, 2, &shard) == 0) {
		return 0;
	}
	return checker_bad(c, path, "does not belong here", why);
}

static int
look_at_spill(struct checker *c, const char *path, const char *name, const struct stat *st,
    struct spool_fail *why)
{
	(void)name;
	(void)st;
	return checker_bad(
	    c, path, "does not belong here: what the filter spills has no name", why);
}

static int
look_at_key(struct checker *c, const char *path, const char *name, const struct stat *st,
    struct spool_fail *why)
{
	size_t len = strlen(name), chars = (size_t)KEY_ID_BYTES * 2;
	uint8_t id[KEY_ID_BYTES];
	struct key key;
	int ret;

	if (len < chars || hex_decode((const uint8_t *)name, chars, id) != 0 ||
	    !S_ISREG(st->st_mode)) {
		return checker_bad(c, path, "is not a key", why);
	}
	if (strcmp(name + chars, ".new") == 0) {
		checker_report(c, FSCK_UNUSED, path, "is a change that was cut off", false);
		return 0;
	}
	if (len != chars) {
		return checker_bad(c, path, "is not a key", why);
	}
	ret = checker_access(c, path, st, 0640, why);
	if (ret != 0) {
		return ret;
	}
	ret = key_load(c->spool, id, &key, why);
	explicit_bzero(&key, sizeof(key));
	if (ret == -EBADMSG || ret == -EFBIG) {
		return checker_bad(c, path, "is not a key", why);
	}
	return ret == -ENOENT || ret == -EPERM ? 0 : ret;
}

int
fsck_places(struct checker *c, struct spool_fail *why)
{
	static const struct {
		const char *folder;
		look *fn;
	} places[] = {
	    {".", look_at_top},
	    {"keys", look_at_key},
	    {"entries", look_at_shard},
	    {"blobs", look_at_shard},
	    {"spill", look_at_spill},
	};
	int ret = check_folders(c, why);

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && ret == 0; i++) {
		ret = each_name(c, places[i].folder, places[i].fn, why);
	}
	return ret;
}
