/*
 * sweep.h - removes what is dead: expired entries, blobs that no entry names
 *
 * An entry is dead when its expiry and the grace are past; or, where the caller
 * knows what is needed, when it is not and was not stored lately either. A blob
 * is dead when no living entry names it. Neither goes that was stored, or stored
 * again, within the grace before the sweep began: what comes while the sweep
 * runs is safe, however long it takes or is suspended. Entries go first and
 * durably, so that no power cut leaves an entry without its blob.
 *
 * May be cut off at any point and begun again. Memory does not depend on the
 * number of entries (refs.h).
 */
#ifndef SPOOL_SWEEP_H
#define SPOOL_SWEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/id-set.h"
#include "spool/spool.h"

/* Every shard is gone through twice: for entries, and for blobs. */
enum { SWEEP_END = 2 * SHARDS };

struct sweep_options {
	uint64_t grace; /* seconds */
	/* NULL, or all that are needed, sealed: others are dead too, */
	const struct id_set *needed;
	/* where stored before this (seconds since 1970) and not kept */
	int64_t stored_before;
	bool dry_run; /* only count */
	bool force;   /* whatever the clock says */
	/* after each file that was looked at: how far it is, of SWEEP_END; may be NULL */
	void (*step)(void *arg, int at);
	void *arg;
};

struct sweep_result {
	uint64_t entries, entries_removed; /* seen, and of these removed */
	uint64_t unneeded_removed;         /* of these, before they expired */
	uint64_t blobs, blobs_removed;
	uint64_t bytes, bytes_removed; /* of blobs */
	/* damaged entries: they are left to fsck, and so are all blobs then */
	uint64_t damaged;
};

/*
 * -EAGAIN with call "sweep": another one is running. -ETIME with call "clock":
 * the clock is days off what the spool has seen; nothing was removed.
 */
int sweep(const struct spool *spool, const struct sweep_options *options,
    struct sweep_result *result_r, struct spool_fail *why);

#endif
