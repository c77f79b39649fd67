/*
 * facts.h - how a verdict asks for what DNS says, without knowing where it comes from
 *
 * A source answers at once: with data, or that the fact is on its way (FACT_WAITING), or that
 * it cannot be had (FACT_FAILED). Verdicts are pure functions of a source: a resolver, a table
 * in a test, a recording of either. A verdict that met FACT_WAITING is computed again from the
 * start when something has arrived.
 *
 * Not here: queries, caching
 */
#ifndef POLICY_FACTS_H
#define POLICY_FACTS_H

#include "policy/dns-message.h"

enum fact_state {
	FACT_FRESH,   /* answer is set and within its TTL */
	FACT_STALE,   /* answer is set, outlived its TTL, and DNS does not answer now */
	FACT_WAITING, /* asked; not known yet */
	FACT_FAILED,  /* DNS does not answer and nothing is known from before */
};

struct fact {
	enum fact_state state;
	/* FRESH and STALE; never with outcome DNS_FAILED */
	const struct dns_answer *answer;
	int64_t age_ms;  /* since it was learned */
	int64_t same_ms; /* since it first had this outcome, without a break */
	bool kept;       /* in the set that goes to the state file */
	bool restored;   /* learned by an earlier process, from the state file */
};

struct fact_source {
	struct fact (*look)(void *context, enum dns_type type, const char *name, size_t len);
	void *context;
};

/* One question, its aliases followed. */
struct fact facts_look(
    const struct fact_source *source, enum dns_type type, const char *name, size_t len);

/* All addresses of a host in the families given. */
struct host_facts {
	enum { HOST_KNOWN, HOST_WAITING, HOST_FAILED, HOST_GONE } state;
	bool partial; /* one family failed, the other is known */
	bool stale;
	/*
	 * Some address is one that no mail server has: loopback and the like, or IPv4 mapped into
	 * IPv6. Such addresses count for known, but are not among those below.
	 */
	bool special;
	/* A family has DNS_ADDRESS_MAX addresses or more; the others are not known. */
	bool crowded;
	int64_t gone_ms; /* HOST_GONE: for how long at least */
	unsigned count;
	struct address address[MX_HOST_ADDRESSES_MAX];
};

void facts_host(const struct fact_source *source, bool ipv4, bool ipv6, const char *name,
    size_t len, struct host_facts *host);

#endif
