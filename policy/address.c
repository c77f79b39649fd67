/* address.c - see address.h */
#include "policy/address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

bool
address_parse(struct address *a, const char *text, size_t len)
{
	char copy[ADDRESS_TEXT_MAX];
	uint8_t four[4];

	if (len == 0 || len >= sizeof(copy) || memchr(text, 0, len) != NULL) {
		return false;
	}
	memcpy(copy, text, len);
	copy[len] = 0;
	if (memchr(copy, ':', len) != NULL) {
		return inet_pton(AF_INET6, copy, a->byte) == 1;
	}
	if (inet_pton(AF_INET, copy, four) != 1) {
		return false;
	}
	*a = address_from_ipv4(four);
	return true;
}

size_t
address_format(const struct address *a, char *text)
{
	if (address_is_ipv4(a)) {
		inet_ntop(AF_INET, a->byte + 12, text, ADDRESS_TEXT_MAX);
	} else {
		inet_ntop(AF_INET6, a->byte, text, ADDRESS_TEXT_MAX);
	}
	return strlen(text);
}

struct address
address_from_ipv4(const uint8_t byte[4])
{
	struct address a;

	memcpy(a.byte, mapped, sizeof(mapped));
	memcpy(a.byte + 12, byte, 4);
	return a;
}

bool
address_is_ipv4(const struct address *a)
{
	return memcmp(a->byte, mapped, sizeof(mapped)) == 0;
}

bool
address_equal(const struct address *a, const struct address *b)
{
	return memcmp(a->byte, b->byte, sizeof(a->byte)) == 0;
}

bool
address_is_special(const struct address *a)
{
	static const uint8_t zero[12];
	const uint8_t *b = a->byte;

	if (address_is_ipv4(a)) {
		return b[12] == 0 || b[12] == 127 || b[12] >= 224 || (b[12] == 169 && b[13] == 254);
	}
	return memcmp(b, zero, sizeof(zero)) == 0 || b[0] == 0xff ||
	    (b[0] == 0xfe && (b[1] & 0xc0) == 0x80);
}

bool
address_is_private(const struct address *a)
{
	const uint8_t *b = a->byte;

	if (address_is_ipv4(a)) {
		return b[12] == 10 || (b[12] == 172 && (b[13] & 0xf0) == 16) ||
		    (b[12] == 192 && b[13] == 168) || (b[12] == 100 && (b[13] & 0xc0) == 64);
	}
	return (b[0] & 0xfe) == 0xfc;
}

/* Clears the bits below the mask in one byte; i is the byte's place. */
static uint8_t
network_mask(uint8_t bits, unsigned i)
{
	if (bits >= (i + 1) * 8) {
		return 0xff;
	}
	if (bits <= i * 8) {
		return 0;
	}
	return (uint8_t)(0xff00u >> (bits - i * 8));
}

static bool
network_bits(const char *text, size_t len, unsigned max, uint8_t *bits)
{
	unsigned value = 0;

	if (len == 0 || len > 3) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9') {
			return false;
		}
		value = value * 10 + (unsigned)(text[i] - '0');
	}
	if (value > max) {
		return false;
	}
	*bits = (uint8_t)value;
	return true;
}

bool
network_parse(struct network *n, const char *text, size_t len)
{
	const char *slash = memchr(text, '/', len);
	size_t alen = slash != NULL ? (size_t)(slash - text) : len;
	const char *host = text;
	unsigned width;

	if (alen >= 2 && host[0] == '[' && host[alen - 1] == ']') {
		host++;
		alen -= 2;
		if (memchr(host, ':', alen) == NULL) {
			return false;
		}
	}
	if (!address_parse(&n->base, host, alen)) {
		return false;
	}
	width = memchr(host, ':', alen) == NULL ? 32 : 128;
	if (width == 128 && address_is_ipv4(&n->base)) {
		return false;
	}
	n->bits = (uint8_t)width;
	if (slash != NULL &&
	    !network_bits(slash + 1, len - (size_t)(slash + 1 - text), width, &n->bits)) {
		return false;
	}
	n->bits = (uint8_t)(n->bits + 128 - width);
	for (unsigned i = 0; i < 16; i++) {
		if ((n->base.byte[i] & ~network_mask(n->bits, i)) != 0) {
			return false;
		}
	}
	return true;
}

bool
network_contains(const struct network *n, const struct address *a)
{
	if (address_is_ipv4(&n->base) != address_is_ipv4(a)) {
		return false;
	}
	for (unsigned i = 0; i < 16; i++) {
		if ((a->byte[i] & network_mask(n->bits, i)) != n->base.byte[i]) {
			return false;
		}
	}
	return true;
}
