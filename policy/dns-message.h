/*
 * dns-message.h - DNS messages: questions out, answers in, both bounded
 *
 * Parsing gives what one message says about one question (dns-answer.h). It follows the alias
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

#include "policy/dns-answer.h"

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

#endif
