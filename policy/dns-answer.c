/* dns-answer.c - see dns-answer.h */
#include "policy/dns-answer.h"

#include <assert.h>
#include <string.h>

void
dns_answer_clear(union dns_answer_room *room, enum dns_type type, enum dns_outcome outcome)
{
	memset(&room->answer, 0, sizeof(room->answer));
	room->answer.type = (uint8_t)type;
	room->answer.outcome = (uint8_t)outcome;
}

bool
dns_answer_add_mx(union dns_answer_room *room, uint16_t preference, const char *name, size_t len)
{
	struct dns_answer *a = &room->answer;
	uint8_t *p = a->data + a->size;

	if (len > DOMAIN_TEXT_MAX || a->count >= DNS_MX_MAX) {
		return false;
	}
	p[0] = (uint8_t)(preference >> 8);
	p[1] = (uint8_t)preference;
	p[2] = (uint8_t)len;
	memcpy(p + 3, name, len);
	a->size = (uint16_t)(a->size + 3 + len);
	a->count++;
	return true;
}

bool
dns_answer_add_address(union dns_answer_room *room, const struct address *address)
{
	struct dns_answer *a = &room->answer;

	if (a->count >= DNS_ADDRESS_MAX) {
		return false;
	}
	memcpy(a->data + a->size, address->byte, sizeof(address->byte));
	a->size = (uint16_t)(a->size + sizeof(address->byte));
	a->count++;
	return true;
}

bool
dns_answer_set_alias(union dns_answer_room *room, const char *name, size_t len)
{
	struct dns_answer *a = &room->answer;

	if (len == 0 || len > DOMAIN_TEXT_MAX) {
		return false;
	}
	a->outcome = DNS_ALIAS;
	a->count = 1;
	a->size = (uint16_t)len;
	memcpy(a->data, name, len);
	return true;
}

struct dns_mx
dns_answer_mx(const struct dns_answer *a, unsigned i)
{
	const uint8_t *p = a->data;

	assert(a->outcome == DNS_DATA && a->type == DNS_MX && i < a->count);
	while (i-- > 0) {
		p += 3 + p[2];
	}
	return (struct dns_mx){(uint16_t)(p[0] << 8 | p[1]), p[2], (const char *)p + 3};
}

struct address
dns_answer_address(const struct dns_answer *a, unsigned i)
{
	struct address address;

	assert(a->outcome == DNS_DATA && a->type != DNS_MX && i < a->count);
	memcpy(address.byte, a->data + (size_t)i * sizeof(address.byte), sizeof(address.byte));
	return address;
}

const char *
dns_answer_alias(const struct dns_answer *a, size_t *len)
{
	assert(a->outcome == DNS_ALIAS);
	*len = a->size;
	return (const char *)a->data;
}

const char *
dns_type_name(enum dns_type type)
{
	switch (type) {
	case DNS_A:
		return "A";
	case DNS_AAAA:
		return "AAAA";
	case DNS_MX:
		return "MX";
	case DNS_CNAME:
		return "CNAME";
	case DNS_SOA:
		return "SOA";
	}
	return "?";
}

const char *
dns_outcome_name(enum dns_outcome outcome)
{
	static const char *const names[] = {
	    [DNS_DATA] = "data",
	    [DNS_ALIAS] = "alias",
	    [DNS_NODATA] = "nodata",
	    [DNS_NXDOMAIN] = "nxdomain",
	    [DNS_FAILED] = "failed",
	};

	return names[outcome];
}
