/*
 * recipient.h - the one spelling of an envelope recipient that a token is bound to
 *
 * Local part dequoted and in ASCII lower case, kept whole; split at the last
 * `@`; domain in lower case, in A-labels. U-labels are turned into A-labels by
 * whoever asks (`put`; Exim's utf8_domain_to_alabel): here a domain with a byte
 * over 0x7f is refused.
 */
#ifndef SPOOL_RECIPIENT_H
#define SPOOL_RECIPIENT_H

#include <stddef.h>
#include <stdint.h>

#include "spool/limits.h"

struct recipient {
	size_t len; /* 0: none */
	uint8_t address[RECIPIENT_MAX];
};

/*
 * White space around the address is ignored. 0 with a recipient; 0 with len 0
 * where there is none (nothing, or `@` alone, which is what Exim shows when
 * several recipients share a delivery); -1 where it is no address: no `@`, no
 * local part, no domain, a control character, a domain that is not letters,
 * digits, hyphens and dots or an address literal, or too long.
 */
int recipient_canonical(const uint8_t *text, size_t len, struct recipient *r);

#endif
