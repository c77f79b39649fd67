/*
 * wire.h - one connection, in clear or in TLS: bytes in through a buffer, bytes out at once
 *
 * The descriptor does not block; waiting is vigil.h's, with a deadline for each call.
 *
 * Owns:     the descriptor and the TLS session, until wire_close()
 * Not here: connecting (dial.h), who is at the other end (tls.h)
 */
#ifndef RELAY_WIRE_H
#define RELAY_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "relay/limits.h"
#include "relay/vigil.h"

enum wire_status {
	WIRE_FINE,
	WIRE_LATE,
	WIRE_GONE,    /* the MTA that it is done for is gone */
	WIRE_STOPPED, /* we stop */
	WIRE_CLOSED,  /* the other end has closed */
	WIRE_BROKEN,  /* errno or TLS; wire_why() says what */
};

struct ssl_st;

struct wire {
	int fd; /* -1: closed */
	struct ssl_st *ssl;
	struct vigil *vigil;
	char why[160];
	size_t at, have; /* what has been read and not yet taken: in[at] to in[have - 1] */
	uint8_t in[WIRE_IN];
};

/* Takes an open, non-blocking descriptor. The vigil stays the caller's. */
void wire_begin(struct wire *w, int fd, struct vigil *vigil);

/* Closes, without a word. May be called again. */
void wire_close(struct wire *w);

/* Reads at least one byte into the buffer, which is moved to its front; it must not be full. */
enum wire_status wire_fill(struct wire *w, int64_t deadline);

/* Writes all. */
enum wire_status wire_write(struct wire *w, const void *p, size_t len, int64_t deadline);

/* Whether bytes are there, or the other end has closed, without waiting. */
bool wire_stirs(struct wire *w);

/* What WIRE_BROKEN was, and the other ends as words: "Connection reset by peer". */
const char *wire_why(const struct wire *w, enum wire_status status);

/* After a TLS call has failed: waits where waiting helps (WIRE_FINE: call it again). */
enum wire_status wire_tls_wait(struct wire *w, int result, int64_t deadline);

#endif
