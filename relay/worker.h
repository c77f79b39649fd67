/*
 * worker.h - the process of one session: who it is, where it wants to go, then session.h
 *
 * It has the MTA's connection, the next hop's, the keeper's socket and the log, and nothing else:
 * no spool, no key, no ledger, no other session.
 */
#ifndef RELAY_WORKER_H
#define RELAY_WORKER_H

#include "relay/settings.h"

struct ssl_ctx_st;

struct worker {
	const struct relay_settings *settings;
	const struct settings_listener *listener;
	struct ssl_ctx_st *tls;
	int mta;    /* accepted */
	int keeper; /* this session's end of its socket, or -1 */
	int stop;   /* closed by the master when we shall stop */
};

/* Runs the session in this process and ends it. */
_Noreturn void worker_run(const struct worker *w);

#endif
