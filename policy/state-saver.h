/*
 * state-saver.h - writes now and then what has changed, in a child, so that no disk holds us up
 *
 * Where nothing has changed, nothing is written. A child that fails or hangs costs one log line;
 * the data in memory is not affected, and is written with the next.
 *
 * Owns: its timer and its child. Not here: the files' format (state-file.h)
 */
#ifndef POLICY_STATE_SAVER_H
#define POLICY_STATE_SAVER_H

#include "policy/log.h"
#include "policy/loop.h"
#include "policy/state-file.h"

struct state_saver;

struct state_saver *state_saver_new(struct loop *loop, struct log *log);

/* One more part of the state; at most STATE_PARTS_MAX. Its context must stay. */
void state_saver_add(struct state_saver *s, const struct state_part *part);

/* directory NULL: nothing is written. The text must stay. */
void state_saver_configure(struct state_saver *s, const char *directory);

/* Reads what an earlier process has left, of all parts. */
void state_saver_restore(struct state_saver *s);

/* Writes here and now, for the end. */
void state_saver_finish(struct state_saver *s);

void state_saver_free(struct state_saver *s);

uint64_t state_saver_failures(const struct state_saver *s);

#endif
