/*
 * refs.h - which blobs the entries name
 *
 * Entries lie by their own ids, blobs by theirs; this turns the one order into
 * the other. What is added goes to one unnamed file a shard, in spill/; a shard is read back when
 * its turn comes. So only one shard is in memory: 56 bytes for each of its entries (220 kB where
 * there are a million in all). On a mount that is read-only, where only fsck comes, the files are
 * in memory, too.
 *
 * Owns:    the temporary files, the shard in memory
 */
#ifndef SPOOL_REFS_H
#define SPOOL_REFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/entry.h"

struct refs;

struct ref {
	uint8_t blob[SHA256_BYTES];
	uint8_t checksum[CHECKSUM_BYTES];
	uint64_t size;
};

int refs_new(const struct spool *spool, struct refs **refs_r, struct spool_fail *why);
void refs_free(struct refs **refs);

int refs_add(struct refs *refs, const struct entry *entry, struct spool_fail *why);

/* Brings the refs to blobs of a shard into memory, in order. No refs_add after this. */
int refs_load(struct refs *refs, uint8_t shard, struct spool_fail *why);

/* All refs to a blob of the loaded shard. Returns their number. */
size_t refs_find(
    const struct refs *refs, const uint8_t blob[SHA256_BYTES], const struct ref **first_r);

#endif
