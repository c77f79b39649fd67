/*
 * fuzz-token.c - any text as a token: only what token_make made is good
 *
 * The input is the token; what follows its 60 characters, the recipient.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base64url.h"
#include "spool/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct key key = {.id = {1, 2, 3, 4}, .secret = {5, 6, 7}};
	size_t len = size < TOKEN_CHARS ? size : TOKEN_CHARS;
	struct recipient to = {0}, again;
	char text[TOKEN_CHARS + 1], made[TOKEN_CHARS + 1];
	struct token t;

	if (recipient_canonical(data + len, size - len, &to) != 0 && to.len != 0) {
		abort();
	}
	/* What is canonical is an address again. */
	if (to.len > 0 && recipient_canonical(to.address, to.len, &again) != 0 &&
	    to.address[0] != '"' && to.address[0] != ' ') {
		abort();
	}
	if (token_decode(data, len, &t) != TOKEN_OK) {
		return 0;
	}
	base64url_encode(t.bytes, TOKEN_CHARS, text);
	if (memcmp(text, data, TOKEN_CHARS) != 0) {
		abort(); /* two spellings of one token */
	}
	if (token_verify(&t, &key, &to, 0) == TOKEN_OK) {
		token_make(&key, t.entry_id, t.expiry, t.bound ? &to : NULL, made);
		/* the key id, by which it was not looked up */
		memcpy(made + 1, text + 1, 6);
		if (memcmp(made, data, TOKEN_CHARS) != 0) {
			abort();
		}
	}
	return 0;
}
