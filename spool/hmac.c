/*
 * hmac.c - SHA-256 and HMAC-SHA256 on libcrypto's low-level functions
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "spool/hmac.h"

#include <openssl/sha.h>
#include <string.h>

_Static_assert(
    sizeof(SHA256_CTX) <= sizeof(struct sha256), "struct sha256 holds libcrypto's state");

enum { HMAC_BLOCK = 64, HMAC_INNER = 0x36, HMAC_OUTER = 0x5c };

static SHA256_CTX *
context(struct sha256 *s)
{
	return (SHA256_CTX *)(void *)s->state;
}

void
sha256_begin(struct sha256 *s)
{
	SHA256_Init(context(s));
}

void
sha256_add(struct sha256 *s, const void *data, size_t len)
{
	SHA256_Update(context(s), data, len);
}

void
sha256_end(struct sha256 *s, uint8_t digest[SHA256_BYTES])
{
	SHA256_Final(digest, context(s));
	explicit_bzero(s, sizeof(*s));
}

void
hmac_begin(struct hmac *h, const uint8_t *key, size_t len)
{
	uint8_t block[HMAC_BLOCK] = {0};

	if (len > sizeof(block)) {
		sha256_begin(&h->inner);
		sha256_add(&h->inner, key, len);
		sha256_end(&h->inner, block);
	} else if (len > 0) {
		memcpy(block, key, len);
	}
	for (size_t i = 0; i < sizeof(block); i++) {
		block[i] ^= HMAC_INNER;
	}
	sha256_begin(&h->inner);
	sha256_add(&h->inner, block, sizeof(block));
	for (size_t i = 0; i < sizeof(block); i++) {
		block[i] ^= HMAC_INNER ^ HMAC_OUTER;
	}
	sha256_begin(&h->outer);
	sha256_add(&h->outer, block, sizeof(block));
	explicit_bzero(block, sizeof(block));
}

void
hmac_add(struct hmac *h, const void *data, size_t len)
{
	sha256_add(&h->inner, data, len);
}

void
hmac_end(struct hmac *h, uint8_t mac[SHA256_BYTES])
{
	sha256_end(&h->inner, mac);
	sha256_add(&h->outer, mac, SHA256_BYTES);
	sha256_end(&h->outer, mac);
}

int
hmac_equal(const uint8_t *a, const uint8_t *b, size_t len)
{
	volatile uint8_t differ = 0;

	for (size_t i = 0; i < len; i++) {
		differ = (uint8_t)(differ | (a[i] ^ b[i]));
	}
	return differ == 0;
}
