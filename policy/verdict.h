/*
 * verdict.h - the words every verdict is made of: an action, and the reason code for it
 *
 * Not here: what the action is called in a reply (reply.h)
 */
#ifndef POLICY_VERDICT_H
#define POLICY_VERDICT_H

#include "policy/domain-name.h"

enum action {
	ACTION_WAIT,      /* facts are missing */
	ACTION_PERMIT,    /* the only one that lets mail in */
	ACTION_REFUSE,    /* 554 */
	ACTION_TEMPORARY, /* 450 */
	ACTION_PASS,      /* no question to us, or nothing against it: DUNNO */
};

/* Codes appear in replies, the log and the metrics; they are part of the interface. */
#define REASONS(X) \
	X(BACKUP, "is a backup for this domain") \
	X(STATIC, "domain is listed") \
	X(PRIMARY, "this host is the best MX, yet not configured for this domain") \
	X(NOT_MX, "this host is no MX of this domain") \
	X(NO_MX, "domain has no MX records") \
	X(NULL_MX, "domain accepts no mail") \
	X(NXDOMAIN, "domain does not exist") \
	X(TOO_MANY_MX, "domain has too many MX records") \
	X(DNS_TEMP, "cannot look up the domain's MX records now") \
	X(PRIMARY_TEMP, "cannot look up the domain's primary mail server now") \
	X(PRIMARY_GONE, "the domain's primary mail server does not exist") \
	X(MX_UNUSABLE, "a better MX of this domain has an address that no mail server has") \
	X(MX_CROWDED, "a better MX of this domain has too many addresses") \
	X(OUTSIDE_NETS, "a better MX of this domain is outside our networks") \
	X(NOT_PINNED, "domain is not bound to any network here") \
	X(NOT_LISTED, "domain is not listed") \
	X(ROUTED, "routed addresses are not relayed") \
	X(LITERAL, "address literals are not relayed") \
	X(NO_DOMAIN, "address has no domain") \
	X(BAD_DOMAIN, "domain is not a valid name") \
	X(BAD_IDN, "domain is not a valid internationalized name") \
	X(TOO_LONG, "address is too long") \
	X(RCPT_UNKNOWN, "recipient is not known here") \
	X(RCPT_UNKNOWN_TAKEN, "recipient is not known here; taken as configured") \
	X(RCPT_NO_USER, "the domain's primary mail server does not know this recipient") \
	X(RCPT_TAKES_ALL, "the domain's primary mail server takes every recipient") \
	X(RCPT_UNSEEN, "recipient has not been seen, and the primary mail server is down") \
	X(RCPT_UNSEEN_TAKEN, "recipient has not been seen; taken as configured") \
	X(RCPT_UNTOLD, "the primary mail server has not said yet whether it knows this recipient") \
	X(PRIMARY_UP, "the domain's primary mail server is up; send there, or later again") \
	X(DNSBL, "client is listed") \
	X(DNSBL_CLEAN, "client is not listed") \
	X(NOT_BACKUP, "recipient is no concern of the backup") \
	X(NO_QUESTION, "not a question for this policy")

enum reason {
#define X(name, text) REASON_##name,
	REASONS(X)
#undef X
	    REASON_COUNT
};

struct verdict {
	enum action action;
	enum reason reason;
	bool stale;               /* rests on data that outlived its TTL */
	struct domain_name about; /* the host or zone the reason is about; may be empty */
};

const char *action_name(enum action action);

const char *reason_code(enum reason reason);

const char *reason_text(enum reason reason);

#endif
