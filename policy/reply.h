/*
 * reply.h - the one place where an answer to an MTA becomes bytes
 *
 * "action=WORDS", LF, LF. Never an empty action and never digits alone, since Postfix takes
 * both for a permission; no CR, no other control byte, no byte beyond ASCII.
 */
#ifndef POLICY_REPLY_H
#define POLICY_REPLY_H

#include "policy/limits.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Every kind of reply, once: its name, what Postfix gets, what the log and the metrics call it,
 * and the code that Exim's ACL makes of it. A kind with a code of Exim's carries a text.
 */
#define REPLIES(X) \
	X(OK, "action=OK", "OK", "ok", NULL) \
	X(DUNNO, "action=DUNNO", "DUNNO", "dunno", NULL) \
	X(REFUSE, "action=554 5.7.1 ", "554", "refuse", "550") \
	X(NO_USER, "action=550 5.1.1 ", "550", "no-user", "550") \
	X(TEMPORARY, "action=450 4.7.1 ", "450", "temporary", "451")

enum reply_kind {
#define X(name, wire, logged, metric, exim) REPLY_##name,
	REPLIES(X)
#undef X
	    REPLY_KINDS
};

/* Writes at most REPLY_MAX bytes, not NUL-terminated, and returns how many. */
size_t reply_write(char *bytes, enum reply_kind kind, const char *text);

/* "554", as the log says it. */
const char *reply_log_word(enum reply_kind kind);

/* "refuse", as the metrics say it. */
const char *reply_metric_word(enum reply_kind kind);

/* "550", or NULL for a kind that carries no text. */
const char *reply_exim_code(enum reply_kind kind);

#endif
