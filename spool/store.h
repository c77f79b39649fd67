/*
 * store.h - puts files into a spool so that they survive a power cut
 *
 * A content is written, then added with its entry to a group; the group is
 * committed as one: contents on disk, blobs named, names on disk, entries
 * named, names on disk. Only then may an answer be given. Nothing has a name
 * before it is complete.
 *
 *	store_begin, store_write …, store_end, store_add      once a file
 *	store_commit                                          once a group
 *
 * Owns:    the struct; the files of the group until it is committed
 * Returns: 0 or -errno with *why filled in. After a failed store_commit the
 *          group is gone: none of it was promised
 * Not here: media types and names (mime/part-header.h), tokens (token.h)
 */
#ifndef SPOOL_STORE_H
#define SPOOL_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/entry.h"
#include "spool/spool.h"

struct store;

struct store_content {
	uint8_t digest[SHA256_BYTES];
	uint8_t checksum[CHECKSUM_BYTES];
	uint64_t size;
};

/* -EACCES with call "owner": this process is neither the spool's owner nor root. */
int store_open(const struct spool *spool, struct store **store_r, struct spool_fail *why);
void store_close(struct store **store);

/* Bytes that all blobs of the spool may have together; INT64_MAX, as at first: any number. */
void store_limit(struct store *store, uint64_t total);

int store_begin(struct store *store, struct spool_fail *why);
int store_write(struct store *store, const void *data, size_t len, struct spool_fail *why);

/* The content is complete. Its descriptor, for reading, until the next store_begin or store_add. */
void store_end(struct store *store, struct store_content *content_r);
int store_fd(const struct store *store);
void store_abandon(struct store *store);

/*
 * Adds the content and its entry (whose blob, checksum and size are those of
 * store_end) to the group. -EINVAL: a piece of the entry is not what entry.h
 * allows. -EBADMSG with call "content": the spool has another content under
 * this digest. -EDQUOT with call "total", -ENODATA with call "used": as used.h has it. The group must not be full.
 */
int store_add(struct store *store, const struct entry *entry, uint8_t id_r[ENTRY_ID_BYTES],
    struct spool_fail *why);
size_t store_pending(const struct store *store);

/* No more may be added: STORE_GROUP_MAX files, or as many as the process may have open. */
bool store_full(const struct store *store);

int store_commit(struct store *store, struct spool_fail *why);

#endif
