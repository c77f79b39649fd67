/*
 * token.h - what stands in a marker: the signed permission to graft one entry
 *
 * 45 bytes, 60 base64url characters without spare bits (DESIGN.md, Tokens):
 *
 *	0       version 1 in the high nibble; bit 0: bound to a recipient; other bits: flags of
 *	        newer programs
 *	1-4     key id
 *	5-24    entry id
 *	25-28   expiry, big-endian, EXPIRY_UNITs since 1970
 *	29-44   first 16 bytes of HMAC-SHA256 over "mailgraft token 1" NUL, bytes 0-28,
 *	        and the canonical recipient where bound
 *
 * A token is judged in this order: exact length and alphabet, version, MAC, flags, then
 * the key's state and the expiry. So a forger learns nothing but "forged". What a newer
 * program made is told apart (TOKEN_NEWER): the message waits, for an old program must not
 * bounce it.
 *
 * Pure: no file is opened here.
 */
#ifndef SPOOL_TOKEN_H
#define SPOOL_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/key.h"
#include "spool/recipient.h"

enum { TOKEN_CHARS = 60, TOKEN_BYTES = 45 };

struct token {
	bool bound;
	uint8_t key_id[KEY_ID_BYTES];
	uint8_t entry_id[ENTRY_ID_BYTES];
	uint32_t expiry;            /* EXPIRY_UNITs since 1970 */
	uint8_t bytes[TOKEN_BYTES]; /* as decoded */
};

enum token_verdict {
	TOKEN_OK,
	TOKEN_MALFORMED, /* length or alphabet */
	TOKEN_NEWER,     /* another version; or a good MAC, and a flag that we do not know */
	TOKEN_FORGED,    /* the MAC differs: another recipient, another spool, or not ours */
	TOKEN_REVOKED,   /* the key is revoked */
	TOKEN_EXPIRED,
	/* bound, and the message names no recipient: its MAC cannot be computed */
	TOKEN_NO_RECIPIENT,
};

/* TOKEN_OK, TOKEN_MALFORMED or TOKEN_NEWER (the version). Nothing is proved yet. */
enum token_verdict token_decode(const uint8_t *text, size_t len, struct token *t);

/*
 * Judges a decoded token by its key (the one with the token's key id).
 * `recipient` may be NULL or empty. `now` is in EXPIRY_UNITs since 1970; a token
 * is good before its expiry, and no longer at it.
 */
enum token_verdict token_verify(
    const struct token *t, const struct key *key, const struct recipient *recipient, uint32_t now);

/* Makes a token. `recipient` NULL or empty: not bound. Writes TOKEN_CHARS characters and a NUL. */
void token_make(const struct key *key, const uint8_t entry_id[ENTRY_ID_BYTES], uint32_t expiry,
    const struct recipient *recipient, char text[TOKEN_CHARS + 1]);

#endif
