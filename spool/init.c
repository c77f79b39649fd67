/*
 * init.c - makes a spool, its marker file last
 */
#include "spool/init.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool/apply.h"
#include "spool/create.h"
#include "spool/keyring.h"
#include "spool/lock.h"
#include "spool/used.h"

static const struct folder {
	const char *name;
	mode_t mode;
} folders[] = {
    {
        .name = "keys",
        .mode = 0750,
    },
    {
        .name = "blobs",
        .mode = 0750,
    },
    {
        .name = "entries",
        .mode = 0750,
    },
    {
        .name = "spill",
        .mode = 0770,
    },
};

enum { FOLDERS = sizeof(folders) / sizeof(folders[0]) };

/* What an interrupted init may have left. */
static bool
is_ours(const char *name)
{
	bool ours = strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	    strcmp(name, "lock") == 0 || strcmp(name, "used") == 0;

	for (size_t i = 0; i < FOLDERS; i++) {
		ours = ours || strcmp(name, folders[i].name) == 0;
	}
	return ours;
}

static int
check_empty(const char *path, struct spool_fail *why)
{
	DIR *dir = opendir(path);
	struct dirent *d;
	int ret = 0;

	if (dir == NULL) {
		return spool_fail(why, "opendir", path, errno);
	}
	while (ret == 0 && (errno = 0, d = readdir(dir)) != NULL) {
		if (strcmp(d->d_name, "format") == 0) {
			ret = spool_fail_check(why, FAIL_FORMAT, path, EEXIST);
		} else if (!is_ours(d->d_name)) {
			ret = spool_fail_check(why, FAIL_EMPTY, path, ENOTEMPTY);
		}
	}
	if (ret == 0 && errno != 0) {
		ret = spool_fail(why, "readdir", path, errno);
	}
	closedir(dir);
	return ret;
}

static int
make_directory(const char *path, uid_t owner, gid_t group, struct spool_fail *why)
{
	if (mkdir(path, 0700) != 0) {
		return errno == EEXIST ? check_empty(path, why)
		                       : spool_fail(why, "mkdir", path, errno);
	}
	if (chown(path, owner, group) != 0) {
		return spool_fail(why, "chown", path, errno);
	}
	return chmod(path, 0750) != 0 ? spool_fail(why, "chmod", path, errno) : 0;
}

static int
make_folders(const struct spool *s, struct spool_fail *why)
{
	char path[sizeof("entries/ab")];
	int ret = 0;

	for (size_t i = 0; i < FOLDERS && ret == 0; i++) {
		ret = create_folder(s, folders[i].name, folders[i].mode, why);
	}
	for (int i = 0; i < SHARDS && ret == 0; i++) {
		snprintf(path, sizeof(path), "blobs/%02x", (unsigned)i & 0xff);
		ret = create_folder(s, path, 0750, why);
		if (ret == 0) {
			snprintf(path, sizeof(path), "entries/%02x", (unsigned)i & 0xff);
			ret = create_folder(s, path, 0750, why);
		}
	}
	return ret;
}

static int
make_format(const struct spool *s, struct spool_fail *why)
{
	static const struct format_limits none;
	int ret, fd = apply_file(s, &none, why);

	if (fd < 0) {
		return fd;
	}
	ret = create_link(s, fd, "format", why);
	if (ret == 0) {
		ret = create_sync_folder(s, "format", why);
	}
	close(fd);
	return ret;
}

/* One that an interrupted init has made will do. */
static int
make_key(const struct spool *s, uint32_t now, struct key *key_r, struct spool_fail *why)
{
	int ret = keyring_active(s, key_r, why);

	return ret == -ENOKEY ? keyring_add(s, now, key_r, why) : ret;
}

int
spool_init(const char *path, uid_t owner, gid_t group, uint32_t now, struct key *key_r,
    struct spool_fail *why)
{
	struct spool *s = NULL;
	int lock = -1, ret = make_directory(path, owner, group, why);

	if (ret == 0) {
		ret = spool_open_unchecked(path, &s, why);
	}
	if (ret == 0) {
		ret = create_allowed(s, why);
	}
	if (ret != 0) {
		goto out;
	}
	lock = lock_open(s, why);
	ret = lock < 0 ? lock : lock_take(lock, LOCK_SWEEP, true, true, why);
	if (ret == 0) {
		/* Another init may have come first while we waited. */
		ret = check_empty(path, why);
	}
	if (ret == 0) {
		ret = make_folders(s, why);
	}
	if (ret == 0) {
		ret = make_key(s, now, key_r, why);
	}
	if (ret == 0) {
		ret = used_make(s, why);
	}
	if (ret == 0 && syncfs(spool_dirfd(s)) != 0) {
		ret = spool_fail(why, "syncfs", path, errno);
	}
	if (ret == 0) {
		ret = make_format(s, why);
	}
out:
	if (lock >= 0) {
		close(lock);
	}
	spool_close(&s);
	return ret;
}
