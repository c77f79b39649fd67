/*
 * pacing.h - how much a next hop or a provider is given at once, and when it gets nothing at all
 *
 * A group is a next hop that has a name, or a provider: all hosts of one registered domain, so all
 * of Google is one. Each group has limits (sessions, messages a second, messages a session) and a
 * breaker. The breaker opens when the group says that it does not want more mail from us now: 421,
 * a 4.7.x, or BREAKER_REFUSALS times 5.7.x in a row. A refusal of the *sender* must not bounce good
 * addresses. While it is open, nobody asks the group anything. Then one session tries; when its
 * message is taken, the breaker closes and the group gets half of its former rate, which doubles
 * again after each BREAKER_RECOVER_MS without trouble.
 *
 * Pure but for pacing_save() and pacing_load(): the caller gives the time, in milliseconds since
 * 1970, in every call. Only one process may use it.
 *
 * Owns:     the groups, at most PACING_GROUPS_MAX; the ones that are idle and healthy go first
 * Not here: waiting; which group a host belongs to (provider.h); what the MTA is answered
 */
#ifndef RELAY_PACING_H
#define RELAY_PACING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "relay/limits.h"
#include "relay/settings.h"

struct pacing;
struct pacing_group;

struct pacing *pacing_new(void);
void pacing_free(struct pacing *p);

/*
 * The group of that name, made where there is none. `pace` NULL: no limits. NULL: no memory, or
 * PACING_GROUPS_MAX groups are busy: then the caller goes without. The pointer is good as long as
 * the group has a session, and else until the next call.
 */
struct pacing_group *pacing_group(
    struct pacing *p, const char *name, const struct settings_pace *pace);

enum pacing_answer {
	PACING_GO,
	PACING_WAIT,   /* the rate: *wait_ms_r says how long; nothing is reserved */
	PACING_FULL,   /* as many sessions as are allowed */
	PACING_BROKEN, /* the breaker is open: *wait_ms_r says how long still */
};

/* May a session begin? PACING_GO counts it until pacing_leave(). Never PACING_WAIT. */
enum pacing_answer pacing_enter(struct pacing_group *g, int64_t now, int64_t *wait_ms_r);
void pacing_leave(struct pacing_group *g);

/*
 * May a message go? PACING_GO: after *wait_ms_r, which is at most `patience_ms`, and that moment
 * is reserved for it. Never PACING_FULL.
 */
enum pacing_answer pacing_message(
    struct pacing_group *g, int64_t now, int64_t patience_ms, int64_t *wait_ms_r);

/* How many messages a session may carry; 0: no limit. */
unsigned pacing_messages_per_session(const struct pacing_group *g);

/*
 * What the group's host said: every refusal, at the greeting, EHLO, MAIL, RCPT or after the dot; of
 * the 2xx replies only the one after the dot, which alone shows that mail is taken. `code` is the
 * reply's, `text` its text with the enhanced code (RFC 3463) where it has one. Returns true where
 * this opened the breaker: worth a line in the log.
 */
bool pacing_heard(
    struct pacing_group *g, int64_t now, unsigned code, const uint8_t *text, size_t len);

/* What a person wants to know of a group. */
struct pacing_state {
	const char *name;
	unsigned sessions;         /* now */
	int64_t broken_until;      /* milliseconds since 1970; 0: the breaker is closed */
	unsigned rate_halves;      /* the rate is divided by 2 to this power */
	struct settings_rate rate; /* as configured */
	const char *reason;        /* what opened the breaker last; "" where nothing did */
};

/* The groups one after the other; *i starts as 0. False: there are no more. */
bool pacing_next(const struct pacing *p, size_t *i, int64_t now, struct pacing_state *s);

/*
 * Breakers and halved rates as text, for the time after a restart. pacing_save() returns the
 * length, or -ENOSPC. pacing_load() takes what it can read and returns how many lines it could not.
 */
long pacing_save(const struct pacing *p, int64_t now, char *text, size_t cap);
size_t pacing_load(struct pacing *p, int64_t now, const char *text, size_t len);

#endif
