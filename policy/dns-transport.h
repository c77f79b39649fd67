/*
 * dns-transport.h - c-ares as nothing but a way to get messages to a server and back
 *
 * Messages are built and read elsewhere, and sent once, to the server that the caller chooses. A
 * call back comes exactly once for each message sent, perhaps before dns_transport_send() returns;
 * no bytes mean that the server did not answer. An answer of any rcode is an answer. Answers of
 * up to DNS_UDP_SIZE bytes come by UDP; a truncated one is fetched by TCP.
 *
 * Owns: a c-ares channel for each server, and its sockets. Not here: DNS contents, retries,
 * caching, single flight
 */
#ifndef POLICY_DNS_TRANSPORT_H
#define POLICY_DNS_TRANSPORT_H

#include "policy/loop.h"

struct dns_transport;

typedef void dns_transport_reply(void *context, const uint8_t *msg, size_t len);

/*
 * servers: "address:port,...", or NULL for what resolv.conf says now; at most DNS_SERVERS_MAX are
 * used. timeout_ms: for one message. NULL and *why on failure.
 */
struct dns_transport *dns_transport_open(
    struct loop *loop, const char *servers, int timeout_ms, const char **why);

/* Calls back for everything in flight. */
void dns_transport_close(struct dns_transport *t);

/* At least 1. */
unsigned dns_transport_count(const struct dns_transport *t);

/* server: any number; those beyond the last begin again at the first. */
void dns_transport_send(struct dns_transport *t, unsigned server, const uint8_t *msg, size_t len,
    dns_transport_reply *reply, void *context);

/* The servers really used, for status and warnings; NUL-terminated. */
void dns_transport_servers(const struct dns_transport *t, char *text, size_t cap);

#endif
