/*
 * settings.h - relay.yaml as values, read once, never changed
 *
 * No secret is in them: a password or a key stays in its file until the process that needs it
 * reads it.
 *
 * Not here: reading them (settings-load.h), acting on them
 */
#ifndef RELAY_SETTINGS_H
#define RELAY_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "relay/dkim.h"
#include "relay/limits.h"

enum settings_face { FACE_LMTP, FACE_SOCKS5 };

enum settings_tls {
	TLS_OPPORTUNISTIC, /* where it is offered; in clear where it fails */
	TLS_REQUIRED,      /* encrypted, whoever it is */
	TLS_VERIFIED,      /* a certificate of the host's name, by a known authority */
};

/* So many in so many seconds; count 0: no limit. */
struct settings_rate {
	unsigned count, seconds;
};

/* How much a next hop or a provider is given at once. 0: no limit. */
struct settings_pace {
	unsigned sessions;
	unsigned messages_per_session;
	struct settings_rate rate;
};

struct settings_address {
	struct sockaddr_storage address;
	socklen_t len; /* 0: none */
	char text[128];
};

struct settings_listener {
	enum settings_face face;
	struct settings_address at;
	unsigned peers;
	uid_t peer[SETTINGS_PEERS_MAX];
	unsigned hop; /* LMTP: which of hop[] */
	/* SOCKS5: the port that is asked for, and the one that is dialled */
	unsigned ports;
	struct {
		uint16_t asked, dialled;
	} port[SETTINGS_PORTS_MAX];
	enum settings_tls tls; /* SOCKS5 */
	struct settings_address source4, source6;
};

/* A next hop with a name of its own. */
struct settings_hop {
	char name[HOST_NAME_MAX_BYTES + 1];
	char host[HOST_NAME_MAX_BYTES + 1]; /* a name or an address */
	uint16_t port;
	enum settings_tls tls;
	bool implicit_tls; /* TLS from the first byte, as on port 465 */
	char user[PASSWORD_MAX + 1];
	char password_file[SETTINGS_TEXT_MAX]; /* empty: no login */
	struct settings_pace pace;
};

struct settings_provider {
	char domain[HOST_NAME_MAX_BYTES + 1];
	struct settings_pace pace;
};

struct settings_dkim {
	char domain[HOST_NAME_MAX_BYTES + 1];
	char selector[HOST_NAME_MAX_BYTES + 1];
	char key_file[SETTINGS_TEXT_MAX];
};

struct relay_settings {
	char spool[SETTINGS_TEXT_MAX];
	char state[SETTINGS_TEXT_MAX];
	char ca_file[SETTINGS_TEXT_MAX]; /* empty: the system's */
	unsigned listeners;
	struct settings_listener listener[SETTINGS_LISTENERS_MAX];
	unsigned hops;
	struct settings_hop hop[SETTINGS_HOPS_MAX];
	unsigned providers;
	struct settings_provider provider[SETTINGS_PROVIDERS_MAX];
	unsigned dkims;
	struct settings_dkim dkim[SETTINGS_DKIM_MAX];
	const struct dkim_policy *dkim_policy; /* the default one, or own_policy */
	struct dkim_policy own_policy;
	char dkim_name[2 * DKIM_SIGNED_MAX][DKIM_NAME_MAX + 1]; /* which own_policy points to */
	unsigned sessions;                                      /* at once */
	uint64_t message;                                       /* bytes of a message as it comes */
	int64_t within_ms; /* from the MTA's final dot to the answer for its last recipient */
	struct settings_address metrics;
};

const char *settings_tls_name(enum settings_tls tls);

/* Whether anybody is to be verified, so that authorities must be loaded. */
bool settings_verify(const struct relay_settings *s);

#endif
