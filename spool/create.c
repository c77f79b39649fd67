/*
 * create.c - unnamed files, links and folders of a spool
 */
#include "spool/create.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PARENT_MAX = 32 };

int
create_allowed(const struct spool *spool, struct spool_fail *why)
{
	uid_t me = geteuid();

	return me == 0 || me == spool_owner(spool) ? 0 : spool_fail(why, "owner", NULL, EACCES);
}

/* The spool's owner and group, and the mode, for what we just made. */
static int
hand_over(const struct spool *spool, int fd, mode_t mode, const char *object,
    struct spool_fail *why)
{
	uid_t owner = geteuid() == spool_owner(spool) ? (uid_t)-1 : spool_owner(spool);
	struct stat st;

	if (fstat(fd, &st) != 0) {
		return spool_fail(why, "fstat", object, errno);
	}
	if ((owner != (uid_t)-1 || st.st_gid != spool_group(spool)) &&
	    fchown(fd, owner, spool_group(spool)) != 0) {
		return spool_fail(why, "fchown", object, errno);
	}
	if ((st.st_mode & 07777) != mode && fchmod(fd, mode) != 0) {
		return spool_fail(why, "fchmod", object, errno);
	}
	return 0;
}

int
create_file(const struct spool *spool, const char *folder, mode_t mode, struct spool_fail *why)
{
	int ret, fd = openat(spool_dirfd(spool), folder, O_TMPFILE | O_RDWR | O_CLOEXEC, mode);

	if (fd < 0) {
		return spool_fail(why, "openat", folder, errno);
	}
	ret = hand_over(spool, fd, mode, folder, why);
	if (ret != 0) {
		close(fd);
		return ret;
	}
	return fd;
}

int
create_write(int fd, const void *data, size_t len, const char *object, struct spool_fail *why)
{
	const char *at = data;

	while (len > 0) {
		ssize_t n = write(fd, at, len);
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return spool_fail(why, "write", object, errno);
		}
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

/* "blobs/ab/…" gives "blobs/ab", "blobs" gives ".". */
static void
parent_of(const char *path, char parent[PARENT_MAX])
{
	const char *slash = strrchr(path, '/');
	size_t len = slash == NULL ? 1 : (size_t)(slash - path);

	assert(len < PARENT_MAX);
	memcpy(parent, slash == NULL ? "." : path, len);
	parent[len] = '\0';
}

int
create_link(const struct spool *spool, int fd, const char *path, struct spool_fail *why)
{
	char self[sizeof "/proc/self/fd/" + 12], shard[PARENT_MAX];
	int ret;

	snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
	if (linkat(AT_FDCWD, self, spool_dirfd(spool), path, AT_SYMLINK_FOLLOW) == 0) {
		return 0;
	}
	if (errno != ENOENT) {
		return spool_fail(why, "linkat", path, errno);
	}
	parent_of(path, shard);
	ret = create_folder(spool, shard, 0750, why);
	if (ret == 0) {
		ret = create_sync_folder(spool, shard, why);
	}
	if (ret == 0 &&
	    linkat(AT_FDCWD, self, spool_dirfd(spool), path, AT_SYMLINK_FOLLOW) != 0) {
		ret = spool_fail(why, "linkat", path, errno);
	}
	return ret;
}

static int
sync_folder(const struct spool *spool, const char *folder, struct spool_fail *why)
{
	int ret = 0;
	int fd = openat(spool_dirfd(spool), folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0) {
		return spool_fail(why, "openat", folder, errno);
	}
	if (fsync(fd) != 0) {
		ret = spool_fail(why, "fsync", folder, errno);
	}
	close(fd);
	return ret;
}

int
create_folder(const struct spool *spool, const char *path, mode_t mode, struct spool_fail *why)
{
	int ret = 0, fd = -1;

	if (mkdirat(spool_dirfd(spool), path, 0700) != 0) {
		return errno == EEXIST ? 0 : spool_fail(why, "mkdirat", path, errno);
	}
	fd = openat(spool_dirfd(spool), path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		ret = spool_fail(why, "openat", path, errno);
		goto out;
	}
	ret = hand_over(spool, fd, mode, path, why);
out:
	if (fd >= 0) {
		close(fd);
	}
	return ret;
}

int
create_sync_folder(const struct spool *spool, const char *path, struct spool_fail *why)
{
	char parent[PARENT_MAX];

	parent_of(path, parent);
	return sync_folder(spool, parent, why);
}
