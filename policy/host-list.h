/*
 * host-list.h - networks and host names that an administrator trusts
 *
 * An address matches a network that holds it; a host name matches a name in the list that is
 * the same or a parent (as Postfix's permit_mx_backup_networks does by default).
 *
 * Owns: its arrays. Errors: -ENOMEM, or -EINVAL for a text that is neither.
 */
#ifndef POLICY_HOST_LIST_H
#define POLICY_HOST_LIST_H

#include "policy/address.h"
#include "policy/domain-name.h"

struct host_list {
	struct network *networks;
	size_t network_count;
	struct domain_name *names;
	size_t name_count;
};

int host_list_add(struct host_list *list, const char *text, size_t len);

bool host_list_has_address(const struct host_list *list, const struct address *a);

bool host_list_has_name(const struct host_list *list, const char *name, size_t len);

void host_list_finish(struct host_list *list);

#endif
