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

#include <stdbool.h>
#include <stdint.h>

#include "filter/graft.h"
#include "filter/sink.h"
#include "relay/envelope.h"
#include "relay/held.h"
#include "relay/hop.h"
#include "relay/keeper-ask.h"

enum delivery_end {
	DELIVERY_DONE,    /* each recipient has his answer */
	DELIVERY_TROUBLE, /* those without an answer share `trouble` */
	DELIVERY_GONE,    /* the MTA is gone: nobody is left to answer */
};

struct delivery {
	/* The caller's, set before delivery_run(). */
	const char *listener; /* its name, for the ledger's keys */
	bool id_in_message;   /* the queue id comes from Graft-Id, not from XFORWARD */
	int64_t within_ms;    /* for each transaction */
	struct envelope *envelope;
	struct held *held;
	struct hop *hop;
	struct keeper_link *keeper;
	struct vigil *vigil;
	/* Called after answers have become known. */
	void (*report)(void *state);
	void *state;

	/* What came of it. */
	char trouble[HOP_WHY_MAX]; /* with an enhanced code: "4.4.2 ..." */
	bool uncertain;            /* a dot was said and no answer came: the session should end */

	/* Its own. */
	struct graft *graft;
	struct sink sink;
	char queue_id[QUEUE_ID_MAX + 1];
	bool grafts;   /* the message asks for attachments */
	uint64_t size; /* bytes on the wire, of this transaction */
	int64_t began_us, planned_us;
	size_t count;                                       /* recipients of this transaction */
	struct hop_recipient *to[LMTP_RECIPIENTS_MAX];      /* they */
	uint8_t key[LMTP_RECIPIENTS_MAX][LEDGER_KEY_BYTES]; /* theirs */
};

/* Allocates what it needs. False: no memory. */
bool delivery_init(struct delivery *d);
void delivery_free(struct delivery *d);

enum delivery_end delivery_run(struct delivery *d);

#endif
