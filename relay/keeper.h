/*
 * keeper.h - the second process: it holds spool, keys and ledger, and no connection to any network
 *
 * One keeper serves all sessions, each over a socket of its own, one question at a time. A session
 * gets the blob of a token that it can show, a secret of a key that it has proved a token of, the
 * ledger's word about a key that it can name, and a DKIM signature of a digest: it cannot list or
 * guess any of them, and never sees a key.
 *
 * Where the keeper ends, sessions refuse for now, and the master starts another.
 *
 * Owns:     the spool, the ledger, the DKIM keys
 * Not here: the questions of a session (keeper-ask.h)
 */
#ifndef RELAY_KEEPER_H
#define RELAY_KEEPER_H

#include <stdint.h>

#include "relay/settings.h"

/*
 * Runs the keeper in this process until `control` is closed and the last session is over. Over
 * `control` come keeper_order messages; the first message that goes back says that it is ready.
 * Returns an exit status.
 */
int keeper_run(const struct relay_settings *s, int control);

/* What the master sends. */
enum keeper_order_kind {
	KEEPER_SESSION,    /* with the keeper's end of a session's socket */
	KEEPER_KEYS_BEGIN, /* the DKIM keys of a configuration follow */
	KEEPER_KEYS_ADD,   /* with the open file of one */
	KEEPER_KEYS_END,
};

struct keeper_order {
	enum keeper_order_kind kind;
	uint32_t id; /* of the session, not 0 */
	char domain[DKIM_DOMAIN_MAX + 1], selector[DKIM_DOMAIN_MAX + 1];
};

struct keeper_ready {
	int exit; /* 0: ready; else the status it ends with */
	char why[512];
};

#endif
