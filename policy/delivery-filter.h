/*
 * delivery-filter.h - what binds the delivery of a backup MX to its primaries
 *
 * The mail server looks the MX up again when it delivers, and the domain's owner may have changed
 * it by then. So the verdict alone is no protection. These texts make the mail server leave out
 * each address that is neither in the primaries' networks nor this host's own. (Its own must
 * stay: a mail server finds its place among the MX records by them, and never sends to a worse
 * one.)
 *
 * postfix     a regexp table for smtp_dns_reply_filter of the transport for backup mail
 * exim        the value of ignore_target_hosts of the router for backup mail
 *
 * Returns: EX_OK, or EX_CONFIG with a sentence on standard error
 * Not here: checking what is installed (check-postfix.c, check-exim.c)
 */
#ifndef POLICY_DELIVERY_FILTER_H
#define POLICY_DELIVERY_FILTER_H

#include "policy/config.h"

#include <stdio.h>

enum delivery_mta { DELIVERY_POSTFIX, DELIVERY_EXIM };

/* Prints the text for the configuration in the file. */
int delivery_filter_run(const char *config_path, enum delivery_mta mta);

/* The same into a stream, when there are networks. */
void delivery_filter_print(const struct config *c, enum delivery_mta mta, FILE *to);

/* Whether mail for backups may go to this address: the union of all networks, and this host. */
bool delivery_filter_allows(const struct config *c, const struct address *a);

/* Whether the configuration names networks at all: not for static and primary-networks: any. */
bool delivery_filter_has_networks(const struct config *c);

/*
 * Some address outside all networks in force, of those that a test may ask a filter about: the
 * i-th, counted from 0. False when there is none left.
 */
bool delivery_filter_stranger(const struct config *c, unsigned i, struct address *a);

/* Calls back for each list of hosts in force: one, or one for each pinned domain. */
void delivery_filter_each_list(const struct config *c,
    void (*call)(void *context, const struct host_list *list), void *context);

#endif
