/*
 * delivery-state.h - one delivery while it is under way: what it works on, and what came of it
 *
 * Not here: doing it (delivery.h), its lines in the log (delivery-log.h)
 */
#ifndef RELAY_DELIVERY_STATE_H
#define RELAY_DELIVERY_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "filter/graft.h"
#include "filter/sink.h"
#include "relay/envelope.h"
#include "relay/held.h"
#include "relay/hop.h"
#include "relay/keeper-ask.h"
#include "relay/signing.h"

enum delivery_end {
	DELIVERY_DONE,    /* each recipient has his answer */
	DELIVERY_TROUBLE, /* those without an answer share `trouble` */
	DELIVERY_GONE,    /* the MTA is gone: nobody is left to answer */
};

struct delivery {
	/* The caller's, set before delivery_run(). */
	const char *listener; /* its name, for the ledger's keys */
	bool id_in_message;   /* the queue id is in Graft-Id; else in XFORWARD or Received */
	int64_t within_ms;    /* for each transaction */
	struct envelope *envelope;
	struct held *held;
	struct hop *hop;
	struct keeper_link *keeper;
	struct vigil *vigil;
	const struct relay_settings *settings;
	/* Called after answers have become known. */
	void (*report)(void *state);
	void *state;

	/* What came of it. */
	char trouble[HOP_WHY_MAX]; /* with an enhanced code: "4.4.2 ..." */
	bool uncertain;            /* a dot was said and no answer came: the session should end */

	/* Its own. */
	struct graft *graft;
	struct sink sink;
	struct signing signing;
	char queue_id[QUEUE_ID_MAX + 1];
	bool grafts;   /* the message asks for attachments */
	uint64_t size; /* bytes on the wire, of this transaction */
	int64_t began_us, planned_us;
	size_t count;                                       /* recipients of this transaction */
	struct hop_recipient *to[LMTP_RECIPIENTS_MAX];      /* they */
	uint8_t key[LMTP_RECIPIENTS_MAX][LEDGER_KEY_BYTES]; /* theirs */
};

#endif
