/*
 * identity.h - who this host is: the names and addresses MX records may call it by
 *
 * Owns: its arrays. Names are compared first, without any lookup; then addresses. A loopback or
 * other special address is never this host: anybody's DNS can name one.
 * Not here: deciding what it means to be one of a domain's MX hosts
 */
#ifndef POLICY_IDENTITY_H
#define POLICY_IDENTITY_H

#include "policy/address.h"
#include "policy/domain-name.h"

struct identity {
	struct domain_name names[IDENTITY_NAMES_MAX];
	unsigned name_count;
	struct address addresses[IDENTITY_ADDRESSES_MAX];
	unsigned address_count;
};

/* False when the text is no name or no address, or the list is full. */
bool identity_add_name(struct identity *id, const char *text, size_t len);

bool identity_add_address(struct identity *id, const char *text, size_t len);

/* Fills in this host's own name, or addresses, when none was given. 0 or -errno. */
int identity_complete(struct identity *id);

/* How it calls itself to others. */
const char *identity_name(const struct identity *id);

bool identity_has_name(const struct identity *id, const char *name, size_t len);

bool identity_has_address(const struct identity *id, const struct address *a);

#endif
