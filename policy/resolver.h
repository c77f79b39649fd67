/*
 * resolver.h - facts out of the cache, or asked for: single flight, last known good
 *
 * Fresh data is given at once. Data past its TTL is asked for again, and waited for; when DNS
 * has failed within the last minute it is given at once as stale while the question is asked
 * afterwards. Stale data is given for at most keep_stale_ms. One query per question is in
 * flight, however many wait for it.
 *
 * Owns: the cache and the transport. Not here: verdicts, deadlines (the one who waits has one)
 */
#ifndef POLICY_RESOLVER_H
#define POLICY_RESOLVER_H

#include "policy/dns-cache.h"
#include "policy/facts.h"
#include "policy/loop.h"

struct resolver;
struct resolver_link;

struct resolver_settings {
	const char *servers; /* "address:port,...", NULL: resolv.conf */
	int timeout_ms;
	int tries;
	int64_t keep_stale_ms;
};

/* One who waits for facts. Zeroed, then the callback set, before first use. */
struct resolver_waiter {
	void (*arrived)(void *context);
	void *context;
	struct resolver_link *links;
};

struct resolver_counts {
	uint64_t queries;
	uint64_t failures;
	uint64_t stale;
	uint64_t refused; /* too many in flight */
	unsigned inflight;
};

/* NULL and *why on failure. */
struct resolver *resolver_new(
    struct loop *loop, const struct resolver_settings *settings, const char **why);

void resolver_free(struct resolver *r);

/* New settings; the cache stays. On failure, false, and the old ones stay too. */
bool resolver_reconfigure(
    struct resolver *r, const struct resolver_settings *settings, const char **why);

/* waiter NULL: nothing is waited for, and nothing asked. */
struct fact resolver_look(struct resolver *r, struct resolver_waiter *waiter, enum dns_type type,
    const char *name, size_t len);

/*
 * Asks though the answer may be fresh; nobody waits for it. False: it was not asked, because it is
 * already under way, has failed just now, or too much is in flight.
 */
bool resolver_refresh(struct resolver *r, struct dns_entry *e);

/* Forgets an answer's TTL, so that the next look asks. */
void resolver_expire(struct resolver *r, enum dns_type type, const char *name, size_t len);

/* The waiter is called no more for anything it waits for. */
void resolver_cancel(struct resolver_waiter *waiter);

struct dns_cache *resolver_cache(struct resolver *r);

void resolver_counts(const struct resolver *r, struct resolver_counts *counts);

void resolver_servers(const struct resolver *r, char *text, size_t cap);

#endif
