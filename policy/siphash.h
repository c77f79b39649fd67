/*
 * siphash.h - SipHash-1-3: a keyed hash, so that strangers cannot choose our collisions
 */
#ifndef POLICY_SIPHASH_H
#define POLICY_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

struct siphash_key {
	uint64_t k[2];
};

/* From the kernel; 0 or -errno. */
int siphash_key_init(struct siphash_key *key);

uint64_t siphash(const struct siphash_key *key, const void *data, size_t len);

#endif
