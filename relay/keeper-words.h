/*
 * keeper-words.h - what a session asks the keeper, and what it answers
 *
 * Both are processes of one program, so structs go as they are. The keeper believes no byte of a
 * question: a session talks to the network, and may have been taken over.
 */
#ifndef RELAY_KEEPER_WORDS_H
#define RELAY_KEEPER_WORDS_H

#include <stdint.h>

#include "filter/prover.h"
#include "relay/dkim.h"
#include "relay/ledger.h"

enum keeper_kind {
	KEEPER_BEGIN,  /* a new message: the spool's limits */
	KEEPER_PROVE,  /* a token for a recipient: its entry, and its blob's descriptor */
	KEEPER_SECRET, /* the secret of boundaries, by a key that a token was proved with */
	KEEPER_SPILL,  /* a descriptor of an unlinked file */
	KEEPER_CLAIM,  /* ledger.h: the result is an enum ledger_answer */
	KEEPER_DOT,
	KEEPER_TAKEN,
	KEEPER_FREE,
	KEEPER_KEY,  /* a DKIM key: the result is its enum dkim_algorithm, or -ENOENT */
	KEEPER_SIGN, /* a digest by that key: the result is the signature's length */
};

struct keeper_question {
	enum keeper_kind kind;
	union {
		struct {
			uint8_t token[TOKEN_CHARS];
			struct recipient to;
		} prove;
		struct {
			uint8_t key_id[KEY_ID_BYTES];
			uint8_t input[SHA256_BYTES];
		} secret;
		struct {
			uint8_t key[LEDGER_KEY_BYTES];
			char text[LEDGER_LABEL_MAX + 1]; /* DOT: a label; TAKEN: the reply */
		} ledger;
		struct {
			char domain[DKIM_DOMAIN_MAX + 1], selector[DKIM_DOMAIN_MAX + 1];
			uint8_t digest[DKIM_HASH_BYTES];
		} sign;
	} as;
};

struct keeper_answer {
	int result; /* 0 or more; negative: refused, or -errno of the ledger */
	struct refusal why;
	union {
		struct format_limits limits;
		struct {
			struct token token;
			struct entry entry;
		} proof;
		uint8_t secret[SHA256_BYTES];
		char reply[LEDGER_REPLY_MAX + 1];
		uint8_t signature[DKIM_SIGNATURE_MAX];
	} as;
};

#endif
