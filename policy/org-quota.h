/*
 * org-quota.h - no organisation may own more than its share of a cache
 *
 * Names are counted by their organisational domain (RFC 7489, 3.2), which the public suffix list
 * tells: all of "a.b.example.co.uk" belongs to "example.co.uk".
 *
 * Owns: its table. Not here: what is cached, and what becomes of a name that gets no share
 */
#ifndef POLICY_ORG_QUOTA_H
#define POLICY_ORG_QUOTA_H

#include <stdbool.h>
#include <stddef.h>

struct org_quota;
struct org_share; /* one organisation's */

/* NULL when out of memory or without randomness. */
struct org_quota *org_quota_new(size_t max_bytes);

void org_quota_free(struct org_quota *q);

/* Counts bytes for a name (A-labels, lower case). NULL: its organisation has its share already. */
struct org_share *org_quota_take(struct org_quota *q, const char *name, size_t len, size_t bytes);

/* The same bytes, or other ones, no longer used. The last ones end the share. */
void org_quota_give(struct org_quota *q, struct org_share *share, size_t bytes);

/* More bytes for what has a share. */
void org_quota_grow(struct org_share *share, size_t bytes);

/* Whether an organisation has more than its share, which growing can bring about. */
bool org_quota_is_over(const struct org_quota *q, const struct org_share *share);

#endif
