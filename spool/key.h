/*
 * key.h - an HMAC key of the spool, as its file in keys/ says
 *
 * SPOOL/keys/<8 hex digits of the id>, 0640, exactly these lines:
 *
 *	mailgraft key 1
 *	id 1a2b3c4d
 *	state active            (active: issues and accepts; retired: accepts; revoked: neither)
 *	created 29800000        (minutes since 1970)
 *	secret <64 hex digits>
 *
 * Not here: making and changing keys (keyring.h), tokens (token.h).
 */
#ifndef SPOOL_KEY_H
#define SPOOL_KEY_H

#include <stdint.h>

#include "spool/path.h"
#include "spool/spool.h"

enum { KEY_SECRET_BYTES = 32 };

enum key_state { KEY_ACTIVE, KEY_RETIRED, KEY_REVOKED };

struct key {
	uint8_t id[KEY_ID_BYTES];
	uint8_t secret[KEY_SECRET_BYTES];
	enum key_state state;
	uint32_t created; /* EXPIRY_UNITs since 1970 */
};

/* -ENOENT: no such key. -EBADMSG: the file is not a key. -EPERM: others may read or write it. */
int key_load(const struct spool *spool, const uint8_t id[KEY_ID_BYTES], struct key *key_r,
    struct spool_fail *why);

/* Parses a key file's bytes. 0, or -EBADMSG. */
int key_parse(const uint8_t *text, size_t len, struct key *key_r);

#endif
