/*
 * provider.c - see provider.h
 */
#include "relay/provider.h"

#include <arpa/inet.h>
#include <libpsl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "relay/limits.h"

struct provider_list {
	psl_ctx_t *suffixes; /* NULL: there is none, and each host is a provider of its own */
};

struct provider_list *
provider_list_open(void)
{
	struct provider_list *list = malloc(sizeof(*list));

	if (list != NULL) {
		list->suffixes = psl_latest(NULL);
	}
	return list;
}

void
provider_list_close(struct provider_list *list)
{
	if (list != NULL) {
		psl_free(list->suffixes);
		free(list);
	}
}

static bool
is_address(const char *host)
{
	struct in6_addr address;

	return inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1;
}

void
provider_of(const struct provider_list *list, const char *host, char *out, size_t cap)
{
	char name[HOST_NAME_MAX_BYTES + 1];
	const char *found = NULL;
	size_t n = 0;

	for (; host[n] != '\0' && n + 1 < sizeof(name); n++) {
		name[n] = (char)(host[n] >= 'A' && host[n] <= 'Z' ? host[n] | 0x20 : host[n]);
	}
	while (n > 0 && name[n - 1] == '.') {
		n--;
	}
	name[n] = '\0';
	if (list->suffixes != NULL && !is_address(name)) {
		found = psl_registrable_domain(list->suffixes, name);
	}
	found = found == NULL ? name : found;
	n = strlen(found) < cap ? strlen(found) : cap - 1;
	memcpy(out, found, n);
	out[n] = '\0';
}
