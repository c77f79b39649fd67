/*
 * dns-answer.h - an answer of the DNS, packed: what a cache keeps and verdicts read
 *
 * Addresses take 16 bytes each; MX records have a preference (2 bytes), a length (1) and a name.
 *
 * Owns:     nothing; the caller has the room
 * Not here: messages on the wire (dns-message.h)
 */
#ifndef POLICY_DNS_ANSWER_H
#define POLICY_DNS_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/address.h"
#include "policy/limits.h"

enum dns_type {
	DNS_A = 1,
	DNS_CNAME = 5,
	DNS_SOA = 6,
	DNS_MX = 15,
	DNS_AAAA = 28,
};

enum dns_outcome {
	DNS_DATA,
	DNS_ALIAS,
	DNS_NODATA,
	DNS_NXDOMAIN,
	DNS_FAILED,
};

struct dns_answer {
	uint8_t outcome; /* enum dns_outcome */
	uint8_t type;
	uint8_t rcode;
	bool authentic; /* the AD bit */
	uint32_t ttl;
	uint16_t count;
	uint16_t size;
	uint8_t data[];
};

/* Room for any answer, to parse into. */
union dns_answer_room {
	struct dns_answer answer;
	uint8_t bytes[sizeof(struct dns_answer) + DNS_ANSWER_MAX];
};

struct dns_mx {
	uint16_t preference;
	uint8_t len; /* 0: the null MX */
	const char *name;
};

/* Record i, which must be below count. */
struct dns_mx dns_answer_mx(const struct dns_answer *a, unsigned i);

struct address dns_answer_address(const struct dns_answer *a, unsigned i);

/* For DNS_ALIAS: the target. */
const char *dns_answer_alias(const struct dns_answer *a, size_t *len);

/* Building one by hand (state file, tests). False when it does not fit. */
void dns_answer_clear(union dns_answer_room *room, enum dns_type type, enum dns_outcome outcome);

bool dns_answer_add_mx(
    union dns_answer_room *room, uint16_t preference, const char *name, size_t len);

bool dns_answer_add_address(union dns_answer_room *room, const struct address *a);

bool dns_answer_set_alias(union dns_answer_room *room, const char *name, size_t len);

const char *dns_type_name(enum dns_type type);

const char *dns_outcome_name(enum dns_outcome outcome);

#endif
