/*
 * used.h - how many bytes all blobs have together, counted as blobs come and go
 *
 * SPOOL/used, 0600: twenty decimal digits and LF, written over in place. Bytes
 * are added before a blob gets its name, and taken off after it has lost it, so
 * the count is never less than what is there, whoever is killed when. What a
 * killed `put` had added and never named stays counted until a gc that began
 * while no `put` was between the two counts anew.
 *
 * `lock` is of lock_open(). Whoever adds holds LOCK_ADDING, shared, until the
 * blob has its name or the bytes are taken off again.
 *
 * Errors:  -errno with *why filled in
 */
#ifndef SPOOL_USED_H
#define SPOOL_USED_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/spool.h"

/* A new count of 0 bytes, in a spool without blobs. One that is there stays. */
int used_make(const struct spool *spool, struct spool_fail *why);

/*
 * Adds. -EDQUOT with call "total": it would be more than max (INT64_MAX: any
 * number will do). -ENODATA with call "used": nobody has counted, and there is
 * a max; without one that is no failure, and nothing is added.
 */
int used_add(
    const struct spool *spool, int lock, uint64_t bytes, uint64_t max, struct spool_fail *why);

/* Subtracts. If it fails, the count is too high, and gc corrects it. */
void used_subtract(const struct spool *spool, int lock, uint64_t bytes);

/* The count is on disk. */
int used_sync(const struct spool *spool, struct spool_fail *why);

/* How many bytes all blobs have, as it is counted; 0 where that cannot be read. */
uint64_t used_get(const struct spool *spool);

/* Is the file a count? 0, -ENODATA, or -errno. */
int used_check(const struct spool *spool, struct spool_fail *why);

/* For gc, which sees every blob: before its walk, and after it. */
struct used_recount {
	bool alone; /* nobody was adding when the walk began */
	uint64_t before;
};

/* Counts by a walk where there is no count and nobody is adding. */
int used_recount_begin(
    const struct spool *spool, int lock, struct used_recount *r, struct spool_fail *why);
/* `left`: bytes that the walk saw and left; `removed`: that it removed. */
int used_recount_end(const struct spool *spool, int lock, const struct used_recount *r,
    uint64_t left, uint64_t removed, struct spool_fail *why);

#endif
