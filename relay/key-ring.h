/*
 * key-ring.h - the DKIM keys that the keeper holds, by domain and selector
 *
 * The master hands each key over as an open file, anew with each configuration. What the newest
 * configuration does not name any more goes when it is complete.
 *
 * Owns:     the keys
 * Not here: which message is signed by which key (signing.h)
 */
#ifndef RELAY_KEY_RING_H
#define RELAY_KEY_RING_H

#include "relay/dkim-key.h"

struct key_ring_entry {
	char domain[DKIM_DOMAIN_MAX + 1], selector[DKIM_DOMAIN_MAX + 1];
	struct dkim_key *key;
	bool old; /* of the configuration before */
};

struct key_ring {
	size_t count, room;
	struct key_ring_entry *entry;
};

/* A new configuration's keys follow. */
void key_ring_begin(struct key_ring *r);

/* Reads the key in `fd`; one of the same name is replaced. 0, or -errno (dkim_key_read()). */
int key_ring_add(struct key_ring *r, const char *domain, const char *selector, int fd);

/* They are complete: older ones go. */
void key_ring_end(struct key_ring *r);

/* NULL: there is none. It stays until key_ring_end() or key_ring_free(). */
const struct dkim_key *key_ring_find(
    const struct key_ring *r, const char *domain, const char *selector);

void key_ring_free(struct key_ring *r);

#endif
