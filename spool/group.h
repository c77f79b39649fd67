/*
 * group.h - stored files that become durable together
 *
 * A group is committed as one: contents on disk, blobs named, names on disk,
 * entries named, names on disk. Only then may an answer be given. Nothing has
 * a name before it is complete.
 *
 * Owns:    the files of the group until it is committed
 * Threads: a group is of one thread at a time; while one is committed,
 *          another may be filled
 * Returns: 0 or -errno with *why filled in
 * Not here: writing contents (store.h)
 */
#ifndef SPOOL_GROUP_H
#define SPOOL_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/item.h"

struct group;

int group_new(const struct spool *spool, struct group **group_r, struct spool_fail *why);
void group_free(struct group **group);

/* Bytes that all blobs of the spool may have together; INT64_MAX, as at first: any number. */
void group_limit(struct group *group, uint64_t total);

/*
 * Adds a file of this digest and so many bytes, whose descriptor it takes also when
 * it fails. A file that was taken over is given back when it fails, and when the
 * spool has or gets the content from elsewhere; not any more when it has its name
 * in the spool. -EBADMSG with call "content": the spool has another content under
 * this digest. -EDQUOT with call "total", -ENODATA with call "used": as used.h has
 * it. The group must not be full.
 */
int group_add(struct group *group, const struct item_file *file, const uint8_t digest[SHA256_BYTES],
    uint64_t size, struct spool_fail *why);
size_t group_count(const struct group *group);

/* The descriptor of the content of file `i`, for reading; still the group's. */
int group_fd(const struct group *group, size_t i);

/*
 * Writes the entry of file `i`: once for each, before the commit. -EINVAL: a piece
 * of it is not what entry.h allows.
 */
int group_describe(struct group *group, size_t i, const struct entry *entry,
    uint8_t id_r[ENTRY_ID_BYTES], struct spool_fail *why);

/* Empties the group, and gives back what was taken over. */
void group_forget(struct group *group);

/* No more may be added: STORE_GROUP_MAX files, or its part of what the process may have open. */
bool group_full(const struct group *group);

/* After it, also when it failed, the group is empty; then none of it was promised. */
int group_commit(struct group *group, struct spool_fail *why);

#endif
