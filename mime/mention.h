/*
 * mention.h - every token that a message may name, found without understanding the message
 *
 * For whoever must know what a message still needs, however malformed it is:
 * finds what the planner would find, and perhaps more, never less. A body is
 * read in every transfer encoding at once, parts and all: as it stands, as
 * quoted-printable, and as base64 that begins at any character.
 *
 * Owns:    nothing; no allocation, whatever the size of the message
 * Not here: whether a token is good (spool/token.h); what is a marker (marker.h)
 */
#ifndef MIME_MENTION_H
#define MIME_MENTION_H

#include <stddef.h>
#include <stdint.h>

#include "mime/marker-text.h"
#include "mime/quoted-printable.h"

/* Called for each, perhaps more than once for the same. */
typedef void mention_found(void *arg, const uint8_t token[MARKER_TOKEN_CHARS]);

struct mention_search {
	mention_found *found;
	void *arg;
	struct mention_view {
		uint8_t matched; /* characters of a marker */
		uint8_t token[MARKER_TOKEN_CHARS];
	} plain, quoted,
	    base64[4]; /* base64: by the place of a quantum's first character, modulo 4 */
	struct qp_decoder qp;
	uint32_t bits;  /* the last base64 characters' */
	unsigned place; /* how many there were, modulo 4 */
};

/* Starts a body. */
void mention_begin(struct mention_search *m, mention_found *found, void *arg);

/* Some of it. How it is cut makes no difference. */
void mention_body(struct mention_search *m, const uint8_t *p, size_t len);

/* The whole body of a Graft-Attach field: whatever could be a token in it, with and without encoded
 * words. */
void mention_field(const uint8_t *body, size_t len, mention_found *found, void *arg);

#endif
