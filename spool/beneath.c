/*
 * beneath.c - openat2, and the same without it
 */
#include "spool/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "spool/limits.h"

bool
beneath_has_openat2(int dirfd)
{
	/* A structure of no bytes gives EINVAL wherever the call exists and is allowed. */
	return syscall(SYS_openat2, dirfd, ".", NULL, 0) >= 0 || errno == EINVAL;
}

int
beneath_open(int dirfd, const char *path, int flags, mode_t mode)
{
	struct open_how how = {
	    .flags = (unsigned)flags | O_CLOEXEC,
	    .mode = mode,
	    .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS |
	        RESOLVE_NO_XDEV,
	};
	long fd;

	do {
		fd = syscall(SYS_openat2, dirfd, path, &how, sizeof(how));
	} while (fd < 0 && errno == EINTR);
	return fd < 0 ? -errno : (int)fd;
}

/* One name in a folder. A folder must be of the device `dev`. A file's number says nothing:
 * overlayfs shows that of the file system beneath it. */
static int
step(int dirfd, const char *name, int flags, mode_t mode, dev_t dev)
{
	struct stat st;
	int fd, ret;

	do {
		fd = openat(dirfd, name, flags | O_NOFOLLOW | O_CLOEXEC, mode);
	} while (fd < 0 && errno == EINTR);
	if (fd < 0) {
		ret = -errno;
		/* With O_DIRECTORY a link gives only "not a folder". */
		return ret == -ENOTDIR && fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		        S_ISLNK(st.st_mode)
		    ? -ELOOP
		    : ret;
	}
	/* With O_PATH a link is opened itself. */
	ret = fstat(fd, &st) != 0                     ? -errno
	    : S_ISLNK(st.st_mode)                     ? -ELOOP
	    : S_ISDIR(st.st_mode) && st.st_dev != dev ? -EXDEV
	                                              : 0;
	if (ret != 0) {
		close(fd);
		return ret;
	}
	return fd;
}

/* The next component of *path, which is moved on. -EXDEV: it leads up; -ENAMETOOLONG. */
static int
next_name(const char **path, char name[WALK_PATH_MAX])
{
	size_t len = strcspn(*path, "/");

	if (len >= WALK_PATH_MAX) {
		return -ENAMETOOLONG;
	}
	memcpy(name, *path, len);
	name[len] = '\0';
	*path += len;
	while (**path == '/') {
		(*path)++;
	}
	return strcmp(name, "..") == 0 ? -EXDEV : 0;
}

int
beneath_walk(int dirfd, const char *path, int flags, mode_t mode)
{
	char name[WALK_PATH_MAX];
	struct stat st;
	int at = dirfd, ret;

	if (path[0] == '/') {
		return -EXDEV;
	}
	if (path[0] == '\0') {
		return -ENOENT;
	}
	if (fstat(dirfd, &st) != 0) {
		return -errno;
	}
	do {
		ret = next_name(&path, name);
		if (ret == 0) {
			ret = path[0] == '\0' ? step(at, name, flags, mode, st.st_dev)
			                      : step(at, name, O_PATH | O_DIRECTORY, 0, st.st_dev);
		}
		if (at != dirfd) {
			close(at);
		}
		at = ret;
	} while (ret >= 0 && path[0] != '\0');
	return ret;
}
