/*
 * envelope.h - one message's sender, recipients and what becomes of each
 *
 * Owns:     its texts, which hold until envelope_reset()
 */
#ifndef RELAY_ENVELOPE_H
#define RELAY_ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>

#include "relay/hop.h"
#include "relay/limits.h"
#include "relay/lmtp-command.h"

struct envelope {
	bool begun;                     /* MAIL was taken */
	struct hop_mail mail;           /* as the MTA said it; size is what it thinks */
	char ident[LMTP_IDENT_MAX + 1]; /* XFORWARD's; empty: none */
	size_t count;
	struct hop_recipient to[LMTP_RECIPIENTS_MAX]; /* said.code 0: not answered yet */
	size_t used;
	char text[LMTP_ENVELOPE_MAX];
};

/* Forgets sender and recipients; with `all`, XFORWARD's too. */
void envelope_reset(struct envelope *e, bool all);

/* Both take a parsed command. False: no room. */
bool envelope_mail(struct envelope *e, const struct lmtp_command *c);
bool envelope_rcpt(struct envelope *e, const struct lmtp_command *c);

#endif
