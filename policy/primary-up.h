/*
 * primary-up.h - is a primary of this domain up? Looked up once a second for each domain
 *
 * Up is a domain of which an address of its best MX hosts is. What is not watched is not up.
 *
 * Owns: a table of fixed size. Time is passed in, in milliseconds.
 * Not here: watching (health.h)
 */
#ifndef POLICY_PRIMARY_UP_H
#define POLICY_PRIMARY_UP_H

#include "policy/config.h"
#include "policy/health.h"

struct primary_up;

/* NULL when out of memory or without randomness. */
struct primary_up *primary_up_new(const struct health *health);

void primary_up_free(struct primary_up *u);

bool primary_up_look(struct primary_up *u, const struct config *c, const struct domain_name *domain,
    const struct fact_source *facts, int64_t now);

#endif
