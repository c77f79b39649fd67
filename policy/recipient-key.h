/*
 * recipient-key.h - a recipient in the one form in which recipients are compared
 *
 * The local part in lower case (A to Z) and in Unicode's form NFC (RFC 6532, 3.1), '@', the
 * domain as domain-name.h has it. No domain that anybody backs up tells "User" from "user", though
 * RFC 5321 would allow it.
 *
 * Not here: address extensions (mailbox.h)
 */
#ifndef POLICY_RECIPIENT_KEY_H
#define POLICY_RECIPIENT_KEY_H

#include "policy/mailbox.h"

struct recipient_key {
	size_t len;
	size_t local_len;
	char text[MAILBOX_MAX + DOMAIN_TEXT_MAX + 2]; /* not NUL-terminated */
};

/* False: it is no plain mailbox, too long, or has a line feed in it. */
bool recipient_key_make(struct recipient_key *key, const struct mailbox *m);

/*
 * Brings a local part into that form, in place, and returns its length then; 0: it has more than
 * cap bytes in that form. What is not UTF-8 stays as it is, but for its letters.
 */
size_t recipient_key_fold(char *text, size_t len, size_t cap);

#endif
