/* config.c - see config.h */
#include "policy/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct config *
config_new(void)
{
	struct config *c = calloc(1, sizeof(*c));

	if (c != NULL) {
		c->dns_timeout_ms = 1500;
		c->dns_tries = 2;
		c->keep_stale_ms = (int64_t)7 * 86400 * 1000;
		c->relay.gone_after_ms = (int64_t)3 * 86400 * 1000;
		c->reject_score = 1;
		c->dnsbl_test_ms = (int64_t)5 * 60 * 1000;
		c->unknown = CONFIG_UNKNOWN_DEFER;
		c->health_port = 25;
		c->health_interval_ms = HEALTH_INTERVAL_MS;
	}
	return c;
}

void
config_free(struct config *c)
{
	if (c == NULL) {
		return;
	}
	free(c->user);
	free(c->state);
	free(c->dns_servers);
	host_list_finish(&c->relay.networks);
	for (size_t i = 0; i < c->relay.pin_count; i++) {
		host_list_finish(&c->relay.pins[i].hosts);
	}
	free(c->relay.pins);
	free(c->relay.domains);
	for (unsigned i = 0; i < c->recipient_file_count; i++) {
		free(c->recipient_files[i]);
	}
	free(c);
}

bool
config_watches(const struct config *c)
{
	return c->health != CONFIG_HEALTH_OFF || c->learn || c->while_up == CONFIG_WHILE_UP_DEFER ||
	    c->while_up == CONFIG_WHILE_UP_REFUSE_NEW;
}

int64_t
config_deadline_ms(const struct config *c)
{
	return (int64_t)c->dns_timeout_ms * c->dns_tries + 1000;
}

const char *
config_mode_name(enum relay_mode mode)
{
	static const char *const names[] = {
	    [RELAY_COMPAT] = "compat",
	    [RELAY_ALL_BETTER] = "all-better",
	    [RELAY_PINNED] = "pinned",
	    [RELAY_STATIC] = "static",
	};

	return names[mode];
}

static bool
identity_is_private(const struct identity *id)
{
	for (unsigned i = 0; i < id->address_count; i++) {
		if (!address_is_special(&id->addresses[i]) &&
		    !address_is_private(&id->addresses[i])) {
			return false;
		}
	}
	return true;
}

bool
config_servers_are_local(const char *servers)
{
	for (const char *p = servers; p != NULL && *p != 0;) {
		bool local = strncmp(p, "127.", 4) == 0 || strncmp(p, "[::1]", 5) == 0 ||
		    strncmp(p, "::1", 3) == 0;

		if (!local) {
			return false;
		}
		p += strcspn(p, ",");
		p += *p == ',';
	}
	return true;
}

/* A list that lets in what its author can hardly have meant. */
static bool
hosts_are_too_many(const struct host_list *list)
{
	for (size_t i = 0; i < list->network_count; i++) {
		const struct network *n = &list->networks[i];

		if (n->bits == 0 || (n->bits == 96 && address_is_ipv4(&n->base))) {
			return true;
		}
	}
	for (size_t i = 0; i < list->name_count; i++) {
		if (memchr(list->names[i].text, '.', list->names[i].len) == NULL) {
			return true;
		}
	}
	return false;
}

void
config_warnings(
    const struct config *c, void (*warn)(void *context, const char *text), void *context)
{
	char text[256];

	if (c->recipient_file_count == 0 && !c->learn) {
		warn(context,
		    "no 'recipients': every recipient of a backup domain is taken, and "
		    "the unknown ones bounce to forged senders");
	}
	if (c->relay.mode == RELAY_COMPAT && !c->relay.any_network) {
		warn(context,
		    "mode compat allows every domain whose best MX is in primary-networks; other "
		    "MX hosts better than this one may be anywhere, and may get the mail; "
		    "'mode: all-better' checks them all");
	}
	if (c->relay.any_network) {
		warn(context,
		    "'primary-networks: any': whoever names this host in an MX record "
		    "can send mail through it");
	}
	if (hosts_are_too_many(&c->relay.networks)) {
		warn(context,
		    "'primary-networks' has a network of all addresses or a name without "
		    "a dot, which stands for all below it: much the same as 'any'");
	}
	if (c->relay.any_network && config_watches(c)) {
		warn(context,
		    "'primary-health' probes only inside the networks, of which 'any' "
		    "has none");
	}
	if (c->while_up == CONFIG_WHILE_UP_REFUSE_NEW) {
		warn(context,
		    "'while-up: refuse-new' makes mail bounce whose sender cannot reach the "
		    "primary while this host can; 'defer' does not");
	}
	if (identity_is_private(&c->identity)) {
		warn(context,
		    "all addresses of 'identity' are private: behind NAT, add the "
		    "public ones");
	}
	for (unsigned i = 0; i < c->listen_count; i++) {
		if (!endpoint_is_loopback(&c->listen[i])) {
			snprintf(text, sizeof(text),
			    "%s is open to other hosts; the protocol has no authentication",
			    c->listen[i].text);
			warn(context, text);
		}
	}
	if (c->control.len > 0 && !endpoint_is_unix(&c->control)) {
		warn(context,
		    "'control' is no UNIX socket: whoever reaches the port can reload, and "
		    "make the daemon forget what it knows");
	}
	if (config_deadline_ms(c) > 9000) {
		warn(context,
		    "'dns': timeout times tries is longer than the 10 s that the "
		    "shipped configurations wait");
	}
	if (c->dns_servers != NULL && !config_servers_are_local(c->dns_servers)) {
		warn(context, "a DNS server is not on this host: answers can be forged on the way");
	}
	if (c->state == NULL) {
		warn(context, "no 'state': last-known-good DNS data does not survive a restart");
	}
}
