/*
 * beneath.h - opens what lies beneath a folder, and nothing that lies elsewhere
 *
 * No symbolic link, no `..`, no absolute path and no other file system is followed. openat2
 * does all of it in one call (RESOLVE_BENEATH, _NO_SYMLINKS, _NO_MAGICLINKS, _NO_XDEV). A kernel
 * before 5.6 does not have it, and an old container does not allow it: there the path is
 * walked one component at a time, each opened with O_NOFOLLOW and checked. There a
 * folder's device number tells its file system; a file that is a mount itself is not noticed.
 */
#ifndef SPOOL_BENEATH_H
#define SPOOL_BENEATH_H

#include <stdbool.h>
#include <sys/types.h>

/* May this process call openat2? Asked once, before a sandbox closes. */
bool beneath_has_openat2(int dirfd);

/*
 * Opens `path` beneath `dirfd`; flags and mode as open's, O_CLOEXEC is added. Returns the
 * descriptor, or -errno: -ELOOP where a component is a symbolic link, -EXDEV where the path
 * leads out or to another file system.
 */
int beneath_open(int dirfd, const char *path, int flags, mode_t mode);

/* The same, one component at a time. */
int beneath_walk(int dirfd, const char *path, int flags, mode_t mode);

#endif
