/*
 * tokens.h - which key signs the tokens of a group, and until when a token is good
 *
 * Returns: 0, or -1 with *c filled in, or -errno with *why filled in
 */
#ifndef CLI_TOKENS_H
#define CLI_TOKENS_H

#include <stdint.h>
#include <time.h>

#include "cli/complaint.h"
#include "spool/key.h"
#include "spool/spool.h"

/* What is known about the clock; all zero to begin. */
struct token_clock {
	time_t last; /* at the last request; 0: none yet */
	time_t seen; /* by the spool, when it was last asked */
};

/* The expiry of a token with a life of `seconds`, in EXPIRY_UNITs. */
int token_expiry(struct token_clock *clock, const struct spool *spool, uint64_t seconds,
    uint32_t *expires_r, struct complaint *c);

/* The id of the key that signs now. Keys come and go in a long run. */
int token_key_choose(const struct spool *spool, uint8_t id[KEY_ID_BYTES], struct spool_fail *why);

/* The key itself, to sign with. If it was revoked since it was chosen, this fails: its tokens would
 * be refused. */
int token_key_load(const struct spool *spool, const uint8_t id[KEY_ID_BYTES], struct key *key_r,
    struct spool_fail *why);

#endif
