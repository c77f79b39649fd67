/*
 * spool.c - opens a spool, and files in it by the one confined way
 */
#include "spool/spool.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool/beneath.h"
#include "spool/known.h"

struct spool {
	int dirfd;
	bool has_openat2;
	uid_t owner;
	gid_t group;
	struct format_limits limits;
};

enum { WRITABLE_BY_OTHERS = S_IWGRP | S_IWOTH };

static int
open_beneath(
    const struct spool *s, const char *name, int flags, mode_t mode, struct spool_fail *why)
{
	int fd = s->has_openat2 ? beneath_open(s->dirfd, name, flags, mode)
	                        : beneath_walk(s->dirfd, name, flags, mode);

	if (fd == -EXDEV) {
		return spool_fail_check(why, FAIL_DEVICE, name, EXDEV);
	}
	return fd < 0 ? spool_fail(why, s->has_openat2 ? "openat2" : "openat", name, -fd) : fd;
}

/* Who may have written this? 0, or -EPERM. */
static int
check_owner(const struct spool *s, const struct stat *st, const char *name, struct spool_fail *why)
{
	if (st->st_uid != s->owner && st->st_uid != 0) {
		return spool_fail_check(why, FAIL_OWNER, name, EPERM);
	}
	if ((st->st_mode & WRITABLE_BY_OTHERS) != 0) {
		return spool_fail_check(why, FAIL_MODE, name, EPERM);
	}
	return 0;
}

static int
check_folder(const struct spool *s, const char *name, struct spool_fail *why)
{
	struct stat st;

	if (fstatat(s->dirfd, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		return spool_fail(why, "fstatat", name, errno);
	}
	if (!S_ISDIR(st.st_mode)) {
		return spool_fail_check(why, FAIL_TYPE, name, ENOTDIR);
	}
	return check_owner(s, &st, name, why);
}

/* Everybody who may write to a shard can replace its files. openat2 refuses all that is no folder.
 */
static int
check_parent(const struct spool *s, const char *name, struct spool_fail *why)
{
	char parent[WALK_PATH_MAX];
	const char *slash = strrchr(name, '/');
	struct stat st;
	size_t len = slash == NULL ? 0 : (size_t)(slash - name);

	if (len == 0 || len >= sizeof(parent)) {
		return 0;
	}
	memcpy(parent, name, len);
	parent[len] = '\0';
	return fstatat(s->dirfd, parent, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode)
	    ? check_owner(s, &st, parent, why)
	    : 0;
}

static int
read_format(struct spool *s, struct spool_fail *why)
{
	char text[FORMAT_FILE_MAX];
	ssize_t len = spool_read_file(s, "format", 0, text, sizeof(text), why);

	if (len < 0 && len != -EFBIG) {
		return (int)len;
	}
	switch (len < 0 ? FORMAT_UNKNOWN : format_parse(text, (size_t)len, &s->limits)) {
	case FORMAT_OK:
		return 0;
	case FORMAT_UNKNOWN:
		return spool_fail_check(why, FAIL_FORMAT, "format", EPROTONOSUPPORT);
	case FORMAT_DAMAGED:
		break;
	}
	return spool_fail_check(why, FAIL_DAMAGE, "format", EPROTONOSUPPORT);
}

/* Not mounted, or never made? */
static int
no_spool(const char *path, struct spool_fail *why)
{
	return spool_fail_check(why, known_is(path) ? FAIL_AWAY : FAIL_NEVER, path, ENOENT);
}

int
spool_open_unchecked(const char *path, struct spool **spool_r, struct spool_fail *why)
{
	struct spool *s = malloc(sizeof(*s));
	struct stat st;
	int ret = 0;

	*spool_r = NULL;
	if (s == NULL) {
		return spool_fail(why, "malloc", path, ENOMEM);
	}
	s->dirfd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dirfd < 0 || fstat(s->dirfd, &st) != 0) {
		ret = errno == ENOENT
		    ? no_spool(path, why)
		    : spool_fail(why, s->dirfd < 0 ? "open" : "fstat", path, errno);
		spool_close(&s);
		return ret;
	}
	s->has_openat2 = beneath_has_openat2(s->dirfd);
	s->owner = st.st_uid;
	s->group = st.st_gid;
	s->limits = (struct format_limits){0};
	*spool_r = s;
	return 0;
}

