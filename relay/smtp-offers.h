/*
 * smtp-offers.h - what a server offers in its answer to EHLO (RFC 5321 4.1.1.1)
 *
 * Pure.
 */
#ifndef RELAY_SMTP_OFFERS_H
#define RELAY_SMTP_OFFERS_H

#include <stdbool.h>
#include <stdint.h>

struct smtp_reply;

struct smtp_offers {
	bool pipelining, eight_bit, utf8, dsn, starttls;
	bool auth_plain, auth_login;
	bool has_size;
	uint64_t size; /* the largest message, in bytes on the wire; 0: it does not say */
};

void smtp_offers_read(const struct smtp_reply *ehlo, struct smtp_offers *o);

#endif
