/*
 * retry-memory.h - has this sender tried to reach this recipient from this network before?
 *
 * A network is a /24 of IPv4, a /64 of IPv6. Fingerprints in a table of fixed size; those of one
 * network share a few places, so that no network can make another's be forgotten, but for the few
 * that share them by chance. Not kept over a restart: a sender then tries once more.
 *
 * Owns: its table. Time is passed in, in milliseconds.
 * Not here: what becomes of who is new (decision.h)
 */
#ifndef POLICY_RETRY_MEMORY_H
#define POLICY_RETRY_MEMORY_H

#include "policy/request.h"

#include <stdint.h>

struct retry_memory;

enum retry_age {
	RETRY_NEW,   /* not within the last two days */
	RETRY_EARLY, /* again, but before a server that works would */
	RETRY_DUE,   /* again, after the delay */
	RETRY_AGES,
};

/* NULL when out of memory or without randomness. */
struct retry_memory *retry_memory_new(void);

void retry_memory_free(struct retry_memory *m);

enum retry_age retry_memory_look(
    const struct retry_memory *m, const struct request *r, int64_t now);

/* It has tried now. */
void retry_memory_note(struct retry_memory *m, const struct request *r, int64_t now);

const char *retry_age_name(enum retry_age age);

#endif
