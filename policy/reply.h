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

enum reply_kind {
	REPLY_OK,
	REPLY_DUNNO,
	REPLY_REFUSE,    /* 554 5.7.1 text */
	REPLY_TEMPORARY, /* 450 4.7.1 text */
};

/* Writes at most REPLY_MAX bytes, not NUL-terminated, and returns how many. */
size_t reply_write(char *bytes, enum reply_kind kind, const char *text);

#endif
