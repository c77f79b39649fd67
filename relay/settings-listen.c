/*
 * settings-listen.c - see settings-listen.h
 */
#include "relay/settings-listen.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pwd.h>
#include <string.h>
#include <sys/un.h>

#include "relay/settings-pieces.h"

/* A listener while it is read. */
struct reading {
	struct relay_settings *all;
	struct settings_listener *l;
	const yaml_node_t *lmtp, *socks5, *next, *ports, *tls;
};

static bool
read_lmtp(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	static const char what[] = "\"unix:\" and an absolute path of at most 107 bytes";
	struct reading *r = target;
	struct settings_address *at = &r->l->at;
	struct sockaddr_un *un = (struct sockaddr_un *)&at->address;
	size_t len;

	r->lmtp = node;
	r->l->face = FACE_LMTP;
	if (!settings_yaml_copy(y, node, what, at->text, sizeof(at->text))) {
		return false;
	}
	len = strlen(at->text);
	if (len < 7 || memcmp(at->text, "unix:/", 6) != 0 || len - 5 >= sizeof(un->sun_path)) {
		return settings_yaml_expected(y, node, "%s", what);
	}
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, at->text + 5, len - 4);
	at->len = (socklen_t)sizeof(*un);
	return true;
}

static bool
is_loopback(const struct settings_address *a)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)&a->address;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&a->address;

	return a->address.ss_family == AF_INET ? ntohl(in->sin_addr.s_addr) >> 24 == 127
	                                       : IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
}

static bool
read_socks5(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	struct reading *r = target;

	r->socks5 = node;
	r->l->face = FACE_SOCKS5;
	return settings_read_address(y, node, &r->l->at) &&
	    (is_loopback(&r->l->at) || settings_yaml_expected(y, node, "a loopback address"));
}

static bool
read_peer(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	struct reading *r = target;
	size_t len;
	const char *name = settings_yaml_text(y, node, "a user's name", &len);
	struct passwd *pw = name != NULL ? getpwnam(name) : NULL;

	if (name == NULL) {
		return false;
	}
	if (pw == NULL) {
		return settings_yaml_expected(y, node, "a user of this machine, not '%s'", name);
	}
	if (r->l->peers == SETTINGS_PEERS_MAX) {
		return settings_yaml_expected(y, node, "at most %d users", SETTINGS_PEERS_MAX);
	}
	r->l->peer[r->l->peers++] = pw->pw_uid;
	return true;
}

static bool
read_peers(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	return settings_yaml_each(y, node, "user", read_peer, target);
}

static bool
read_next_name(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	struct reading *r = target;
	size_t len;
	const char *name = settings_yaml_text(y, node, "the name of a next hop", &len);

	r->next = node;
	for (unsigned i = 0; name != NULL && i < r->all->hops; i++) {
		if (strcmp(r->all->hop[i].name, name) == 0) {
			r->l->hop = i;
			return true;
		}
	}
	return name != NULL && settings_yaml_expected(y, node, "a name that stands under 'next'");
}

static bool
read_port_pair(struct settings_yaml *y, yaml_node_t *key, yaml_node_t *value, void *target)
{
	struct reading *r = target;
	unsigned asked = 0, dialled = 0;

	if (!settings_yaml_number(y, key, 1, 65535, "a port", &asked) ||
	    !settings_yaml_number(y, value, 1, 65535, "a port", &dialled)) {
		return false;
	}
	if (r->l->ports == SETTINGS_PORTS_MAX) {
		return settings_yaml_expected(y, key, "at most %d ports", SETTINGS_PORTS_MAX);
	}
	r->l->port[r->l->ports].asked = (uint16_t)asked;
	r->l->port[r->l->ports++].dialled = (uint16_t)dialled;
	return true;
}

static bool
read_ports(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	struct reading *r = target;

	r->ports = node;
	return settings_yaml_names(y, node, "ports, such as { 24: 25 }", read_port_pair, target);
}

static const char *const tls_words[] = {"opportunistic", "required", "verified", NULL};

static bool
read_tls(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	struct reading *r = target;
	unsigned choice = 0;

	r->tls = node;
	if (!settings_yaml_word(y, node, tls_words, &choice)) {
		return false;
	}
	r->l->tls = (enum settings_tls)choice;
	return true;
}

