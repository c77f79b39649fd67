/*
 * dns-cache.h - what DNS has said, with its age; the last good answer outlives its TTL
 *
 * Two bounded sets, each dropping what was unused longest: entries behind a positive verdict
 * ("kept", they go to the state file) and all others, so that a flood of strange domains
 * cannot push out the domains this host backs up.
 *
 * Owns: its entries and their answers. Time is passed in, in milliseconds.
 * Not here: queries, files; the resolver decides when to ask and what to believe
 */
#ifndef POLICY_DNS_CACHE_H
#define POLICY_DNS_CACHE_H

#include "policy/dns-message.h"

struct dns_query; /* in flight; the resolver's */

struct dns_entry {
	struct dns_entry *next; /* hash chain */
	struct dns_entry *newer;
	struct dns_entry *older;
	struct dns_query *query;
	struct dns_answer *answer; /* the last good one, or NULL */
	int64_t learned;
	int64_t expires;
	int64_t since;  /* has had data, or has had none, without a break since then */
	int64_t failed; /* the last failure after the answer was learned, or 0 */
	uint64_t hash;
	bool kept;
	bool restored;
	uint8_t type;
	uint8_t len;
	char name[];
};

struct dns_cache;

/* NULL when out of memory or without randomness. */
struct dns_cache *dns_cache_new(void);

void dns_cache_free(struct dns_cache *c);

struct dns_entry *dns_cache_find(
    struct dns_cache *c, enum dns_type type, const char *name, size_t len);

/* Finds or makes. NULL when out of memory or when every entry is in use. */
struct dns_entry *dns_cache_obtain(
    struct dns_cache *c, enum dns_type type, const char *name, size_t len);

/* Takes a copy of a good answer. false: out of memory, the entry is as it was. */
bool dns_cache_learn(struct dns_entry *e, const struct dns_answer *a, int64_t now);

/* Moves the entry to the kept set. */
void dns_cache_keep(struct dns_cache *c, struct dns_entry *e);

/* Drops what is known about a name, all types. Returns how many entries that were. */
unsigned dns_cache_forget(struct dns_cache *c, const char *name, size_t len);

/* All entries, kept ones first, newest first: start with NULL; NULL ends. */
struct dns_entry *dns_cache_next(const struct dns_cache *c, const struct dns_entry *e);

void dns_cache_count(const struct dns_cache *c, size_t *kept, size_t *transient);

#endif
