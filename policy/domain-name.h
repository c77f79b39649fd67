/*
 * domain-name.h - domain names in the one form everything else compares
 *
 * Lower case, A-labels, no last dot, at most 253 bytes, letters, digits, '-' and '_' only.
 *
 * Returns: an enum saying why a text is no such name. Names in UTF-8 go through libidn2.
 * Not here: DNS messages (dns-message.h), MX rules (relay-verdict.h)
 */
#ifndef POLICY_DOMAIN_NAME_H
#define POLICY_DOMAIN_NAME_H

#include "policy/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct domain_name {
	uint8_t len;
	char text[DOMAIN_TEXT_MAX + 1]; /* NUL-terminated */
};

enum domain_name_status {
	DOMAIN_NAME_OK,
	DOMAIN_NAME_EMPTY,
	DOMAIN_NAME_BAD, /* too long, empty label, forbidden byte */
	/* not UTF-8, not IDNA 2008, or an A-label that decodes to nothing */
	DOMAIN_NAME_BAD_IDN,
};

enum domain_name_status domain_name_parse(struct domain_name *name, const char *text, size_t len);

bool domain_name_equal(const struct domain_name *name, const char *text, size_t len);

/* The name itself or one below it. */
bool domain_name_covers(const struct domain_name *name, const char *text, size_t len);

int domain_name_compare(const struct domain_name *a, const struct domain_name *b);

#endif
