/*
 * store.h - writes contents into a spool, with their digest and checksum
 *
 *	store_begin, store_write …, store_end, store_add      once a file
 *	group_commit (group.h)                                once a group
 *
 * Owns:    the struct; the file being written
 * Returns: 0 or -errno with *why filled in
 * Not here: how it becomes durable (group.h), media types and names
 *          (mime/part-header.h), tokens (token.h)
 */
#ifndef SPOOL_STORE_H
#define SPOOL_STORE_H

#include "spool/group.h"

struct store;

struct store_content {
	uint8_t digest[SHA256_BYTES];
	uint8_t checksum[CHECKSUM_BYTES];
	uint64_t size;
};

/* -EACCES with call "owner": this process is neither the spool's owner nor root. */
int store_open(const struct spool *spool, struct store **store_r, struct spool_fail *why);
void store_close(struct store **store);

/* As group_limit(), for a file that alone is over the limit: it is not written to its end. */
void store_limit(struct store *store, uint64_t total);

int store_begin(struct store *store, struct spool_fail *why);
/* -EDQUOT with call "total": this content alone is over it. */
int store_write(struct store *store, const void *data, size_t len, struct spool_fail *why);

/*
 * Instead of writing: shares the blocks of a file, until one of both changes
 * (FICLONE). True: its bytes are in, and store_read must go over all of them,
 * for the digest is of what is in the spool. False: not between these two.
 */
bool store_clone(struct store *store, int fd);
/*
 * Instead of store_begin and of writing: the content is a file that was taken over,
 * whose descriptor it takes; store_read must go over all of it. It is given back
 * when it is abandoned.
 */
void store_take(struct store *store, int fd, const struct taken *taken);
/* The next bytes of it; 0 at its end. */
ssize_t store_read(struct store *store, void *buf, size_t cap, struct spool_fail *why);

/* The content is complete. Its descriptor, for reading, until the next store_begin or store_add. */
void store_end(struct store *store, struct store_content *content_r);
int store_fd(const struct store *store);
void store_abandon(struct store *store);

/* Adds the content to the group, as group_add. */
int store_add(struct store *store, struct group *group, struct spool_fail *why);

#endif
