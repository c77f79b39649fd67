/*
 * learned-state.h - learned recipients as lines of the state file, so that they survive a restart
 *
 *	WORD ADDRESS WHEN
 *
 * The word is that of learned_word_name(), the address is xtext (RFC 3461, 4) and "@domain" for
 * all of a domain, the time is wall-clock milliseconds. Of several lines about one address the
 * last counts.
 *
 * Not here: the file (state-file.h), when to write (state-saver.h)
 */
#ifndef POLICY_LEARNED_STATE_H
#define POLICY_LEARNED_STATE_H

#include "policy/learned.h"
#include "policy/state-file.h"

/* learned must stay. */
struct state_part learned_state_part(struct learned *learned);

#endif
