/*
 * dkim.h - DKIM signatures over a grafted message (RFC 6376, RFC 8463): relaxed/relaxed
 *
 * The message is emitted twice: first into dkim_add(), which hashes it, then to the next hop with
 * the new fields on top. Between the two the caller asks for a field for each key:
 *
 *	dkim_begin -> dkim_add ... -> dkim_end -> dkim_from_domain
 *	           -> for each key: dkim_prepare -> (the keeper of the keys signs) -> dkim_complete
 *
 * Signs each field that policy names, as often as it stands in the message; names that are
 * over-signed once more, so that nobody can add another one afterwards (RFC 6376 5.4.2).
 *
 * Owns:     the header of one message, at most DKIM_HEADER_MAX bytes; the hash
 * Not here: keys (dkim-key.h)
 */
#ifndef RELAY_DKIM_H
#define RELAY_DKIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "relay/dkim-body.h"
#include "relay/limits.h"

enum dkim_algorithm { DKIM_RSA_SHA256, DKIM_ED25519_SHA256 };

/* Which fields are signed. NUL-terminated lower-case names. */
struct dkim_policy {
	size_t signed_count, over_signed_count;
	const char *signed_field[DKIM_SIGNED_MAX];      /* where they stand in the message */
	const char *over_signed_field[DKIM_SIGNED_MAX]; /* and once more */
};

/* The policy of a configuration that names none. */
extern const struct dkim_policy dkim_default_policy;

struct dkim;

/* A new message. NULL: no memory. */
struct dkim *dkim_new(void);
void dkim_free(struct dkim *d);

/* Starts a message: what came before is forgotten. -ENOMEM. */
int dkim_begin(struct dkim *d);

/* Some of the message, LF or CRLF line ends. -EFBIG: the header is too long. -EIO: libcrypto
 * failed. */
int dkim_add(struct dkim *d, const uint8_t *p, size_t len);

/* The message is complete. -EBADMSG: its header does not parse. -EIO. */
int dkim_end(struct dkim *d);

/*
 * The domain of the first address in the From field, in ASCII lower case, NUL-terminated. Returns
 * its length; 0 where there is no such address, or there are two From fields.
 */
size_t dkim_from_domain(const struct dkim *d, char domain[DKIM_DOMAIN_MAX + 1]);

/* A field that waits for its signature. */
struct dkim_field {
	uint8_t digest[DKIM_HASH_BYTES]; /* what the key signs: SHA-256 of the header fields */
	size_t len;                      /* of the text up to and with "b=" */
	char text[DKIM_FIELD_MAX];
};

/*
 * Writes the field up to "b=" and computes the digest. `time`: seconds since 1970. -EMSGSIZE: the
 * field would be longer than DKIM_FIELD_MAX. -EIO: libcrypto failed.
 */
int dkim_prepare(const struct dkim *d, const struct dkim_policy *policy,
    enum dkim_algorithm algorithm, const char *domain, const char *selector, int64_t time,
    struct dkim_field *f);

/* Appends the signature and the line end: f->text is the whole field, f->len its length. -EMSGSIZE.
 */
int dkim_complete(struct dkim_field *f, const uint8_t *signature, size_t len);

#endif
