/*
 * dns-transport.h - c-ares as nothing but a way to get messages to servers and back
 *
 * Messages are built and read elsewhere. A call back comes exactly once for each message
 * sent, perhaps before dns_transport_send() returns; no bytes mean that no server answered.
 *
 * Owns: the c-ares channel and its sockets. Not here: DNS contents, caching, single flight
 */
#ifndef POLICY_DNS_TRANSPORT_H
#define POLICY_DNS_TRANSPORT_H

#include "policy/loop.h"

struct dns_transport;

typedef void dns_transport_reply(void *context, const uint8_t *msg, size_t len);

/* servers: "address:port,...", or NULL for what resolv.conf says. NULL and *why on failure. */
struct dns_transport *dns_transport_open(
    struct loop *loop, const char *servers, int timeout_ms, int tries, const char **why);

/* Calls back for everything in flight. */
void dns_transport_close(struct dns_transport *t);

void dns_transport_send(struct dns_transport *t, const uint8_t *msg, size_t len,
    dns_transport_reply *reply, void *context);

/* The servers really used, for status and warnings; NUL-terminated. */
void dns_transport_servers(const struct dns_transport *t, char *text, size_t cap);

#endif
