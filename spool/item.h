/*
 * item.h - one stored file on its way into the spool: its blob and its entry
 *
 * Both are files without a name at first. An item knows how each gets its name, what
 * happens when the name is taken, and how both are kept from a gc that runs meanwhile.
 *
 * Owns:    two descriptors, until item_forget()
 * Returns: 0 or -errno with *why filled in
 * Not here: the order in which the items of a group become durable (group.c)
 */
#ifndef SPOOL_ITEM_H
#define SPOOL_ITEM_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/moment.h"
#include "spool/path.h"
#include "spool/take-over.h"

/* What the items of one group share; of one thread at a time. */
struct item_place {
	const struct spool *spool;
	int lock; /* of lock_open() */
	uint8_t ours[STORE_CHUNK], theirs[STORE_CHUNK];
};

struct item {
	int blob;   /* our file without a name, or the blob that was there */
	int entry;  /* our file; -1 before item_describe() */
	bool fresh; /* the blob is ours and has no name yet */
	bool made;  /* both files are ours, and not older than `begun` */
	/* bytes that were added to the spool's count for a blob without a name */
	uint64_t counted;
	struct moment begun;
	struct taken taken;
	char blob_path[BLOB_PATH_MAX];
	char entry_path[ENTRY_PATH_MAX];
};

/* A content that has no name in the spool yet. */
struct item_file {
	int fd; /* or -1 */
	struct moment begun;
	/* of a file that was taken over, for when it does not become the blob */
	struct taken taken;
};

/*
 * Begins an item with a file of this digest and `size` bytes, whose descriptor it takes.
 * If the spool has the content already, the item uses that blob instead. Otherwise the
 * bytes are counted: the spool may have `total` bytes. When it fails, the item is forgotten.
 */
int item_begin(struct item_place *place, struct item *item, const struct item_file *file,
    const uint8_t digest[SHA256_BYTES], uint64_t size, uint64_t total, struct spool_fail *why);

/* Closes both files, gives back what was taken over, and takes its bytes off the count. */
void item_forget(struct item_place *place, struct item *item);

/* Writes the entry into a file without a name. -EINVAL: a piece is not what entry.h allows. */
int item_describe(struct item_place *place, struct item *item, const struct entry *entry,
    uint8_t id_r[ENTRY_ID_BYTES], struct spool_fail *why);

/* Gives the blob its name, or adopts the blob that has it and is equal. */
int item_link_blob(struct item_place *place, struct item *item, struct spool_fail *why);

/* Gives the entry its name, if none that is equal has it. */
int item_link_entry(struct item_place *place, struct item *item, struct spool_fail *why);

/*
 * Makes both files young, and puts back what a gc had already removed. The caller holds
 * LOCK_REMOVE.
 */
int item_keep(struct item_place *place, struct item *item, struct spool_fail *why);

#endif
