/*
 * learner.h - does the primary know this recipient? From memory, or asked
 *
 * A recipient that was asked about lately is answered from memory; any other one is asked about
 * while a primary is up, once however many wait for it, and not faster than a primary may be
 * asked. What a primary says of "user" goes for "user+shop", too, as long as it takes "user"; where
 * it does not, the address with its extension is asked about by itself.
 *
 * Owns: what was learned, the probes and their queues.
 * Not here: what one asks (smtp-dialogue.h), what becomes of the answer (decision.h)
 */
#ifndef POLICY_LEARNER_H
#define POLICY_LEARNER_H

#include "policy/config.h"
#include "policy/health.h"
#include "policy/learned.h"
#include "policy/log.h"
#include "policy/recipient-answer.h"
#include "policy/smtp-probe.h"

struct learner;
struct learner_probe;

/* One who waits for an answer. Zeroed, then the callback set, before first use. */
struct learner_waiter {
	void (*arrived)(void *context);
	void *context;
	struct learner_probe *probe;
	struct learner_waiter *next;
	struct learner_waiter *previous;
};

struct learner_counts {
	uint64_t asked[SMTP_FINDINGS]; /* by what was found */
	uint64_t unreached;            /* of these, those whose server was not up */
	uint64_t crowded;              /* not asked: too many waited for that primary already */
	unsigned waiting;
	unsigned running;
};

/* health and log may be NULL: nothing is known to be down; nothing is logged. */
struct learner *learner_new(struct loop *loop, const struct health *health, struct log *log);

void learner_free(struct learner *l);

/* For tests: what connects instead of smtp_probe_connect(). */
void learner_connect_with(
    struct learner *l, int (*connect)(const struct address *a, uint16_t port));

/* Without `learn`, all that is under way is given up. Whoever waits must look again. */
void learner_configure(struct learner *l, const struct config *config);

/* waiter NULL: nothing is waited for, and nothing asked. facts: of the recipient's domain. */
enum recipient_answer learner_look(struct learner *l, struct learner_waiter *waiter,
    const struct mailbox *recipient, const struct fact_source *facts);

/* The waiter is called no more. */
void learner_cancel(struct learner_waiter *waiter);

struct learned *learner_memory(struct learner *l);

/* What the last server that was asked has said; NULL: none was asked. */
const struct smtp_report *learner_last(const struct learner *l);

void learner_count(const struct learner *l, struct learner_counts *counts);

#endif
