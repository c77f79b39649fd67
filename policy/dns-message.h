/*
 * dns-message.h - DNS messages: questions out, answers in, both bounded
 *
 * A struct dns_answer holds what one message says about one question, packed: addresses 16
 * bytes each, or MX records as preference (2 bytes), length (1) and name. It follows the alias
 * chain inside the message; a chain that leaves the message ends in DNS_ALIAS with the name
 * to ask next. Anything that is malformed, truncated or about another question is DNS_FAILED,
 * never data. So is "no MX records" without an SOA record: a server that is not responsible for
 * the name answers so (RFC 2308 2.2), and it would cost mail. For addresses it is DNS_NODATA:
 * some servers leave the SOA out where there is no AAAA, and a host needs only one family.
 *
 * At most DNS_MX_MAX mail servers are kept, those of best preference, and DNS_ADDRESS_MAX
 * addresses; an answer that is this full may have had more.
 *
 * Not here: sockets, retries, caching
 */
#ifndef POLICY_DNS_MESSAGE_H
#define POLICY_DNS_MESSAGE_H

#include "policy/address.h"
#include "policy/domain-name.h"

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

/*
 * Returns the query's length, 0 when the name cannot be asked. cap at least DNS_QUERY_MAX. edns:
 * with an OPT record, for answers of up to DNS_UDP_SIZE bytes.
 */
size_t dns_message_query(uint8_t *buf, size_t cap, uint16_t id, bool edns, enum dns_type type,
    const char *name, size_t len);

/* Whether the answer says that the server did not understand the question, perhaps its OPT. */
bool dns_message_is_formerr(const uint8_t *msg, size_t len);

void dns_message_parse(union dns_answer_room *room, const uint8_t *msg, size_t len,
    enum dns_type type, const char *name, size_t name_len);

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
