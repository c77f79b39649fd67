/*
 * dns-cache.h - what DNS has said, with its age; the last good answer outlives its TTL
 *
 * Three sets, so that strangers own nothing:
 *   configured  what the domains in the configuration need: never dropped
 *   kept        what a positive verdict rests on: within a byte budget and a quota for each
 *               organisational domain. Only what nobody has used for a day makes room
 *   transient   all others: within a byte budget; what was unused longest goes first
 * The first two go to the state file, and count as "kept".
 *
 * Owns: its entries and their answers. Time is passed in, in milliseconds.
 * Not here: queries, files; the resolver decides when to ask and what to believe
 */
#ifndef POLICY_DNS_CACHE_H
#define POLICY_DNS_CACHE_H

#include "policy/dns-message.h"

struct dns_query; /* in flight; the resolver's */
struct org_share;

enum dns_set { DNS_TRANSIENT, DNS_KEPT, DNS_CONFIGURED, DNS_SETS };

/* What a domain has been, which outlives its MX records. Times on the cache's clock, 0: never. */
struct dns_past {
	int64_t good;     /* its last positive verdict */
	int64_t bad;      /* since when it has had none, polled without a break */
	int64_t bad_seen; /* when that was last found */
};

struct dns_entry {
	struct dns_entry *next; /* hash chain */
	struct dns_entry *newer;
	struct dns_entry *older;
	struct dns_query *query;
	struct dns_answer *answer; /* the last good one, or NULL */
	int64_t learned;
	int64_t expires;
	int64_t since;   /* has had data, or has had none, without a break since then */
	int64_t failed;  /* the last failure after the answer was learned, or 0 */
	int64_t used;    /* when a verdict last looked at it */
	int64_t saved;   /* when it last counted as a change worth saving */
	uint64_t change; /* the number of that change */
	struct org_share *share;
	struct dns_past *past; /* of the domain whose MX this is, or NULL */
	uint64_t hash;
	enum dns_set set;
	bool kept; /* set is not DNS_TRANSIENT */
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
bool dns_cache_learn(
    struct dns_cache *c, struct dns_entry *e, const struct dns_answer *a, int64_t now);

/* Moves the entry to the kept set, if there is room for it. */
void dns_cache_keep(struct dns_cache *c, struct dns_entry *e, int64_t now);

/* Moves the entry to the configured set. */
void dns_cache_configure(struct dns_cache *c, struct dns_entry *e, int64_t now);

/* What was configured, and nobody has used since a time, no longer is; kept where there is room. */
void dns_cache_unconfigure(struct dns_cache *c, int64_t since, int64_t now);

/* The domain's past, made when there is none yet; NULL when out of memory. */
struct dns_past *dns_cache_past(struct dns_cache *c, struct dns_entry *e);

/* The entry has changed in a way that the state file should have. */
void dns_cache_touch(struct dns_cache *c, struct dns_entry *e, int64_t now);

/*
 * The number of the last change to what is kept. Its upper half grows when something was
 * forgotten, so that what was written before no longer holds.
 */
uint64_t dns_cache_changes(const struct dns_cache *c);

/* Drops what is known about a name, all types. Returns how many entries that were. */
unsigned dns_cache_forget(struct dns_cache *c, const char *name, size_t len);

/* All entries, kept ones first: start with NULL; NULL ends. */
struct dns_entry *dns_cache_next(const struct dns_cache *c, const struct dns_entry *e);

void dns_cache_count(const struct dns_cache *c, size_t *kept, size_t *transient);

/* The bytes that a set takes. */
size_t dns_cache_bytes(const struct dns_cache *c, enum dns_set set);

/* How often an entry could not be kept because its organisation or the set had its share. */
uint64_t dns_cache_refused(const struct dns_cache *c);

#endif
