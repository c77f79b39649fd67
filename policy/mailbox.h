/*
 * mailbox.h - an envelope address, split and judged by its shape alone
 *
 * Takes addresses as a policy request carries them: internal form, quotes removed, perhaps in
 * UTF-8. The domain is what follows the last '@'. An address is routed when the first of
 * '@', '!' and '%' is not that last '@': the next host might send it on to anywhere, and
 * quoting protects from nothing because the quotes are gone.
 *
 * Not here: whether the domain exists or is ours
 */
#ifndef POLICY_MAILBOX_H
#define POLICY_MAILBOX_H

#include "policy/domain-name.h"

enum mailbox_kind {
	MAILBOX_PLAIN,
	MAILBOX_EMPTY,     /* the null sender */
	MAILBOX_NO_DOMAIN, /* no '@', or nothing after or before it */
	MAILBOX_ROUTED,
	MAILBOX_LITERAL,
	MAILBOX_BAD_DOMAIN,
	MAILBOX_BAD_IDN,
	MAILBOX_TOO_LONG,
};

struct mailbox {
	enum mailbox_kind kind;
	const char *local; /* points into the text given */
	size_t local_len;
	struct domain_name domain; /* only for MAILBOX_PLAIN */
};

void mailbox_parse(struct mailbox *m, const char *text, size_t len);

/* Without its extension: "user+tag" is "user" where '+' is a delimiter. The domain stays. */
struct mailbox mailbox_without_extension(const struct mailbox *m, const char *delimiters);

/* postmaster or abuse, in any case. */
bool mailbox_is_role(const struct mailbox *m);

#endif
