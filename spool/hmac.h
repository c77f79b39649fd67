/*
 * hmac.h - SHA-256 and HMAC-SHA256 (FIPS 180-4, RFC 2104) on libcrypto's block functions
 *
 * The low-level functions, though deprecated in OpenSSL 3, need no library
 * initialisation: the filter starts once a message, and EVP costs as much
 * again as everything else it does.
 *
 * Errors:  none. State is wiped by the _end functions.
 */
#ifndef SPOOL_HMAC_H
#define SPOOL_HMAC_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_BYTES = 32 };

struct sha256 {
	_Alignas(16) unsigned char state[128];
};

void sha256_begin(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *data, size_t len);
void sha256_end(struct sha256 *s, uint8_t digest[SHA256_BYTES]);

struct hmac {
	struct sha256 inner, outer;
};

void hmac_begin(struct hmac *h, const uint8_t *key, size_t len);
void hmac_add(struct hmac *h, const void *data, size_t len);
void hmac_end(struct hmac *h, uint8_t mac[SHA256_BYTES]);

/* 1 if equal, in time that does not depend on where they differ. */
int hmac_equal(const uint8_t *a, const uint8_t *b, size_t len);

#endif
