/* dnsbl.c - see dnsbl.h */
#include "policy/dnsbl.h"

#include <stdio.h>
#include <string.h>

static uint32_t
ipv4_value(const struct address *a)
{
	return (uint32_t)a->byte[12] << 24 | (uint32_t)a->byte[13] << 16 |
	    (uint32_t)a->byte[14] << 8 | a->byte[15];
}

bool
dnsbl_query_name(
    const struct dnsbl_zone *zone, const struct address *client, struct domain_name *name)
{
	static const char hex[] = "0123456789abcdef";
	char *p = name->text;

	if (zone->zone.len + 64u > DOMAIN_TEXT_MAX) {
		return false;
	}
	if (address_is_ipv4(client)) {
		p += snprintf(p, 20, "%u.%u.%u.%u.", client->byte[15], client->byte[14],
		    client->byte[13], client->byte[12]);
	} else {
		for (int i = 15; i >= 0; i--) {
			*p++ = hex[client->byte[i] & 15];
			*p++ = '.';
			*p++ = hex[client->byte[i] >> 4];
			*p++ = '.';
		}
	}
	memcpy(p, zone->zone.text, zone->zone.len + 1u);
	name->len = (uint8_t)(p - name->text + zone->zone.len);
	return true;
}

bool
dnsbl_range_parse(struct dnsbl_range *range, const char *text, size_t len)
{
	const char *dash = memchr(text, '-', len);
	struct address from, to;
	struct network network;

	if (dash != NULL) {
		if (!address_parse(&from, text, (size_t)(dash - text)) ||
		    !address_parse(&to, dash + 1, len - (size_t)(dash + 1 - text)) ||
		    !address_is_ipv4(&from) || !address_is_ipv4(&to)) {
			return false;
		}
		range->from = ipv4_value(&from);
		range->to = ipv4_value(&to);
	} else {
		if (!network_parse(&network, text, len) || !address_is_ipv4(&network.base) ||
		    network.bits < 96 + 8) {
			return false;
		}
		range->from = ipv4_value(&network.base);
		range->to = range->from | (uint32_t)(0xffffffffull >> (network.bits - 96));
	}
	return range->from <= range->to && range->from >> 24 == 127 && range->to >> 24 == 127;
}

enum dnsbl_result
dnsbl_read(const struct dnsbl_zone *zone, const struct fact *f, struct address *code)
{
	enum dnsbl_result result = DNSBL_NOT_LISTED;

	if (f->state == FACT_WAITING) {
		return DNSBL_WAITING;
	}
	if (f->state != FACT_FRESH) {
		return DNSBL_UNKNOWN; /* an old listing is no listing */
	}
	if (f->answer->outcome != DNS_DATA) {
		return f->answer->outcome == DNS_ALIAS ? DNSBL_UNKNOWN : DNSBL_NOT_LISTED;
	}
	for (unsigned i = 0; i < f->answer->count; i++) {
		struct address a = dns_answer_address(f->answer, i);
		uint32_t value = ipv4_value(&a);

		if (!address_is_ipv4(&a) || value >> 24 != 127 || value >> 8 == 0x7fffff) {
			*code = a;
			return DNSBL_FAULT;
		}
		for (unsigned k = 0; k < zone->range_count && result != DNSBL_LISTED; k++) {
			if (value >= zone->ranges[k].from && value <= zone->ranges[k].to) {
				*code = a;
				result = DNSBL_LISTED;
			}
		}
	}
	return result;
}

void
dnsbl_judge(const struct dnsbl_zone *zones, unsigned count, const bool *usable,
    const struct address *client, const struct fact_source *facts, struct dnsbl_judgement *j)
{
	j->waiting = false;
	j->score = 0;
	for (unsigned i = 0; i < count; i++) {
		struct domain_name name = {0, ""};
		struct fact f;

		j->results[i] = DNSBL_OUT;
		if (!usable[i] || !dnsbl_query_name(&zones[i], client, &name)) {
			continue;
		}
		f = facts_look(facts, DNS_A, name.text, name.len);
		j->results[i] = dnsbl_read(&zones[i], &f, &j->codes[i]);
		if (j->results[i] == DNSBL_WAITING) {
			j->waiting = true;
		} else if (j->results[i] == DNSBL_LISTED ||
		    (j->results[i] == DNSBL_UNKNOWN && zones[i].score < 0)) {
			j->score += zones[i].score;
		}
	}
}
