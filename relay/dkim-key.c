/*
 * dkim-key.c - see dkim-key.h
 */
#include "relay/dkim-key.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "relay/limits.h"

struct dkim_key {
	enum dkim_algorithm algorithm;
	EVP_PKEY *pkey;
};

/* Takes the key over, or frees it. */
static int
wrap(EVP_PKEY *pkey, struct dkim_key **key_r)
{
	struct dkim_key *key;
	int id = EVP_PKEY_get_base_id(pkey), bits = EVP_PKEY_get_bits(pkey);

	if (id != EVP_PKEY_ED25519 &&
	    (id != EVP_PKEY_RSA || bits < DKIM_RSA_BITS_MIN || bits > DKIM_RSA_BITS_MAX)) {
		EVP_PKEY_free(pkey);
		return -ENOTSUP;
	}
	key = malloc(sizeof(*key));
	if (key == NULL) {
		EVP_PKEY_free(pkey);
		return -ENOMEM;
	}
	key->algorithm = id == EVP_PKEY_RSA ? DKIM_RSA_SHA256 : DKIM_ED25519_SHA256;
	key->pkey = pkey;
	*key_r = key;
	return 0;
}

/* A passphrase is never asked for: there is nobody to ask. */
static int
no_passphrase(char *buf, int size, int rwflag, void *arg)
{
	(void)buf, (void)size, (void)rwflag, (void)arg;
	return -1;
}

int
dkim_key_read(int fd, struct dkim_key **key_r)
{
	char text[DKIM_KEY_FILE_MAX];
	struct stat st;
	EVP_PKEY *pkey = NULL;
	BIO *bio;
	size_t len = 0;
	ssize_t n;

	if (fstat(fd, &st) < 0) {
		return -EIO;
	}
	if ((st.st_mode & 07) != 0) {
		return -EACCES;
	}
	while (len < sizeof(text) && (n = read(fd, text + len, sizeof(text) - len)) != 0) {
		if (n < 0 && errno != EINTR) {
			return -EIO;
		}
		len += n > 0 ? (size_t)n : 0;
	}
	bio = BIO_new_mem_buf(text, (int)len);
	if (bio != NULL) {
		pkey = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
	}
	BIO_free(bio);
	OPENSSL_cleanse(text, sizeof(text));
	return pkey == NULL ? -EBADMSG : wrap(pkey, key_r);
}

int
dkim_key_make(enum dkim_algorithm algorithm, struct dkim_key **key_r)
{
	EVP_PKEY *pkey = algorithm == DKIM_RSA_SHA256
	    ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)DKIM_RSA_BITS_MADE)
	    : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");

	return pkey == NULL ? -EIO : wrap(pkey, key_r);
}

void
dkim_key_free(struct dkim_key *key)
{
	if (key != NULL) {
		EVP_PKEY_free(key->pkey);
		free(key);
	}
}

enum dkim_algorithm
dkim_key_algorithm(const struct dkim_key *key)
{
	return key->algorithm;
}

/* PKCS#1 v1.5 over a digest that was computed before (RFC 6376 3.3.1). */
static int
sign_rsa(EVP_PKEY *pkey, const uint8_t *digest, uint8_t *signature, size_t *len)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(pkey, NULL);
	int good = c != NULL && EVP_PKEY_sign_init(c) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_signature_md(c, EVP_sha256()) == 1 &&
	    EVP_PKEY_sign(c, signature, len, digest, DKIM_HASH_BYTES) == 1;

	EVP_PKEY_CTX_free(c);
	return good;
}

/* PureEdDSA, whose message is the digest (RFC 8463 3). */
static int
sign_ed25519(EVP_PKEY *pkey, const uint8_t *digest, uint8_t *signature, size_t *len)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	int good = c != NULL && EVP_DigestSignInit(c, NULL, NULL, NULL, pkey) == 1 &&
	    EVP_DigestSign(c, signature, len, digest, DKIM_HASH_BYTES) == 1;

	EVP_MD_CTX_free(c);
	return good;
}

int
dkim_key_sign(const struct dkim_key *key, const uint8_t digest[DKIM_HASH_BYTES],
    uint8_t signature[DKIM_SIGNATURE_MAX])
{
	size_t len = DKIM_SIGNATURE_MAX;
	int good = key->algorithm == DKIM_RSA_SHA256
	    ? sign_rsa(key->pkey, digest, signature, &len)
	    : sign_ed25519(key->pkey, digest, signature, &len);

	return good ? (int)len : -EIO;
}

int
dkim_key_write(const struct dkim_key *key, int fd)
{
	BIO *bio = BIO_new_fd(fd, BIO_NOCLOSE);
	int good = bio != NULL &&
	    PEM_write_bio_PKCS8PrivateKey(bio, key->pkey, NULL, NULL, 0, NULL, NULL) == 1 &&
	    BIO_flush(bio) == 1;

	BIO_free(bio);
	return good ? 0 : -EIO;
}

int
dkim_key_record(const struct dkim_key *key, char *text, size_t cap)
{
	bool rsa = key->algorithm == DKIM_RSA_SHA256;
	unsigned char *der = NULL, raw[32];
	size_t raw_len = sizeof(raw), len;
	int n, head;

	if (rsa) {
		n = i2d_PUBKEY(key->pkey, &der);
		if (n <= 0) {
			return -EIO;
		}
		len = (size_t)n;
	} else {
		if (EVP_PKEY_get_raw_public_key(key->pkey, raw, &raw_len) != 1) {
			return -EIO;
		}
		len = raw_len;
	}
	head = snprintf(text, cap, "v=DKIM1; k=%s; p=", rsa ? "rsa" : "ed25519");
	if (head < 0 || (size_t)head + (len + 2) / 3 * 4 + 1 > cap) {
		OPENSSL_free(der);
		return -EMSGSIZE;
	}
	n = EVP_EncodeBlock((unsigned char *)text + head, rsa ? der : raw, (int)len);
	OPENSSL_free(der);
	return head + n;
}
