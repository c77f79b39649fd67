/*
 * keyring.h - the HMAC keys of a spool: making, choosing, retiring, revoking
 *
 * A key's id is random and its file is never removed, so an id is never used
 * again and a revoked key stays refused. A state is changed by renaming a new
 * file over the old one: a filter reads the one or the other.
 *
 * Errors:  -errno with *why filled in
 * Not here: reading one key (key.h)
 */
#ifndef SPOOL_KEYRING_H
#define SPOOL_KEYRING_H

#include <stddef.h>
#include <stdint.h>

#include "spool/key.h"
#include "spool/spool.h"

struct keyring {
	size_t count;
	struct key keys[KEYRING_MAX]; /* oldest first */
};

/* Reads every key. The caller wipes it with keyring_wipe(). -E2BIG: more than KEYRING_MAX. */
int keyring_load(const struct spool *spool, struct keyring *ring, struct spool_fail *why);
void keyring_wipe(struct keyring *ring);

/* The youngest active key, which issues; -ENOKEY where there is none. */
int keyring_active(const struct spool *spool, struct key *key_r, struct spool_fail *why);

/* Makes an active key. `now` in EXPIRY_UNITs. */
int keyring_add(const struct spool *spool, uint32_t now, struct key *key_r, struct spool_fail *why);

/* -ENOENT: no such key. -EPERM with call "state": a revoked key stays revoked. */
int keyring_set_state(const struct spool *spool, const uint8_t id[KEY_ID_BYTES],
    enum key_state state, struct spool_fail *why);

const char *key_state_name(enum key_state state);

#endif
