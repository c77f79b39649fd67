/*
 * dkim-body.h - the hash of a message's body for DKIM: relaxed, SHA-256 (RFC 6376 3.4.4, 3.7)
 *
 * A push interface: feed the body in chunks of any size, with LF or CRLF line ends. Runs of white
 * space count as one blank, white space at the end of a line and empty lines at the end of the
 * body do not count. How the body is cut into chunks makes no difference.
 *
 * Owns:     a hash of libcrypto
 * Not here: the header (dkim.h), keys (dkim-key.h)
 */
#ifndef RELAY_DKIM_BODY_H
#define RELAY_DKIM_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DKIM_HASH_BYTES = 32 };

struct dkim_body {
	struct evp_md_ctx_st *hash;
	bool any;           /* the body has had a byte that counts */
	bool blank;         /* white space came, which counts if more of the line follows */
	bool cr;            /* a CR came, which is a line end if an LF follows */
	uint64_t line_ends; /* which count if more of the body follows */
	size_t len;
	uint8_t buffer[16 * 1024];
};

/* Starts a body. -ENOMEM. */
int dkim_body_begin(struct dkim_body *b);

/* Some of the body. -EIO: libcrypto failed. */
int dkim_body_add(struct dkim_body *b, const uint8_t *p, size_t len);

/* Ends the body: its hash. -EIO: libcrypto failed. */
int dkim_body_end(struct dkim_body *b, uint8_t hash[DKIM_HASH_BYTES]);

/* Frees what is held. May be called at any time after dkim_body_begin(), and twice. */
void dkim_body_close(struct dkim_body *b);

#endif
