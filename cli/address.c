/*
 * address.c - an address as people write it, as a recipient (libidn2)
 */
#include "cli/address.h"

#include <idn2.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static bool
is_ascii(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] > 0x7f) {
			return false;
		}
	}
	return true;
}

/* Outside quotes only atoms are allowed (RFC 5321 4.1.2), so that two addresses are not taken for
 * one.
 */
static bool
is_local(const char *text, size_t len)
{
	bool quoted = len >= 2 && text[0] == '"' && text[len - 1] == '"';

	for (size_t i = 0; i < len && !quoted; i++) {
		if (text[i] == '\0' || strchr(" \t\r\n()<>[]:;@\\,\"", text[i]) != NULL) {
			return false;
		}
	}
	return true;
}

int
address_recipient(const char *text, size_t len, struct recipient *r)
{
	const char *at = memrchr(text, '@', len);
	char whole[RECIPIENT_MAX * 2], domain[RECIPIENT_MAX];
	size_t local, domain_len;
	uint8_t *ascii = NULL;
	int ret = -1;

	r->len = 0;
	if (at == NULL || !is_local(text, (size_t)(at - text))) {
		return -1;
	}
	local = (size_t)(at + 1 - text);
	domain_len = len - local;
	if (is_ascii(at, len - local + 1)) {
		ret = recipient_canonical((const uint8_t *)text, len, r);
	} else if (local < RECIPIENT_MAX && domain_len < sizeof(domain) &&
	    memchr(at + 1, '\0', domain_len) == NULL) {
		memcpy(domain, at + 1, domain_len);
		domain[domain_len] = '\0';
		if (idn2_lookup_u8((const uint8_t *)domain, &ascii, IDN2_NFC_INPUT) == IDN2_OK &&
		    strlen((const char *)ascii) < RECIPIENT_MAX) {
			size_t ascii_len = strlen((const char *)ascii);
			memcpy(whole, text, local);
			memcpy(whole + local, ascii, ascii_len);
			ret = recipient_canonical((const uint8_t *)whole, local + ascii_len, r);
		}
		idn2_free(ascii);
	}
	/* The caller wants a recipient, so an empty address is a mistake here. */
	return ret == 0 && r->len > 0 ? 0 : -1;
}
