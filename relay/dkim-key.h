/*
 * dkim-key.h - a private key that signs mail: read, used, made (RFC 6376 3.3, RFC 8463)
 *
 * The file is PEM (PKCS#8 or the older forms), RSA of 1,024 to 8,192 bits or Ed25519. It must not
 * be readable by others.
 *
 * Owns:     a key of libcrypto
 * Not here: what is signed (dkim.h)
 */
#ifndef RELAY_DKIM_KEY_H
#define RELAY_DKIM_KEY_H

#include <stddef.h>
#include <stdint.h>

#include "relay/dkim.h"

struct dkim_key;

/*
 * Reads a key from an open file. -EACCES: others can read it. -EBADMSG: it is no private key in
 * PEM. -ENOTSUP: a kind or size of key that RFC 8301 and RFC 8463 do not allow. -ENOMEM, -EIO.
 */
int dkim_key_read(int fd, struct dkim_key **key_r);

/* A new key: RSA with 2,048 bits, or Ed25519. -EIO: libcrypto failed. */
int dkim_key_make(enum dkim_algorithm algorithm, struct dkim_key **key_r);

void dkim_key_free(struct dkim_key *key);

enum dkim_algorithm dkim_key_algorithm(const struct dkim_key *key);

/* Signs a digest. Returns the signature's length. -EIO: libcrypto failed. */
int dkim_key_sign(const struct dkim_key *key, const uint8_t digest[DKIM_HASH_BYTES],
    uint8_t signature[DKIM_SIGNATURE_MAX]);

/* Writes the key as PEM (PKCS#8) to an open file. -EIO. */
int dkim_key_write(const struct dkim_key *key, int fd);

/*
 * The text of the TXT record at SELECTOR._domainkey.DOMAIN, NUL-terminated. Returns its length, or
 * -EMSGSIZE, -EIO.
 */
int dkim_key_record(const struct dkim_key *key, char *text, size_t cap);

#endif
