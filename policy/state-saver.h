/*
 * state-saver.h - writes the state file now and then, in a child, so that no disk holds us up
 *
 * A child that fails or hangs costs one log line; the data in memory is not affected.
 *
 * Owns: its timer and its child. Not here: the file's format (state-file.h)
 */
#ifndef POLICY_STATE_SAVER_H
#define POLICY_STATE_SAVER_H

#include "policy/log.h"
#include "policy/loop.h"
#include "policy/resolver.h"

struct state_saver;

struct state_saver *state_saver_new(struct loop *loop, struct log *log, struct resolver *resolver);

/* directory NULL: nothing is written. The text must stay. */
void state_saver_configure(struct state_saver *s, const char *directory);

/* Reads what an earlier process has left. */
void state_saver_restore(struct state_saver *s, int64_t max_age_ms);

/* Writes here and now, for the end. */
void state_saver_finish(struct state_saver *s);

void state_saver_free(struct state_saver *s);

uint64_t state_saver_failures(const struct state_saver *s);

#endif
