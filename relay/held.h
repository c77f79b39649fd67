/*
 * held.h - the message that the MTA hands over, kept until every recipient is answered
 *
 * LF line ends, dots unstuffed. Up to HELD_MEMORY in memory, more in an unlinked file that the
 * keeper hands out.
 *
 * Owns:     the file's descriptor
 */
#ifndef RELAY_HELD_H
#define RELAY_HELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/graft.h"
#include "relay/keeper-ask.h"
#include "spool/hmac.h"

struct held {
	uint64_t size;  /* bytes that came, also those that were not kept */
	uint64_t limit; /* more is not kept */
	bool eight_bit;
	bool lost; /* something could not be kept: `why` */
	struct refusal why;
	int spill;                   /* -1: all is in memory */
	uint8_t memory[HELD_MEMORY]; /* the beginning, in any case */
};

void held_begin(struct held *h, uint64_t limit);
void held_end(struct held *h);

/* Some of the message. */
void held_add(struct held *h, const uint8_t *p, size_t len, struct keeper_link *keeper);

/* Whether it is larger than the limit. */
bool held_is_too_large(const struct held *h);

/* Makes it the message of `g`. As graft_from_memory(). */
int held_to_graft(struct held *h, struct graft *g);

/* SHA-256 of it all. False: it could not be read. */
bool held_digest(const struct held *h, uint8_t digest[SHA256_BYTES]);

/* Bytes of the header that are in memory: all of it, but for one that is larger. */
size_t held_header(const struct held *h);

/*
 * The body of the first field of that name (NUL-terminated, lower case), white space around it
 * taken off; its bytes stay until held_end(). Returns the length; 0: there is none.
 */
size_t held_field(const struct held *h, const char *name, const uint8_t **body_r);

#endif
