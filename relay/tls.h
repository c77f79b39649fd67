/*
 * tls.h - TLS to a next hop, by OpenSSL: whom it must be, and what came of it
 *
 * Owns:     the context (tls_begin); a session belongs to its wire
 * Not here: STARTTLS, and what to do where it fails (hop.c)
 */
#ifndef RELAY_TLS_H
#define RELAY_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "relay/settings.h"
#include "relay/wire.h"

struct ssl_ctx_st;

/*
 * Makes the context, before any session: authorities are loaded once and shared by every process
 * that is forked later. NULL, and the reason in error (SETTINGS_ERROR_MAX bytes). Free with
 * tls_end().
 */
struct ssl_ctx_st *tls_begin(const struct relay_settings *s, char *error);
void tls_end(struct ssl_ctx_st *context);

/*
 * Shakes hands with the server at the other end of a wire in clear. `host`: its name or address, as
 * it must stand in the certificate where `policy` is TLS_VERIFIED; empty: nobody knows it.
 */
enum wire_status tls_start(struct wire *w, struct ssl_ctx_st *context, const char *host,
    enum settings_tls policy, int64_t deadline);

/* "TLSv1.3/verified", or "none" of a wire in clear. */
void tls_describe(const struct wire *w, enum settings_tls policy, char *text, size_t cap);

/* The cipher's name, or "none". */
const char *tls_cipher(const struct wire *w);

#endif
