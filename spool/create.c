/*
 * create.c - unnamed files, links and folders of a spool
 */
#include "spool/create.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
create_allowed(const struct spool *spool, struct spool_fail *why)
{
	uid_t me = geteuid();

	return me == 0 || me == spool_owner(spool)
	    ? 0
	    : spool_fail_check(why, FAIL_WRITER, NULL, EACCES);
}

int
create_hand_over(
    const struct spool *spool, int fd, mode_t mode, const char *object, struct spool_fail *why)
{
	uid_t owner = geteuid() == spool_owner(spool) ? (uid_t)-1 : spool_owner(spool);
	struct stat st;

	if (fstat(fd, &st) != 0) {
		return spool_fail(why, "fstat", object, errno);
	}
	if ((owner != (uid_t)-1 || st.st_gid != spool_group(spool)) &&
	    fchown(fd, owner, spool_group(spool)) != 0) {
		return errno == EPERM ? spool_fail_check(why, FAIL_GROUP, object, EPERM)
		                      : spool_fail(why, "fchown", object, errno);
	}
	if ((st.st_mode & 07777) != mode && fchmod(fd, mode) != 0) {
		return spool_fail(why, "fchmod", object, errno);
	}
	return 0;
}

int
create_file(const struct spool *spool, const char *folder, mode_t mode, struct spool_fail *why)
{
	int ret, fd = spool_open_beneath(spool, folder, O_TMPFILE | O_RDWR, mode, why);

	if (fd < 0) {
		return fd;
	}
	ret = create_hand_over(spool, fd, mode, folder, why);
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

static int
link_in(int parent, int fd, const char *base, const char *path, struct spool_fail *why)
{
	char self[sizeof("/proc/self/fd/") + 12];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	return linkat(AT_FDCWD, self, parent, base, AT_SYMLINK_FOLLOW) == 0
	    ? 0
	    : spool_fail(why, "linkat", path, errno);
}

static int
make_parent(const struct spool *spool, const char *path, struct spool_fail *why)
{
	char shard[WALK_PATH_MAX];
	int ret;

	snprintf(shard, sizeof(shard), "%s", path);
	*strrchr(shard, '/') = '\0';
	ret = create_folder(spool, shard, 0750, why);
	return ret == 0 ? create_sync_folder(spool, shard, why) : ret;
}

int
create_link(const struct spool *spool, int fd, const char *path, struct spool_fail *why)
{
	const char *base;
	int ret, parent = spool_open_parent(spool, path, &base, why);

	if (parent == -ENOENT && base != path) {
		ret = make_parent(spool, path, why);
		parent = ret == 0 ? spool_open_parent(spool, path, &base, why) : ret;
	}
	if (parent < 0) {
		return parent;
	}
	ret = link_in(parent, fd, base, path, why);
	close(parent);
	return ret;
}

int
create_folder(const struct spool *spool, const char *path, mode_t mode, struct spool_fail *why)
{
	const char *base;
	int ret = 0, fd = -1, parent = spool_open_parent(spool, path, &base, why);

	if (parent < 0) {
		return parent;
	}
	if (mkdirat(parent, base, mode) != 0 && errno != EEXIST) {
		ret = spool_fail(why, "mkdirat", path, errno);
		goto out;
	}
	/* Also for a folder that was there: its maker may have been killed before this. */
	fd = spool_open_beneath(spool, path, O_RDONLY | O_DIRECTORY, 0, why);
	ret = fd < 0 ? fd : create_hand_over(spool, fd, mode, path, why);
out:
	if (fd >= 0) {
		close(fd);
	}
	close(parent);
	return ret;
}

int
create_sync_folder(const struct spool *spool, const char *path, struct spool_fail *why)
{
	const char *base;
	int ret = 0, parent = spool_open_parent(spool, path, &base, why);

	if (parent < 0) {
		return parent;
	}
	if (fsync(parent) != 0) {
		ret = spool_fail(why, "fsync", path, errno);
	}
	close(parent);
	return ret;
}

int
create_touch(const struct spool *spool, const char *path, struct spool_fail *why)
{
	const char *base;
	int ret = 0, parent = spool_open_parent(spool, path, &base, why);

	if (parent < 0) {
		return parent;
	}
	if (utimensat(parent, base, NULL, AT_SYMLINK_NOFOLLOW) != 0) {
		ret = spool_fail(why, "utimensat", path, errno);
	}
	close(parent);
	return ret;
}

int
create_remove(const struct spool *spool, const char *path, struct spool_fail *why)
{
	const char *base;
	int ret = 0, parent = spool_open_parent(spool, path, &base, why);

	if (parent < 0) {
		return parent;
	}
	if (unlinkat(parent, base, 0) != 0) {
		ret = spool_fail(why, "unlinkat", path, errno);
	}
	close(parent);
	return ret;
}

int
create_rename(const struct spool *spool, const char *from, const char *to, unsigned flags,
    struct spool_fail *why)
{
	const char *from_base, *to_base;
	int ret = 0, to_parent = -1, from_parent = spool_open_parent(spool, from, &from_base, why);

	if (from_parent < 0) {
		return from_parent;
	}
	to_parent = spool_open_parent(spool, to, &to_base, why);
	if (to_parent < 0) {
		ret = to_parent;
	} else if (renameat2(from_parent, from_base, to_parent, to_base, flags) != 0) {
		ret = spool_fail(why, "renameat2", from, errno);
	}
	if (to_parent >= 0) {
		close(to_parent);
	}
	close(from_parent);
	return ret;
}

/* Only rename() replaces a name, and it needs a second name for a moment. */
int
create_replace(const struct spool *spool, int fd, const char *path, struct spool_fail *why)
{
	char temporary[WALK_PATH_MAX];
	int ret;

	snprintf(temporary, sizeof(temporary), "%s.new", path);
	ret = create_link(spool, fd, temporary, why);
	if (ret == -EEXIST) {
		/* Left by a process that was killed here. */
		ret = create_remove(spool, temporary, why);
		if (ret != 0 && ret != -ENOENT) {
			return ret;
		}
		ret = create_link(spool, fd, temporary, why);
	}
	if (ret != 0) {
		return ret;
	}
	ret = create_rename(spool, temporary, path, 0, why);
	if (ret != 0) {
		(void)create_remove(spool, temporary, NULL);
		return ret;
	}
	return create_sync_folder(spool, path, why);
}

int
create_access(const struct spool *spool, const char *path, mode_t mode, struct spool_fail *why)
{
	char self[sizeof("/proc/self/fd/") + 12];
	int ret = 0, fd = spool_open_beneath(spool, path, O_PATH, 0, why);

	if (fd < 0) {
		return fd;
	}
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	if (fchownat(fd, "", spool_owner(spool), spool_group(spool), AT_EMPTY_PATH) != 0) {
		ret = spool_fail(why, "fchownat", path, errno);
	} else if (chmod(self, mode) != 0) {
		ret = spool_fail(why, "chmod", path, errno);
	}
	close(fd);
	return ret;
}
