/*
 * dns-cache-dump.h - what the cache holds, one line an entry, for people
 */
#ifndef POLICY_DNS_CACHE_DUMP_H
#define POLICY_DNS_CACHE_DUMP_H

#include "policy/dns-cache.h"
#include "policy/text-service.h"

/* The entries of one name, or all with len 0. now: the cache's clock. */
void dns_cache_dump(
    const struct dns_cache *cache, int64_t now, const char *name, size_t len, struct text *t);

#endif
