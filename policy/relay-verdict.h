/*
 * relay-verdict.h - may this host take mail for this domain as a backup MX?
 *
 * The core of the daemon: a pure function of rules, identity, recipient and DNS facts. It gives
 * ACTION_PERMIT, _REFUSE, _TEMPORARY, or _WAIT when a fact is on its way.
 *
 * compat      as Postfix's permit_mx_backup followed by reject_unauth_destination
 * all-better  every MX better than this host must lie in the networks
 * pinned      like all-better, with networks of the domain's own
 * static      the domain is in a list; no DNS
 *
 * Not here: recipients beyond their domain, DNSBLs, replies, logging
 */
#ifndef POLICY_RELAY_VERDICT_H
#define POLICY_RELAY_VERDICT_H

#include "policy/facts.h"
#include "policy/host-list.h"
#include "policy/identity.h"
#include "policy/mailbox.h"
#include "policy/verdict.h"

enum relay_mode {
	RELAY_COMPAT,
	RELAY_ALL_BETTER,
	RELAY_PINNED,
	RELAY_STATIC,
};

struct relay_pin {
	struct domain_name domain;
	struct host_list hosts;
};

struct relay_rules {
	enum relay_mode mode;
	bool any_network; /* compat without permit_mx_backup_networks */
	struct host_list networks;
	struct relay_pin *pins; /* sorted by domain */
	size_t pin_count;
	struct domain_name *domains; /* sorted */
	size_t domain_count;
	bool ipv4;
	bool ipv6;
	int64_t gone_after_ms; /* a primary absent for longer is a lasting answer */
};

void relay_verdict(const struct relay_rules *rules, const struct identity *me,
    const struct mailbox *recipient, const struct fact_source *facts, struct verdict *v);

/* Where a domain's mail goes when its primaries are up. */
struct relay_targets {
	bool waiting;  /* some facts are on their way */
	unsigned best; /* so many, the first ones, are of the MX hosts of best preference */
	unsigned count;
	struct address address[MX_HOST_ADDRESSES_MAX];
};

/*
 * The addresses of every MX of a domain that is better than this host: inside the networks; of a
 * domain in the list of mode static without networks, all. None is special, none this host's.
 */
void relay_targets(const struct relay_rules *rules, const struct identity *me,
    const struct domain_name *domain, const struct fact_source *facts, struct relay_targets *out);

#endif
