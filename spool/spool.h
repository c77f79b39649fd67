/*
 * spool.h - an attachment store, opened: its directory, its owner, the one way to a file in it
 *
 * Layout (DESIGN.md): keys/ blobs/ab/ entries/ab/ spill/, and `format`, which
 * says which layout it is and which limits messages have (format.h).
 *
 * Owns:    the descriptor of the spool's directory
 * Errors:  -errno with *why filled in; -EPERM where an owner or mode would let
 *          another user forge or read
 * Not here: writing (store.h), what the files mean (key.h, entry.h, blob.h)
 */
#ifndef SPOOL_SPOOL_H
#define SPOOL_SPOOL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "spool/fail.h"
#include "spool/format.h"

struct spool;

/*
 * Opens the spool at `path`: a directory, neither group- nor world-writable,
 * with a `format` this program knows (-EPROTONOSUPPORT otherwise, with call
 * "damage" where that file is what is left of ours (format.h); -ENOENT
 * or -ENOTDIR where there is no spool).
 */
int spool_open(const char *path, struct spool **spool_r, struct spool_fail *why);

/* The same without asking for format, folders and modes: for init, which makes them, and fsck,
 * which reports them. */
int spool_open_unchecked(const char *path, struct spool **spool_r, struct spool_fail *why);
void spool_close(struct spool **spool);

/* The directory's descriptor, for writers and sweepers; still owned by the spool. */
int spool_dirfd(const struct spool *spool);
/* Whether files are opened by openat2; else by openat, one component at a time (beneath.h). */
bool spool_has_openat2(const struct spool *spool);

/*
 * Whether all folders of the spool, but for shards, lie on its own file system. -EXDEV with
 * FAIL_DEVICE and the folder's name: files cannot be linked into it, and the filter does not open
 * it.
 */
int spool_on_one_device(const struct spool *spool, struct spool_fail *why);

uid_t spool_owner(const struct spool *spool);
gid_t spool_group(const struct spool *spool);

/* As they were when the spool was opened; none where it was opened unchecked. */
struct format_limits spool_limits(const struct spool *spool);

/*
 * Opens a regular file for reading: the only way from a token to a byte on
 * disk. `name` is a path beneath the spool made of fixed-shape ids. It is opened as
 * beneath.h says; the file is a regular one, it and the folder that holds it belong to the
 * spool's owner or root, and neither is group- or world-writable; with `secret`, the file is
 * not readable by others.
 * Returns the descriptor (the caller closes it) and its size.
 */
int spool_open_file(const struct spool *spool, const char *name, int secret, uint64_t *size_r,
    struct spool_fail *why);

/* Reads a whole small file so opened. -EFBIG when it holds more than `cap`. Returns its length. */
ssize_t spool_read_file(const struct spool *spool, const char *name, int secret, void *buf,
    size_t cap, struct spool_fail *why);

/*
 * For those who write: opens anything beneath the spool, by the same confined
 * way but without looking at it. Root must not be led out of a spool that
 * another user owns.
 */
int spool_open_beneath(
    const struct spool *spool, const char *path, int flags, mode_t mode, struct spool_fail *why);

/* The folder that holds `path`, to act on *base_r in it. */
int spool_open_parent(
    const struct spool *spool, const char *path, const char **base_r, struct spool_fail *why);

/* An unlinked temporary of the filter, in spill/ (O_TMPFILE, 0600). Returns a descriptor. */
int spool_spill(const struct spool *spool, struct spool_fail *why);

#endif
