/*
 * create.h - makes files in a spool: without a name first, linked when complete
 *
 * Each file belongs to the spool's owner and group, also if root makes it, and has its mode with
 * every umask.
 *
 * Every name is reached beneath the spool and through no symbolic link.
 *
 * Errors:  -errno with *why filled in
 * Not here: in which order things become durable (group.h)
 */
#ifndef SPOOL_CREATE_H
#define SPOOL_CREATE_H

#include <sys/types.h>

#include "spool/spool.h"

/* May this process write to the spool? 0, or -EACCES with call "owner": neither its owner nor root.
 */
int create_allowed(const struct spool *spool, struct spool_fail *why);

/* The spool's owner and group, and the mode, for what is open. */
int create_hand_over(
    const struct spool *spool, int fd, mode_t mode, const char *object, struct spool_fail *why);

/* An unnamed file in `folder` (O_TMPFILE), open for reading and writing. Returns the descriptor. */
int create_file(const struct spool *spool, const char *folder, mode_t mode, struct spool_fail *why);

/* Writes all of it. */
int create_write(int fd, const void *data, size_t len, const char *object, struct spool_fail *why);

/*
 * Gives the file its name; the shard is made where it is missing. -EEXIST: the name is taken; the
 * caller finds out by whom.
 */
int create_link(const struct spool *spool, int fd, const char *path, struct spool_fail *why);

/* A folder; its name is not synced. One that is there already gets owner, group and mode. */
int create_folder(const struct spool *spool, const char *path, mode_t mode, struct spool_fail *why);

/* Makes a name young; removes one; renames one (flags as renameat2's). -ENOENT: gone. */
int create_touch(const struct spool *spool, const char *path, struct spool_fail *why);
int create_remove(const struct spool *spool, const char *path, struct spool_fail *why);
int create_rename(const struct spool *spool, const char *from, const char *to, unsigned flags,
    struct spool_fail *why);

/*
 * Replaces `path` by an unnamed file, durably. The caller has synced it. Uses the name `path`.new;
 * a kill may leave it there, and the next call removes it.
 */
int create_replace(const struct spool *spool, int fd, const char *path, struct spool_fail *why);

/* Sets owner, group and mode of the file that is open, even if its name leads elsewhere meanwhile.
 */
int create_access(const struct spool *spool, const char *path, mode_t mode, struct spool_fail *why);

/* fsync of the folder that holds `path`. */
int create_sync_folder(const struct spool *spool, const char *path, struct spool_fail *why);

#endif
