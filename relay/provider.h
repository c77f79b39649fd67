/*
 * provider.h - which provider runs a host: its registered domain (publicsuffix.org)
 *
 * "gmail-smtp-in.l.google.com" is google.com, "mx1.example.co.uk" is example.co.uk. An address, or
 * a name that is itself a public suffix, is a provider of its own.
 *
 * Owns:     the list of public suffixes, as the package publicsuffix keeps it, else the one that is
 *           built into libpsl
 */
#ifndef RELAY_PROVIDER_H
#define RELAY_PROVIDER_H

#include <stddef.h>

struct provider_list;

/* Reads the list: before a program confines itself. NULL: no memory. */
struct provider_list *provider_list_open(void);
void provider_list_close(struct provider_list *list);

/* The provider of a host, NUL-terminated ASCII lower case, in `out`; cut where cap is too small. */
void provider_of(const struct provider_list *list, const char *host, char *out, size_t cap);

#endif
