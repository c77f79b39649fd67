/*
 * delivery-key.h - what one message to one recipient is called in the ledger (DESIGN.md, Ledger)
 *
 * Listener, sender, recipient, the MTA's queue id, Message-ID and the entries that the tokens stand
 * for; never the host, the size or the list of recipients, which a retry may change. Where no queue
 * id is known, the SHA-256 of the message stands for it.
 */
#ifndef RELAY_DELIVERY_KEY_H
#define RELAY_DELIVERY_KEY_H

#include <stddef.h>
#include <stdint.h>

#include "filter/graft.h"
#include "relay/held.h"
#include "relay/limits.h"

struct delivery_name {
	const char *listener;
	const char *sender;
	const char *queue_id; /* empty: not known */
};

/* Copies the queue id that Exim's transport put into the message (`Graft-Id`); empty: none, or
 * one that is no id. */
void delivery_queue_id(const struct held *h, char id[QUEUE_ID_MAX + 1]);

/* The same from the topmost Received field, which the MTA wrote: Postfix says its queue id by
 * XFORWARD only of mail that came over SMTP. */
void delivery_received_id(const struct held *h, char id[QUEUE_ID_MAX + 1]);

/* `g`: the planned message, or NULL where it asks for no attachments. */
void delivery_key(const struct delivery_name *n, const struct held *h, const struct graft *g,
    const char *recipient, uint8_t key[LEDGER_KEY_BYTES]);

#endif
