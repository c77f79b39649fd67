/*
 * prover.h - whoever proves a token and hands out its entry and its blob
 *
 * Planning and emitting ask a prover; they know neither the spool nor a key. The filter's prover
 * is the spool itself (spool-prover.h). A program that keeps both in a second process brings its
 * own, which asks that process.
 *
 * Each function returns 0, or -1 with *why filled in (refuse(), refuse_system()).
 */
#ifndef FILTER_PROVER_H
#define FILTER_PROVER_H

#include <stdint.h>

#include "filter/refusal.h"
#include "spool/entry.h"
#include "spool/format.h"
#include "spool/hmac.h"
#include "spool/recipient.h"
#include "spool/token.h"

/* What a token stands for, once it is proved. */
struct proof {
	struct token token;
	struct entry entry;
	int fd; /* the blob, open for reading; pread is used, so others may share it */
};

struct prover {
	void *state; /* the first argument of each function */

	/* The limits of messages, as the spool has them. */
	struct format_limits limits;

	/*
	 * Proves a token for a recipient (len 0: none is known, or several share the message):
	 * its form, MAC, key, expiry, entry and blob. Fills in *proof_r; the descriptor is the
	 * caller's. Also sets why->entry, once the token is known to be ours.
	 */
	int (*prove)(void *state, const uint8_t token[TOKEN_CHARS], const struct recipient *to,
	    struct proof *proof_r, struct refusal *why);

	/*
	 * The secret from which a message's boundaries are made: boundary_secret() of the key with
	 * this id. `input` is the SHA-256 of the message as it was held. The id is that of a token
	 * that was proved.
	 */
	int (*secret)(void *state, const uint8_t key_id[KEY_ID_BYTES],
	    const uint8_t input[SHA256_BYTES], uint8_t secret_r[SHA256_BYTES], struct refusal *why);

	/* A descriptor of an empty, unlinked file for a message that is large. It is the caller's.
	 */
	int (*spill)(void *state, int *fd_r, struct refusal *why);
};

#endif
