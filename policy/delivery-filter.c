/* delivery-filter.c - see delivery-filter.h */
#include "policy/delivery-filter.h"
#include "policy/config-file.h"
#include "policy/network-pattern.h"

#include <string.h>
#include <sysexits.h>

struct allowed {
	const struct address *address;
	bool found;
};

struct printing {
	FILE *to;
	unsigned conditions; /* Postfix: how many "if" are open */
};

bool
delivery_filter_has_networks(const struct config *c)
{
	return c->relay.mode != RELAY_STATIC && !c->relay.any_network;
}

void
delivery_filter_each_list(const struct config *c,
    void (*call)(void *context, const struct host_list *list), void *context)
{
	if (c->relay.mode != RELAY_PINNED) {
		call(context, &c->relay.networks);
		return;
	}
	for (size_t i = 0; i < c->relay.pin_count; i++) {
		call(context, &c->relay.pins[i].hosts);
	}
}

static void
look_in_list(void *context, const struct host_list *list)
{
	struct allowed *a = context;

	a->found = a->found || host_list_has_address(list, a->address);
}

bool
delivery_filter_allows(const struct config *c, const struct address *a)
{
	struct allowed x = {a, false};

	if (address_is_special(a)) {
		return false;
	}
	delivery_filter_each_list(c, look_in_list, &x);
	return x.found || identity_has_address(&c->identity, a);
}

bool
delivery_filter_stranger(const struct config *c, unsigned i, struct address *a)
{
	static const char *const addresses[] = {"203.0.113.9", "198.51.100.9", "192.0.2.9",
	    "8.8.8.8", "100.100.100.100", "2001:db8:ffff::9", "2620:fe::9", "2a00::1"};

	for (size_t k = 0; k < sizeof(addresses) / sizeof(addresses[0]); k++) {
		if (address_parse(a, addresses[k], strlen(addresses[k])) &&
		    !delivery_filter_allows(c, a) && i-- == 0) {
			return true;
		}
	}
	return false;
}

/* This host's addresses that others can know, as networks. */
static void
each_own(const struct config *c, void (*call)(struct printing *, const struct network *),
    struct printing *p)
{
	for (unsigned i = 0; i < c->identity.address_count; i++) {
		struct network n = {c->identity.addresses[i], 128};

		if (!address_is_special(&n.base)) {
			call(p, &n);
		}
	}
}

static void
network_text(const struct network *n, char *text, size_t cap)
{
	char address[ADDRESS_TEXT_MAX];
	unsigned bits = n->bits;

	address_format(&n->base, address);
	if (address_is_ipv4(&n->base)) {
		bits -= 96;
	}
	(void)snprintf(text, cap, "%s/%u", address, bits);
}

static void
postfix_network(struct printing *p, const struct network *n)
{
	char pattern[NETWORK_PATTERN_MAX], text[ADDRESS_TEXT_MAX + 8];

	network_text(n, text, sizeof(text));
	(void)network_pattern(n, pattern);
	(void)fprintf(p->to, "# %s\nif !/ %s$/\n", text, pattern);
	p->conditions++;
}

static void
postfix_list(void *context, const struct host_list *list)
{
	struct printing *p = context;

	for (size_t i = 0; i < list->network_count; i++) {
		postfix_network(p, &list->networks[i]);
	}
	for (size_t i = 0; i < list->name_count; i++) {
		(void)fprintf(
		    p->to, "# %s and what is below it\nif !/^([^ ]+\\.)?", list->names[i].text);
		for (const char *c = list->names[i].text; *c != 0; c++) {
			(void)fprintf(p->to, *c == '.' ? "\\%c" : "%c", *c);
		}
		(void)fprintf(p->to, "\\. /\n");
		p->conditions++;
	}
}

/* Only IGNORE is known there, so what may stay is said by "if not". */
static void
print_postfix(const struct config *c, FILE *to)
{
	struct printing p = {.to = to};

	(void)fprintf(to,
	    "# Made by: mailgraft-policyd print-delivery-filter postfix\n"
	    "# For smtp_dns_reply_filter: addresses that are not of the primaries or of this "
	    "host do not exist.\n"
	    "# Make it again when primary-networks, pinned or identity change.\n"
	    "if / IN (A|AAAA) /\n");
	delivery_filter_each_list(c, postfix_list, &p);
	each_own(c, postfix_network, &p);
	(void)fprintf(to, "/./ IGNORE\n");
	for (unsigned i = 0; i <= p.conditions; i++) {
		(void)fprintf(to, "endif\n");
	}
}

static void
exim_network(struct printing *p, const struct network *n)
{
	char text[ADDRESS_TEXT_MAX + 8];

	network_text(n, text, sizeof(text));
	(void)fprintf(p->to, "  ! %s ; \\\n", text);
}

static void
exim_list(void *context, const struct host_list *list)
{
	const struct printing *p = context;

	for (size_t i = 0; i < list->network_count; i++) {
		exim_network(context, &list->networks[i]);
	}
	for (size_t i = 0; i < list->name_count; i++) {
		(void)fprintf(
		    p->to, "  ! %s ; ! *.%s ; \\\n", list->names[i].text, list->names[i].text);
	}
}

/* The first item that matches decides; "!" means: not in the list, so not ignored. */
static void
print_exim(const struct config *c, FILE *to)
{
	struct printing p = {.to = to};

	(void)fprintf(to,
	    "# Made by: mailgraft-policyd print-delivery-filter exim\n"
	    "# Addresses that are not of the primaries or of this host are ignored.\n"
	    "# Make it again when primary-networks, pinned or identity change.\n"
	    "BACKUP_IGNORE = <; \\\n");
	delivery_filter_each_list(c, exim_list, &p);
	each_own(c, exim_network, &p);
	(void)fprintf(to, "  0.0.0.0/0 ; ::/0\n");
}

void
delivery_filter_print(const struct config *c, enum delivery_mta mta, FILE *to)
{
	if (mta == DELIVERY_POSTFIX) {
		print_postfix(c, to);
	} else {
		print_exim(c, to);
	}
}

int
delivery_filter_run(const char *config_path, enum delivery_mta mta)
{
	char error[CONFIG_ERROR_MAX];
	struct config *c = config_from_file(config_path, error);
	int status = EX_CONFIG;

	if (c == NULL) {
		(void)fprintf(stderr, "mailgraft-policyd: %s\n", error);
	} else if (c->relay.mode == RELAY_STATIC) {
		(void)fprintf(stderr,
		    "mailgraft-policyd: mode static names domains and no networks: there is "
		    "nothing to bind their mail to\n");
	} else if (c->relay.any_network) {
		(void)fprintf(stderr,
		    "mailgraft-policyd: 'primary-networks: any' cannot bind the delivery to "
		    "anything; name the networks\n");
	} else {
		delivery_filter_print(c, mta, stdout);
		status = EX_OK;
	}
	config_free(c);
	return status;
}
