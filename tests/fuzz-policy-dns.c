/*
 * fuzz-policy-dns.c - any bytes as a DNS message; what comes out must be whole
 *
 * The first byte picks the type asked for. The name asked for is the message's own, where it
 * has one, so that the records are reached.
 */
#include "policy/dns-message.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The question's name as text; 0: there is none. */
static size_t
question(const uint8_t *msg, size_t len, char *name)
{
	size_t at = 12, n = 0;

	while (at < len && msg[at] > 0 && msg[at] < 64 && at + 1 + msg[at] < len &&
	    n + msg[at] + 1u < DOMAIN_TEXT_MAX) {
		if (n > 0) {
			name[n++] = '.';
		}
		for (size_t i = 0; i < msg[at]; i++) {
			uint8_t c = msg[at + 1 + i];

			name[n++] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
		}
		at += 1u + msg[at];
	}
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum dns_type types[] = {DNS_A, DNS_AAAA, DNS_MX};
	static union dns_answer_room room;
	const struct dns_answer *a = &room.answer;
	char name[DOMAIN_TEXT_MAX + 1];
	enum dns_type type;
	uint8_t *copy;
	size_t n, used = 0;

	if (size < 1) {
		return 0;
	}
	type = types[data[0] % 3];
	copy = malloc(size);
	if (copy == NULL) {
		return 0;
	}
	memcpy(copy, data + 1, size - 1);
	n = question(copy, size - 1, name);
	dns_message_parse(&room, copy, size - 1, type, n > 0 ? name : "d.test", n > 0 ? n : 6);
	free(copy);
	if (a->outcome > DNS_FAILED || a->size > DNS_ANSWER_MAX || a->ttl > DNS_TTL_MAX) {
		abort();
	}
	for (unsigned i = 0; a->outcome == DNS_DATA && i < a->count; i++) {
		if (type == DNS_MX) {
			struct dns_mx mx = dns_answer_mx(a, i);

			used += 3u + mx.len;
			if (mx.name + mx.len > (const char *)a->data + a->size) {
				abort();
			}
		} else {
			used += sizeof(dns_answer_address(a, i).byte);
		}
	}
	if (a->outcome == DNS_DATA && (used != a->size || a->count == 0)) {
		abort();
	}
	return 0;
}
