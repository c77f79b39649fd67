/*
 * prefetch.h - ready before the outage: DNS is asked without any mail
 *
 * Domains that stand in the configuration (`pinned`, `domains`) or of which a recipient file names
 * a recipient are looked up from the start, with all that their verdict needs, and again at half
 * their TTL. They are never dropped from the cache. A domain that was let in and would not be now
 * is looked at, too, so that for how long that has been so is known.
 *
 * Owns: its timer and counters. Not here: what is concluded (engine.h), probing (health.h)
 */
#ifndef POLICY_PREFETCH_H
#define POLICY_PREFETCH_H

#include "policy/engine.h"
#include "policy/health.h"

struct prefetch;

/* NULL when out of memory. health may be NULL; it is told when new facts are there. */
struct prefetch *prefetch_new(struct loop *loop, struct engine *engine, struct health *health);

void prefetch_free(struct prefetch *p);

/* The engine's configuration or its recipients are other ones: from the start. */
void prefetch_restart(struct prefetch *p);

/* How many domains there are to look at, and how many questions that took so far. */
size_t prefetch_domains(const struct prefetch *p);

uint64_t prefetch_asked(const struct prefetch *p);

#endif
