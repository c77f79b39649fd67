/*
 * decision.h - from one request to one decision: relay, then recipient, then DNSBL
 *
 * Pure: everything it knows comes in decision_inputs. The action is ACTION_WAIT when a fact is
 * on its way; then it is made again when the fact has come.
 *
 * policy_context=relay    may this host take mail for this recipient?
 * policy_context=filter   is there anything against this client?
 * anything else           both, for a setup with one hook
 *
 * Not here: sockets, deadlines, logging
 */
#ifndef POLICY_DECISION_H
#define POLICY_DECISION_H

#include "policy/config.h"
#include "policy/recipient-answer.h"
#include "policy/recipient-list.h"
#include "policy/reply.h"
#include "policy/request.h"
#include "policy/retry-memory.h"

enum decision_context {
	DECISION_RELAY,
	DECISION_FILTER,
	DECISION_BOTH,
	DECISION_CONTEXTS,
};

struct decision_inputs {
	const struct config *config;
	const struct recipient_list *recipients; /* NULL: not configured */
	const bool *zones_ipv4;                  /* by zone: passed its self-test */
	const bool *zones_ipv6;
	/* May be NULL: was this domain let in not long ago, so that its loss may be a mistake? */
	bool (*forgives)(void *context, const struct domain_name *domain);
	void *forgives_context;
	/* With `learn`: what the primary says of a recipient. */
	enum recipient_answer (*learned)(void *context, const struct mailbox *recipient);
	void *learned_context;
	/*
	 * Is the domain's primary up, and has this sender tried before? Not asked where `while-up`
	 * makes no use of it.
	 */
	bool (*is_up)(void *context, const struct domain_name *domain);
	enum retry_age (*tried)(void *context, const struct request *r);
	void *up_context;
	struct fact_source relay_facts;
	struct fact_source dnsbl_facts;
};

struct decision {
	struct verdict verdict;
	struct verdict relay; /* as far as it was asked */
	bool forgiven;        /* relay would be a refusal, but the domain was let in lately */
	enum decision_context context;
	struct mailbox recipient;
	bool up; /* would be taken, while the primary is up */
	enum retry_age tried;
	bool dnsbl_asked;
	struct dnsbl_judgement dnsbl;
	enum reply_kind reply;
	char text[REPLY_TEXT_MAX + 1];
};

void decision_make(const struct decision_inputs *in, const struct request *r, struct decision *d);

/* Whether it is what DNS says now, and may say otherwise when its owner has mended it. */
bool decision_can_be_mistake(enum reason reason);

const char *decision_context_name(enum decision_context context);

#endif
