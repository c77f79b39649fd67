/*
 * keeper-ask.h - a session's questions to the keeper
 *
 * Where the keeper does not answer, everything is refused for now (451).
 *
 * Owns:     the session's end of the socket
 */
#ifndef RELAY_KEEPER_ASK_H
#define RELAY_KEEPER_ASK_H

#include <stdint.h>

#include "filter/prover.h"
#include "relay/dkim.h"
#include "relay/ledger.h"

struct keeper_link {
	int fd; /* -1: the keeper is gone */
	struct prover prover;
};

/* Takes the socket. */
void keeper_link_begin(struct keeper_link *l, int fd);

/* A new message: makes l->prover, which asks the keeper. -1 with the reason: no spool, no keeper.
 */
int keeper_ask_begin(struct keeper_link *l, struct refusal *why);

/* A descriptor of an unlinked file, without a message's having begun. -1 with the reason. */
int keeper_ask_spill(struct keeper_link *l, int *fd_r, struct refusal *why);

/* As in ledger.h, for this session; -EPIPE: the keeper is gone. */
int keeper_claim(
    struct keeper_link *l, const uint8_t key[LEDGER_KEY_BYTES], char reply[LEDGER_REPLY_MAX + 1]);
int keeper_dot(struct keeper_link *l, const uint8_t key[LEDGER_KEY_BYTES], const char *label);
int keeper_taken(struct keeper_link *l, const uint8_t key[LEDGER_KEY_BYTES], const char *reply);
int keeper_free(struct keeper_link *l, const uint8_t key[LEDGER_KEY_BYTES]);

/* The enum dkim_algorithm of a DKIM key. -ENOENT: there is none; -EPIPE: the keeper is gone. */
int keeper_key(struct keeper_link *l, const char *domain, const char *selector);

/* Signs a digest by it. Returns the signature's length; else as keeper_key(), or -EIO. */
int keeper_sign(struct keeper_link *l, const char *domain, const char *selector,
    const uint8_t digest[DKIM_HASH_BYTES], uint8_t signature_r[DKIM_SIGNATURE_MAX]);

#endif
