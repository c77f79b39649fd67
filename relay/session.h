/*
 * session.h - the dialogue with the MTA: LMTP (RFC 2033), one session in is one session out
 *
 * The next hop is connected and has greeted before our 220; EHLO, TLS and login happen before our
 * answer to LHLO, with LHLO's name, and the answer mirrors what the next hop offers. A next hop
 * that fails there, or says 5xx, is 421 to the MTA: its trouble must never bounce anybody's mail.
 *
 * Not here: who may connect, SOCKS5 (worker.c); what becomes of a message (delivery.c)
 */
#ifndef RELAY_SESSION_H
#define RELAY_SESSION_H

#include "relay/delivery.h"
#include "relay/settings.h"
#include "relay/wire.h"

struct lmtp_session {
	/* The caller's. */
	const struct relay_settings *settings;
	const struct settings_listener *listener;
	struct wire mta;
	struct vigil vigil;
	struct hop hop;
	struct keeper_link keeper;

	/* Its own. */
	bool greeted; /* LHLO was answered */
	bool over;
	unsigned errors;
	size_t reported; /* recipients who have been answered */
	struct envelope envelope;
	struct held held;
	struct delivery delivery;
	size_t answers;
	char answer[SESSION_ANSWERS];
};

/* Runs the session to its end. The next hop's target is set; nothing is open but the MTA. */
void session_run(struct lmtp_session *s);

/* Says one line to the MTA and ends: for what fails before a session is one. */
void session_refuse(struct lmtp_session *s, const char *line);

#endif
