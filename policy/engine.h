/*
 * engine.h - a decision with everything it needs from the running daemon
 *
 * Joins configuration, resolver, recipients and zone health into decision_inputs, keeps what a
 * positive verdict rests on, counts, and writes the one log line a decision gets.
 *
 * Owns: the counters. Everything else is lent and swapped by reload.
 * Not here: sockets and deadlines (connection.h)
 */
#ifndef POLICY_ENGINE_H
#define POLICY_ENGINE_H

#include "policy/decision.h"
#include "policy/dnsbl-health.h"
#include "policy/learner.h"
#include "policy/log.h"
#include "policy/primary-up.h"
#include "policy/resolver.h"

enum { ENGINE_BUCKETS = 8 };

extern const double engine_bucket_seconds[ENGINE_BUCKETS];

/* One who waits for what a decision needs. Zeroed, then begun, before first use. */
struct engine_waiter {
	struct resolver_waiter facts;
	struct learner_waiter recipient;
};

struct engine {
	const struct config *config;
	const struct loop *loop;
	struct resolver *resolver;
	struct log *log;
	const struct recipient_list *recipients; /* NULL: not configured */
	struct dnsbl_health *zones;
	struct learner *learner;      /* NULL: nothing is learned */
	struct primary_up *up;        /* NULL: nothing is known to be up */
	struct retry_memory *retries; /* with up */
	uint64_t decided[DECISION_CONTEXTS][REASON_COUNT];
	uint64_t replied[REPLY_KINDS];
	uint64_t stale;
	uint64_t forgiven;
	uint64_t while_up[RETRY_AGES]; /* came while the primary was up */
	uint64_t drifts;               /* domains that were let in and no longer would be */
	int64_t rules_since;           /* what was let in before, by other rules, is not forgiven */
	uint64_t duration_ms;
	uint64_t took[ENGINE_BUCKETS + 1];
};

void engine_waiter_begin(
    struct engine_waiter *waiter, void (*arrived)(void *context), void *context);

/* The waiter is called no more for anything it waits for. */
void engine_cancel(struct engine_waiter *waiter);

/*
 * waiter: told when a missing fact has come; NULL when it must be decided now, whatever is
 * known. True when the decision stands.
 */
bool engine_decide(
    struct engine *e, const struct request *r, struct engine_waiter *waiter, struct decision *d);

/* What becomes of a domain without any mail: whether it would be let in now is noted. */
void engine_poll(
    struct engine *e, const struct domain_name *domain, const struct fact_source *facts);

/* Counts a decision that was made and sent, and logs it. */
void engine_record(struct engine *e, const struct request *r, const struct decision *d, int64_t ms);

#endif
