/*
 * take-over.c - lease, owner, mode; and all of it back
 */
#include "spool/take-over.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "spool/create.h"
#include "spool/path.h"

enum { BLOB_MODE = 0440 };

static int
open_no_symlinks(const char *path, int flags)
{
	struct open_how how = {
	    .flags = (unsigned)flags | O_CLOEXEC,
	    .resolve = RESOLVE_NO_SYMLINKS,
	};
	long fd;

	do {
		fd = syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
	} while (fd < 0 && errno == EINTR);
	return fd < 0 ? -errno : (int)fd;
}

int
take_over_open(const char *path)
{
	return open_no_symlinks(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
}

/* A link from one mount to another is refused even within a file system. */
static bool
is_elsewhere(const struct spool *spool, int fd)
{
	struct statx ours, theirs;

	return statx(spool_dirfd(spool), "", AT_EMPTY_PATH, STATX_MNT_ID, &ours) != 0 ||
	    statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &theirs) != 0 ||
	    ours.stx_dev_major != theirs.stx_dev_major ||
	    ours.stx_dev_minor != theirs.stx_dev_minor || ours.stx_mnt_id != theirs.stx_mnt_id;
}

/* Where it is, with NUL. */
static ssize_t
place_of(int fd, char path[PATH_MAX])
{
	char self[sizeof("/proc/self/fd/") + 12];
	ssize_t len;

	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	len = readlink(self, path, PATH_MAX);
	if (len < 0 || len >= PATH_MAX) {
		return -1;
	}
	path[len] = '\0';
	return len;
}

/* A key or a blob must not become another blob. In doubt, the file counts as one. */
static bool
is_in_spool(const struct spool *spool, int fd)
{
	char ours[PATH_MAX], theirs[PATH_MAX];
	ssize_t len = place_of(spool_dirfd(spool), ours);

	return len < 0 || place_of(fd, theirs) < 0 ||
	    (strncmp(ours, theirs, (size_t)len) == 0 && theirs[len] == '/');
}

static bool
has_acl(int fd)
{
	return fgetxattr(fd, "system.posix_acl_access", NULL, 0) >= 0 ||
	    (errno != ENODATA && errno != EOPNOTSUPP);
}

/* If somebody opens the file to write, we get a signal: choose one that does nothing. */
static enum take_over
lease(int fd)
{
	if (fcntl(fd, F_SETSIG, SIGURG) == 0 && fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
		return TAKE_OVER_DONE;
	}
	return errno == EAGAIN ? TAKE_OVER_BUSY : TAKE_OVER_CANNOT;
}

static enum take_over
look_at(const struct spool *spool, int fd, const struct stat *st)
{
	uid_t me = geteuid();

	if (!S_ISREG(st->st_mode)) {
		return TAKE_OVER_STREAM;
	}
	if (is_elsewhere(spool, fd)) {
		return TAKE_OVER_ELSEWHERE;
	}
	if (is_in_spool(spool, fd)) {
		return TAKE_OVER_SPOOL;
	}
	if (st->st_nlink != 1) {
		return TAKE_OVER_LINKS;
	}
	if (me != 0 && me != st->st_uid) {
		return TAKE_OVER_OWNER;
	}
	return has_acl(fd) ? TAKE_OVER_ACL : TAKE_OVER_DONE;
}

enum take_over
take_over(const struct spool *spool, int fd, struct taken *taken_r)
{
	struct stat st;
	enum take_over ret;

	*taken_r = (struct taken){.is = false};
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		return errno == EWOULDBLOCK ? TAKE_OVER_BUSY : TAKE_OVER_CANNOT;
	}
	/* Under the lock: whoever had it before may just have given it back. */
	ret = fstat(fd, &st) == 0 ? look_at(spool, fd, &st) : TAKE_OVER_CANNOT;
	if (ret == TAKE_OVER_DONE) {
		ret = lease(fd);
	}
	if (ret != TAKE_OVER_DONE) {
		goto out;
	}
	*taken_r = (struct taken){
	    .is = true, .owner = st.st_uid, .group = st.st_gid, .mode = st.st_mode & 07777};
	if (create_hand_over(spool, fd, BLOB_MODE, "blobs", NULL) != 0 || fstat(fd, &st) != 0) {
		ret = TAKE_OVER_CANNOT;
	} else if (st.st_nlink != 1) {
		ret = TAKE_OVER_LINKS;
	} else if (!take_over_holds(fd)) {
		ret = TAKE_OVER_BUSY;
	}
	if (ret != TAKE_OVER_DONE) {
		take_over_give_back(fd, taken_r);
	}
out:
	if (ret != TAKE_OVER_DONE) {
		fcntl(fd, F_SETLEASE, F_UNLCK);
		flock(fd, LOCK_UN);
	}
	return ret;
}

bool
take_over_holds(int fd)
{
	return fcntl(fd, F_GETLEASE) == F_RDLCK;
}

void
take_over_give_back(int fd, struct taken *taken)
{
	/* The mode last: a change of the owner takes bits away. */
	if (taken->is && fchown(fd, taken->owner, taken->group) == 0) {
		(void)fchmod(fd, taken->mode);
	}
	taken->is = false;
}

static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool
is_blob(const struct spool *spool, const struct stat *st, const uint8_t digest[SHA256_BYTES])
{
	char path[BLOB_PATH_MAX];
	struct stat blob;
	uint64_t size;
	bool is;
	int fd;

	blob_path(digest, path);
	fd = spool_open_file(spool, path, 0, &size, NULL);
	if (fd < 0) {
		return false;
	}
	is = fstat(fd, &blob) == 0 && is_same(&blob, st);
	close(fd);
	return is;
}

static bool
is_unchanged(int fd, const struct stat *was, struct stat *now)
{
	return lease(fd) == TAKE_OVER_DONE && fstat(fd, now) == 0 && now->st_size == was->st_size &&
	    now->st_mtim.tv_sec == was->st_mtim.tv_sec &&
	    now->st_mtim.tv_nsec == was->st_mtim.tv_nsec;
}

int
take_over_remove(const struct spool *spool, const char *path, const struct stat *was,
    const uint8_t digest[SHA256_BYTES])
{
	const char *slash = strrchr(path, '/'), *base = slash == NULL ? path : slash + 1;
	char *folder = slash == NULL ? strdup(".") : strndup(path, (size_t)(base - path));
	int ret = -ENOMEM, parent = -1, fd = -1;
	struct stat now;

	if (folder == NULL) {
		goto out;
	}
	ret = parent = open_no_symlinks(folder, O_PATH | O_DIRECTORY);
	if (parent < 0) {
		goto out;
	}
	fd = openat(parent, base, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &now) != 0) {
		ret = errno == ELOOP ? -ESTALE : -errno;
	} else if (!is_same(&now, was) ||
	    !(is_blob(spool, &now, digest) || is_unchanged(fd, was, &now))) {
		ret = -ESTALE;
	} else {
		ret = unlinkat(parent, base, 0) == 0 ? 0 : -errno;
	}
out:
	if (fd >= 0) {
		close(fd);
	}
	if (parent >= 0) {
		close(parent);
	}
	free(folder);
	return ret == -ENOENT ? 0 : ret;
}
