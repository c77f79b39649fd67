/*
 * delivery.h - one held message to its recipients: grafted, sent, and an answer for each
 *
 * Recipients who get the same bytes share a transaction; a message with a bound token is planned
 * and sent for each alone. Each answer is reported as soon as it is known, in the order of the
 * recipients.
 *
 * Who is in trouble decides (DESIGN.md): what concerns one recipient is his answer (4xx or 5xx in
 * recipient.said); what concerns the rest of the message is trouble, and the session says it as its
 * MTA needs it.
 *
 * Not here: the dialogue with the MTA (session.c)
 */
#ifndef RELAY_DELIVERY_H
#define RELAY_DELIVERY_H

#include "relay/delivery-state.h"

/* Allocates what it needs. False: no memory. */
bool delivery_init(struct delivery *d);
void delivery_free(struct delivery *d);

enum delivery_end delivery_run(struct delivery *d);

#endif