static bool
read_source_address(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	static const char what[] = "an IPv4 or an IPv6 address of this machine";
	struct reading *r = target;
	struct sockaddr_in *in = (struct sockaddr_in *)&r->l->source4.address;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&r->l->source6.address;
	size_t len;
	const char *text = settings_yaml_text(y, node, what, &len);

	if (text == NULL) {
		return false;
	}
	if (r->l->source4.len == 0 && inet_pton(AF_INET, text, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		r->l->source4.len = sizeof(*in);
		return true;
	}
	if (r->l->source6.len == 0 && inet_pton(AF_INET6, text, &in6->sin6_addr) == 1) {
		in6->sin6_family = AF_INET6;
		r->l->source6.len = sizeof(*in6);
		return true;
	}
	return settings_yaml_expected(y, node, "at most one of each: %s", what);
}

static bool
read_source(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	return settings_yaml_each(y, node, "address", read_source_address, target);
}

/* What must stand together, and what must not. */
static bool
check_listener(struct settings_yaml *y, const yaml_node_t *node, const struct reading *r)
{
	if ((r->lmtp != NULL) == (r->socks5 != NULL)) {
		return settings_yaml_expected(y, node, "either lmtp or socks5");
	}
	if (r->l->peers == 0) {
		return settings_yaml_expected(y, node, "peer, the user that the MTA runs as");
	}
	if (r->lmtp != NULL) {
		if (r->ports != NULL || r->tls != NULL) {
			return settings_yaml_expected(y, r->ports != NULL ? r->ports : r->tls,
			    "ports and tls only with socks5");
		}
		return r->next != NULL ||
		    settings_yaml_expected(y, node, "next, a next hop's name");
	}
	if (r->next != NULL) {
		return settings_yaml_expected(y, r->next, "next only with lmtp");
	}
	return r->ports != NULL || settings_yaml_expected(y, node, "ports, such as { 24: 25 }");
}

bool
settings_read_listener(struct settings_yaml *y, yaml_node_t *node, void *settings)
{
	static const struct settings_key keys[] = {
	    {"lmtp", read_lmtp},
	    {"socks5", read_socks5},
	    {"peer", read_peers},
	    {"next", read_next_name},
	    {"ports", read_ports},
	    {"tls", read_tls},
	    {"source", read_source},
	    {NULL, NULL},
	};
	struct relay_settings *s = settings;
	struct reading r = {.all = s, .l = &s->listener[s->listeners]};

	if (s->listeners == SETTINGS_LISTENERS_MAX) {
		return settings_yaml_expected(
		    y, node, "at most %d listeners", SETTINGS_LISTENERS_MAX);
	}
	s->listeners++;
	return settings_yaml_mapping(y, node, keys, &r) && check_listener(y, node, &r);
}

/* --- next hops */

static bool
read_host(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	struct settings_hop *h = target;

	return settings_read_host(y, node, h->host);
}

static bool
read_port(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	struct settings_hop *h = target;
	unsigned port = 0;

	if (!settings_yaml_number(y, node, 1, 65535, "a port", &port)) {
		return false;
	}
	h->port = (uint16_t)port;
	return true;
}

static bool
read_hop_tls(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	struct settings_hop *h = target;
	unsigned choice = 0;

	if (!settings_yaml_word(y, node, tls_words, &choice)) {
		return false;
	}
	h->tls = (enum settings_tls)choice;
	return true;
}

static bool
read_implicit_tls(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	static const char *const words[] = {"false", "true", NULL};
	struct settings_hop *h = target;
	unsigned choice = 0;

	if (!settings_yaml_word(y, node, words, &choice)) {
		return false;
	}
	h->implicit_tls = choice == 1;
	return true;
}

static bool
read_user(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	struct settings_hop *h = target;

	return settings_yaml_copy(y, node, "a user's name", h->user, sizeof(h->user));
}

static bool
read_password_file(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	struct settings_hop *h = target;

	return settings_read_path(y, node, h->password_file);
}

static bool
read_hop_sessions(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	struct settings_hop *h = target;

	return settings_yaml_number(y, node, 1, 100000, "a number of sessions", &h->pace.sessions);
}

static bool
read_hop_messages(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	struct settings_hop *h = target;

	return settings_yaml_number(
	    y, node, 1, 1000000, "a number of messages", &h->pace.messages_per_session);
}

static bool
read_hop_rate(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	struct settings_hop *h = target;

	return settings_read_rate(y, node, &h->pace.rate);
}

static bool
check_hop(struct settings_yaml *y, const yaml_node_t *node, struct settings_hop *h)
{
	if (h->host[0] == '\0') {
		return settings_yaml_expected(y, node, "host");
	}
	if ((h->user[0] != '\0') != (h->password_file[0] != '\0')) {
		return settings_yaml_expected(y, node, "user and password-file together");
	}
	if (h->user[0] != '\0' && h->tls != TLS_VERIFIED) {
		return settings_yaml_expected(
		    y, node, "tls: verified, since a login is sent to this host");
	}
	return true;
}

bool
settings_read_hop(struct settings_yaml *y, yaml_node_t *key, yaml_node_t *value, void *settings)
{
	static const struct settings_key keys[] = {
	    {"host", read_host},
	    {"port", read_port},
	    {"tls", read_hop_tls},
	    {"implicit-tls", read_implicit_tls},
	    {"user", read_user},
	    {"password-file", read_password_file},
	    {"sessions", read_hop_sessions},
	    {"rate", read_hop_rate},
	    {"messages-per-session", read_hop_messages},
	    {NULL, NULL},
	};
	struct relay_settings *s = settings;
	struct settings_hop *h = &s->hop[s->hops];

	if (s->hops == SETTINGS_HOPS_MAX) {
		return settings_yaml_expected(y, key, "at most %d next hops", SETTINGS_HOPS_MAX);
	}
	*h = (struct settings_hop){.port = 25};
	s->hops++;
	return settings_read_host(y, key, h->name) && settings_yaml_mapping(y, value, keys, h) &&
	    check_hop(y, value, h);
}
