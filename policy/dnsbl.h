/*
 * dnsbl.h - DNS blocklists and allow lists: scores from answers
 *
 * A zone counts when it answers with an address inside its required ranges. An answer outside
 * 127.0.0.0/8 or in 127.255.255.0/24 is the zone speaking about itself (a public resolver, too
 * many queries, a typing error): a fault, never a listing. Everything unknown fails open: an
 * unanswered blocklist counts nothing, an unanswered allow list as if it had matched.
 *
 * Pure: no queries, no clock. Not here: self-tests (dnsbl-health.h)
 */
#ifndef POLICY_DNSBL_H
#define POLICY_DNSBL_H

#include "policy/facts.h"
#include "policy/verdict.h"

struct dnsbl_range {
	uint32_t from;
	uint32_t to;
};

struct dnsbl_zone {
	struct domain_name zone;
	struct dnsbl_range ranges[DNSBL_RANGES_MAX];
	unsigned range_count;
	int score;
};

enum dnsbl_result {
	DNSBL_NOT_LISTED,
	DNSBL_LISTED,
	DNSBL_WAITING,
	DNSBL_UNKNOWN, /* no answer */
	DNSBL_FAULT,   /* an error code */
	DNSBL_OUT,     /* not asked: has not passed its self-test */
};

struct dnsbl_judgement {
	bool waiting;
	int score;
	enum dnsbl_result results[DNSBL_ZONES_MAX];
	struct address codes[DNSBL_ZONES_MAX]; /* of LISTED and FAULT */
};

/* "2.0.0.127" and the zone, or 32 nibbles. False: longer than a domain name may be. */
bool dnsbl_query_name(
    const struct dnsbl_zone *zone, const struct address *client, struct domain_name *name);

/* What one zone's answer means, for scores and for self-tests. */
enum dnsbl_result dnsbl_read(
    const struct dnsbl_zone *zone, const struct fact *f, struct address *code);

/* "127.0.0.2", "127.0.0.2-127.0.0.11", "127.0.0.0/8" */
bool dnsbl_range_parse(struct dnsbl_range *range, const char *text, size_t len);

/* usable: by zone, whether it may be asked for this client's family. */
void dnsbl_judge(const struct dnsbl_zone *zones, unsigned count, const bool *usable,
    const struct address *client, const struct fact_source *facts, struct dnsbl_judgement *j);

#endif