int
spool_open(const char *path, struct spool **spool_r, struct spool_fail *why)
{
	struct spool *s;
	struct stat st;
	int ret = spool_open_unchecked(path, &s, why);

	*spool_r = NULL;
	if (ret != 0) {
		return ret;
	}
	assert(s != NULL);
	if (fstat(s->dirfd, &st) != 0) {
		ret = spool_fail(why, "fstat", path, errno);
		goto out;
	}
	ret = check_owner(s, &st, path, why);
	if (ret == 0) {
		ret = read_format(s, why);
	}
	/* The folder beneath a mount, or one that somebody has made for a spool. */
	if (ret == -ENOENT && fstatat(s->dirfd, "keys", &st, AT_SYMLINK_NOFOLLOW) != 0) {
		ret = no_spool(path, why);
	}
	if (ret == 0) {
		ret = check_folder(s, "keys", why);
	}
	if (ret == 0) {
		ret = check_folder(s, "entries", why);
	}
	if (ret == 0) {
		ret = check_folder(s, "blobs", why);
	}
	if (ret == 0) {
		*spool_r = s;
		s = NULL;
	}
out:
	spool_close(&s);
	return ret;
}

void
spool_close(struct spool **spool)
{
	if (*spool == NULL) {
		return;
	}
	if ((*spool)->dirfd >= 0) {
		close((*spool)->dirfd);
	}
	free(*spool);
	*spool = NULL;
}

int
spool_dirfd(const struct spool *spool)
{
	return spool->dirfd;
}

bool
spool_has_openat2(const struct spool *spool)
{
	return spool->has_openat2;
}

int
spool_on_one_device(const struct spool *spool, struct spool_fail *why)
{
	static const char *const folders[] = {"keys", "blobs", "entries", "spill"};
	struct stat top, st;

	if (fstat(spool->dirfd, &top) != 0) {
		return spool_fail(why, "fstat", ".", errno);
	}
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		if (fstatat(spool->dirfd, folders[i], &st, AT_SYMLINK_NOFOLLOW) != 0) {
			return spool_fail(why, "fstatat", folders[i], errno);
		}
		if (st.st_dev != top.st_dev) {
			return spool_fail_check(why, FAIL_DEVICE, folders[i], EXDEV);
		}
	}
	return 0;
}

uid_t
spool_owner(const struct spool *spool)
{
	return spool->owner;
}

gid_t
spool_group(const struct spool *spool)
{
	return spool->group;
}

struct format_limits
spool_limits(const struct spool *spool)
{
	return spool->limits;
}

int
spool_open_file(const struct spool *spool, const char *name, int secret, uint64_t *size_r,
    struct spool_fail *why)
{
	struct stat st;
	int fd, ret;

	*size_r = 0;
	ret = check_parent(spool, name, why);
	if (ret != 0) {
		return ret;
	}
	/* O_NONBLOCK: a FIFO planted here must not hold us; O_NOCTTY: nor a terminal take us. */
	fd = open_beneath(spool, name, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, why);
	if (fd < 0) {
		return fd;
	}
	if (fstat(fd, &st) != 0) {
		ret = spool_fail(why, "fstat", name, errno);
		goto out;
	}
	if (!S_ISREG(st.st_mode)) {
		ret = spool_fail_check(why, FAIL_TYPE, name, EPERM);
		goto out;
	}
	ret = check_owner(spool, &st, name, why);
	if (ret == 0 && secret != 0 && (st.st_mode & S_IRWXO) != 0) {
		ret = spool_fail_check(why, FAIL_MODE, name, EPERM);
	}
	*size_r = (uint64_t)st.st_size;
out:
	if (ret != 0) {
		close(fd);
		return ret;
	}
	return fd;
}

ssize_t
spool_read_file(const struct spool *spool, const char *name, int secret, void *buf, size_t cap,
    struct spool_fail *why)
{
	uint64_t size;
	size_t have = 0;
	ssize_t ret = 0;
	int fd = spool_open_file(spool, name, secret, &size, why);

	if (fd < 0) {
		return fd;
	}
	if (size > cap) {
		ret = spool_fail_check(why, FAIL_SIZE, name, EFBIG);
		goto out;
	}
	while (have < size) {
		ssize_t n = read(fd, (char *)buf + have, (size_t)size - have);
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			ret = spool_fail(why, "read", name, errno);
			goto out;
		}
		if (n == 0) {
			break;
		}
		have += (size_t)n;
	}
	ret = (ssize_t)have;
out:
	close(fd);
	return ret;
}

int
spool_open_beneath(
    const struct spool *spool, const char *path, int flags, mode_t mode, struct spool_fail *why)
{
	return open_beneath(spool, path, flags, mode, why);
}

int
spool_open_parent(
    const struct spool *spool, const char *path, const char **base_r, struct spool_fail *why)
{
	char parent[WALK_PATH_MAX];
	const char *slash = strrchr(path, '/');
	size_t len = slash == NULL ? 1 : (size_t)(slash - path);

	assert(len < sizeof(parent));
	memcpy(parent, slash == NULL ? "." : path, len);
	parent[len] = '\0';
	*base_r = slash == NULL ? path : slash + 1;
	return spool_open_beneath(spool, parent, O_RDONLY | O_DIRECTORY, 0, why);
}

int
spool_spill(const struct spool *spool, struct spool_fail *why)
{
	return spool_open_beneath(spool, "spill", O_TMPFILE | O_RDWR | O_EXCL, 0600, why);
}
