/*
 * health.h - are the primaries up?
 *
 * Every address of every better MX inside the networks, of the domains that have had a
 * positive verdict or stand in the configuration, is probed now and then: connect, a 220 greeting,
 * EHLO, QUIT; one probe an address, however many domains share it. Never probed: this host's own,
 * loopback and link-local addresses. UP and DOWN change only after several equal results in a row.
 *
 * Owns: the targets and their sockets. Not here: what to do about it
 */
#ifndef POLICY_HEALTH_H
#define POLICY_HEALTH_H

#include "policy/config.h"
#include "policy/log.h"
#include "policy/loop.h"
#include "policy/resolver.h"

struct health;

enum health_state { HEALTH_UNKNOWN, HEALTH_UP, HEALTH_DOWN };

struct health_report {
	struct address address;
	enum health_state state;
	int64_t since_ms;   /* ago */
	int64_t checked_ms; /* ago, -1 never */
	const char *last;   /* the last result in words */
	uint64_t probes;
	uint64_t failures;
};

struct health *health_new(struct loop *loop, struct resolver *resolver, struct log *log);

void health_free(struct health *h);

/* Something was learned of which primaries there are. */
void health_look_again(struct health *h);

void health_configure(struct health *h, const struct config *config);

/* HEALTH_UNKNOWN for an address that is not watched. */
enum health_state health_state_of(const struct health *h, const struct address *a);

/* Report i; false: there is none. */
bool health_report(const struct health *h, unsigned i, struct health_report *report);

const char *health_state_name(enum health_state state);

#endif
