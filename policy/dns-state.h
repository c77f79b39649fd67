/*
 * dns-state.h - last-known-good DNS data as lines of the state file, so that it survives a restart
 *
 *	TYPE NAME LEARNED EXPIRES SINCE OUTCOME [RECORD ...]
 *	PAST NAME GOOD BAD BAD_SEEN
 *
 * Times are wall-clock milliseconds. Of several lines about one thing the last counts.
 *
 * Not here: the file (state-file.h), when to write (state-saver.h)
 */
#ifndef POLICY_DNS_STATE_H
#define POLICY_DNS_STATE_H

#include "policy/dns-cache.h"
#include "policy/state-file.h"

/* What the lines are read into and written from. */
struct dns_state {
	struct dns_cache *cache;
	int64_t max_age_ms; /* older data is not believed */
};

/* state must stay. */
struct state_part dns_state_part(struct dns_state *state);

#endif
