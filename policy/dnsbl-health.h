/*
 * dnsbl-health.h - RFC 5782 self-tests: a zone is asked about clients only while it is sane
 *
 * IPv4: 127.0.0.2 must be listed and 127.0.0.1 must not. IPv6: ::ffff:7f00:2 and ::ffff:7f00:1,
 * for clients with IPv6 addresses. A zone is out until it passes, is tested again periodically,
 * and at once when it answers with an error code.
 *
 * Owns: the state of each zone and its timer. Not here: scores (dnsbl.h)
 */
#ifndef POLICY_DNSBL_HEALTH_H
#define POLICY_DNSBL_HEALTH_H

#include "policy/config.h"
#include "policy/log.h"
#include "policy/resolver.h"

struct dnsbl_health;

/* NULL when out of memory. Tests begin with dnsbl_health_configure(). */
struct dnsbl_health *dnsbl_health_new(
    struct loop *loop, struct resolver *resolver, struct log *log);

void dnsbl_health_free(struct dnsbl_health *h);

/* The zones from now on; known ones keep their state. */
void dnsbl_health_configure(struct dnsbl_health *h, const struct config *config);

/* By zone of the configuration: may it be asked? */
const bool *dnsbl_health_ipv4(const struct dnsbl_health *h);

const bool *dnsbl_health_ipv6(const struct dnsbl_health *h);

/* Looks for faults in answers about a client. */
void dnsbl_health_note(struct dnsbl_health *h, const struct dnsbl_judgement *j);

/* Why a zone is out, or NULL. */
const char *dnsbl_health_problem(const struct dnsbl_health *h, unsigned zone, bool ipv6);

uint64_t dnsbl_health_faults(const struct dnsbl_health *h, unsigned zone);

#endif
