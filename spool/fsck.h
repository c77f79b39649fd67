/*
 * fsck.h - is everything in the spool what its name says, and there for nobody else?
 *
 * Looks at every file: modes and owners, names, keys, entries against their
 * names, blobs against their digests and against the entries' checksums, and
 * what does not belong. No gc runs meanwhile; `put` may.
 *
 * With `repair`, modes and owners are set right, and what is not what it should
 * be is moved to SPOOL/quarantine/. Nothing is deleted. An entry without its
 * blob stays: storing the same file again completes it.
 */
#ifndef SPOOL_FSCK_H
#define SPOOL_FSCK_H

#include "spool/finding.h"
#include "spool/spool.h"

/* -EAGAIN with call "sweep": a gc is running. 0 whatever was found. */
int fsck(const struct spool *spool, const struct fsck_options *options,
    struct fsck_result *result_r, struct spool_fail *why);

#endif
