/*
 * token.c - makes and judges tokens
 */
#include "spool/token.h"

#include <string.h>

#include "spool/base64url.h"
#include "spool/hmac.h"

enum {
	VERSION_BITS = 0xf0,
	TOKEN_VERSION = 1 << 4,
	TOKEN_BOUND = 1,
	KNOWN_BITS = VERSION_BITS | TOKEN_BOUND,
	AT_KEY = 1,
	AT_ENTRY = AT_KEY + KEY_ID_BYTES,
	AT_EXPIRY = AT_ENTRY + ENTRY_ID_BYTES,
	AT_MAC = AT_EXPIRY + 4,
	MAC_BYTES = TOKEN_BYTES - AT_MAC,
};

_Static_assert(TOKEN_CHARS * 6 == TOKEN_BYTES * 8, "no spare bits: one spelling a token");
_Static_assert(MAC_BYTES == 16, "DESIGN.md, Tokens");

static void
token_mac(const uint8_t *bytes, const struct key *key, const struct recipient *recipient,
    uint8_t mac[SHA256_BYTES])
{
	static const char label[] = "mailgraft token 1";
	struct hmac h;

	hmac_begin(&h, key->secret, sizeof(key->secret));
	hmac_add(&h, label, sizeof(label));
	hmac_add(&h, bytes, AT_MAC);
	if ((bytes[0] & TOKEN_BOUND) != 0) {
		hmac_add(&h, recipient->address, recipient->len);
	}
	hmac_end(&h, mac);
}

static bool
has_recipient(const struct recipient *recipient)
{
	return recipient != NULL && recipient->len > 0;
}

enum token_verdict
token_decode(const uint8_t *text, size_t len, struct token *t)
{
	const uint8_t *e = t->bytes + AT_EXPIRY;

	if (len != TOKEN_CHARS || base64url_decode(text, len, t->bytes) != 0) {
		return TOKEN_MALFORMED;
	}
	if ((t->bytes[0] & VERSION_BITS) != TOKEN_VERSION) {
		return TOKEN_NEWER;
	}
	t->bound = (t->bytes[0] & TOKEN_BOUND) != 0;
	memcpy(t->key_id, t->bytes + AT_KEY, KEY_ID_BYTES);
	memcpy(t->entry_id, t->bytes + AT_ENTRY, ENTRY_ID_BYTES);
	t->expiry = (uint32_t)e[0] << 24 | (uint32_t)e[1] << 16 | (uint32_t)e[2] << 8 | e[3];
	return TOKEN_OK;
}

enum token_verdict
token_verify(
    const struct token *t, const struct key *key, const struct recipient *recipient, uint32_t now)
{
	uint8_t mac[SHA256_BYTES];

	if (t->bound && !has_recipient(recipient)) {
		return TOKEN_NO_RECIPIENT;
	}
	token_mac(t->bytes, key, recipient, mac);
	if (!hmac_equal(mac, t->bytes + AT_MAC, MAC_BYTES)) {
		return TOKEN_FORGED;
	}
	if ((t->bytes[0] & ~KNOWN_BITS) != 0) {
		return TOKEN_NEWER;
	}
	if (key->state == KEY_REVOKED) {
		return TOKEN_REVOKED;
	}
	return now >= t->expiry ? TOKEN_EXPIRED : TOKEN_OK;
}

void
token_make(const struct key *key, const uint8_t entry_id[ENTRY_ID_BYTES], uint32_t expiry,
    const struct recipient *recipient, char text[TOKEN_CHARS + 1])
{
	uint8_t bytes[TOKEN_BYTES], mac[SHA256_BYTES];

	bytes[0] = TOKEN_VERSION | (has_recipient(recipient) ? TOKEN_BOUND : 0);
	memcpy(bytes + AT_KEY, key->id, KEY_ID_BYTES);
	memcpy(bytes + AT_ENTRY, entry_id, ENTRY_ID_BYTES);
	for (int i = 0; i < 4; i++) {
		bytes[AT_EXPIRY + i] = (uint8_t)(expiry >> (24 - i * 8));
	}
	token_mac(bytes, key, recipient, mac);
	memcpy(bytes + AT_MAC, mac, MAC_BYTES);
	base64url_encode(bytes, TOKEN_CHARS, text);
	text[TOKEN_CHARS] = '\0';
}
