/*
 * signing.h - the DKIM fields of one message, as it will go out
 *
 * The message is emitted into a hash; the keeper signs. Every key of relay.yaml whose domain is the
 * one in From signs, so that an RSA and an Ed25519 key may stand beside each other. A message from
 * another domain stays unsigned.
 *
 * Owns:     nothing but a buffer for one message's header
 * Not here: the keys (key-ring.h), the form of a signature (dkim.h)
 */
#ifndef RELAY_SIGNING_H
#define RELAY_SIGNING_H

#include "filter/fields.h"
#include "filter/sink.h"
#include "relay/dkim.h"
#include "relay/held.h"
#include "relay/keeper-ask.h"
#include "relay/settings.h"

struct signing {
	const struct relay_settings *settings;
	struct dkim *dkim; /* NULL: no key is configured */
	size_t keys;       /* that sign this message */
	const struct settings_dkim *key[SIGNING_KEYS_MAX];
	size_t len; /* of the fields, with LF line ends */
	char text[SIGNING_KEYS_MAX * DKIM_FIELD_MAX];
};

/* False: no memory. */
bool signing_init(struct signing *s, const struct relay_settings *settings);
void signing_free(struct signing *s);

/* DKIM-Signature fields of our own domains: made before grafting, so they no longer hold. */
struct field_veto signing_veto(const struct relay_settings *settings);

/* A new message: which keys sign it. */
void signing_begin(struct signing *s, const struct held *h);

/* Makes `to` the sink that the whole message must be emitted into before signing_finish(). */
void signing_sink(struct signing *s, struct sink *to);

/*
 * The keeper signs: the fields are in text. 0; or -1 with a sentence, which begins with an
 * enhanced code, in why[HOP_WHY_MAX]: for now the message cannot be signed.
 */
int signing_finish(struct signing *s, struct keeper_link *keeper, int64_t now, char *why);

/* Bytes of the fields on the wire. */
uint64_t signing_wire_size(const struct signing *s);

/* The selectors, with commas between them, or "-". */
void signing_describe(const struct signing *s, char *out, size_t cap);

#endif
