/*
 * address.h - IP addresses and networks as values
 *
 * An IPv4 address is held as its v4-mapped IPv6 address. So a mapped address that came as IPv6
 * cannot be told from the IPv4 address in it: who takes IPv6 addresses from a stranger asks
 * address_is_ipv4() first. Networks are of one family: ::/0 holds no IPv4 address.
 * Text comes with a length and need not end in NUL. Parsing returns false on anything that is
 * not exactly one address or network; IPv4 in its four-part decimal form only.
 *
 * Not here: names, ports, sockets
 */
#ifndef POLICY_ADDRESS_H
#define POLICY_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct address {
	uint8_t byte[16];
};

struct network {
	struct address base;
	uint8_t bits; /* 0 to 128; IPv4 a.b.c.d/n is 96 + n */
};

enum { ADDRESS_TEXT_MAX = 48 };

bool address_parse(struct address *a, const char *text, size_t len);

/* Writes a NUL-terminated text of at most ADDRESS_TEXT_MAX bytes, returns its length. */
size_t address_format(const struct address *a, char *text);

struct address address_from_ipv4(const uint8_t byte[4]);

bool address_is_ipv4(const struct address *a);

bool address_equal(const struct address *a, const struct address *b);

/*
 * Loopback, link-local, unspecified, multicast, broadcast, and IPv4 addresses in IPv6 form
 * (::a.b.c.d): never another mail server.
 */
bool address_is_special(const struct address *a);

/* RFC 1918, RFC 6598, RFC 4193: no public list knows anything about them. */
bool address_is_private(const struct address *a);

/*
 * "a.b.c.d", "a.b.c.d/n", "v6", "v6/n", "[v6]/n"; bits below the mask must be zero. Networks of
 * mapped addresses (::ffff:0:0/96) are refused: write them as IPv4.
 */
bool network_parse(struct network *n, const char *text, size_t len);

bool network_contains(const struct network *n, const struct address *a);

#endif
