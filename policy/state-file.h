/*
 * state-file.h - last-known-good DNS data on disk, so that it survives a restart in an outage
 *
 * One text file, DIR/dns, written whole beside its name, synced, and renamed. What cannot be
 * read as an entry is skipped and counted, never believed.
 *
 * Returns: 0 or -errno with the call that failed in *what
 * Not here: when to write (state-saver.h)
 */
#ifndef POLICY_STATE_FILE_H
#define POLICY_STATE_FILE_H

#include "policy/dns-cache.h"

/* The kept entries of the cache. now: the cache's clock. */
int state_file_write(
    const char *directory, const struct dns_cache *cache, int64_t now, const char **what);

/* Entries younger than max_age_ms. A file that does not exist is an empty one. */
int state_file_read(const char *directory, struct dns_cache *cache, int64_t now, int64_t max_age_ms,
    size_t *taken, size_t *skipped, const char **what);

#endif
