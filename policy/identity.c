/* identity.c - see identity.h */
#include "policy/identity.h"

#include <errno.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

bool
identity_add_name(struct identity *id, const char *text, size_t len)
{
	return id->name_count < IDENTITY_NAMES_MAX &&
	    domain_name_parse(&id->names[id->name_count], text, len) == DOMAIN_NAME_OK &&
	    ++id->name_count > 0;
}

bool
identity_add_address(struct identity *id, const char *text, size_t len)
{
	return id->address_count < IDENTITY_ADDRESSES_MAX &&
	    address_parse(&id->addresses[id->address_count], text, len) && ++id->address_count > 0;
}

static int
identity_interfaces(struct identity *id)
{
	struct ifaddrs *list = NULL;

	if (getifaddrs(&list) != 0) {
		return -errno;
	}
	for (struct ifaddrs *i = list; i != NULL; i = i->ifa_next) {
		struct address a;

		if (i->ifa_addr == NULL || id->address_count == IDENTITY_ADDRESSES_MAX) {
			continue;
		}
		if (i->ifa_addr->sa_family == AF_INET) {
			struct sockaddr_in in;

			memcpy(&in, i->ifa_addr, sizeof(in));
			a = address_from_ipv4((const uint8_t *)&in.sin_addr);
		} else if (i->ifa_addr->sa_family == AF_INET6) {
			struct sockaddr_in6 in6;

			memcpy(&in6, i->ifa_addr, sizeof(in6));
			memcpy(a.byte, &in6.sin6_addr, sizeof(a.byte));
		} else {
			continue;
		}
		id->addresses[id->address_count++] = a;
	}
	freeifaddrs(list);
	return 0;
}

int
identity_complete(struct identity *id)
{
	char name[DOMAIN_TEXT_MAX + 1];

	if (id->name_count == 0) {
		struct addrinfo hints = {.ai_flags = AI_CANONNAME}, *found = NULL;

		if (gethostname(name, sizeof(name)) != 0) {
			return -errno;
		}
		name[sizeof(name) - 1] = 0;
		(void)identity_add_name(id, name, strlen(name));
		if (memchr(name, '.', strlen(name)) == NULL &&
		    getaddrinfo(name, NULL, &hints, &found) == 0 && found != NULL &&
		    found->ai_canonname != NULL) {
			(void)identity_add_name(
			    id, found->ai_canonname, strlen(found->ai_canonname));
		}
		if (found != NULL) {
			freeaddrinfo(found);
		}
	}
	return id->address_count == 0 ? identity_interfaces(id) : 0;
}

const char *
identity_name(const struct identity *id)
{
	return id->name_count > 0 ? id->names[0].text : "localhost";
}

bool
identity_has_name(const struct identity *id, const char *name, size_t len)
{
	for (unsigned i = 0; i < id->name_count; i++) {
		if (domain_name_equal(&id->names[i], name, len)) {
			return true;
		}
	}
	return false;
}

bool
identity_has_address(const struct identity *id, const struct address *a)
{
	for (unsigned i = 0; i < id->address_count && !address_is_special(a); i++) {
		if (address_equal(&id->addresses[i], a)) {
			return true;
		}
	}
	return false;
}
