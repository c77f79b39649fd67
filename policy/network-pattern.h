/*
 * network-pattern.h - a network as a POSIX extended regular expression
 *
 * It matches the text of each address in the network as inet_ntop() writes it, lower case, and
 * of no other address. It has no anchors. Postfix's regexp tables take it.
 *
 * Not here: networks of special addresses, such as mapped ones, which have another text form
 */
#ifndef POLICY_NETWORK_PATTERN_H
#define POLICY_NETWORK_PATTERN_H

#include "policy/address.h"
#include "policy/limits.h"

/* Writes a NUL-terminated pattern of at most NETWORK_PATTERN_MAX bytes, returns its length. */
size_t network_pattern(const struct network *n, char *text);

#endif
