/*
 * emit.h - carries a plan out: the held message and its attachments into a sink
 *
 * The scanner that made the plan runs again; each event is copied, changed or
 * left out as the plan says.
 */
#ifndef FILTER_EMIT_H
#define FILTER_EMIT_H

#include "filter/hold.h"
#include "filter/plan.h"
#include "filter/refusal.h"
#include "filter/sink.h"

/* Writes and flushes. 0, or -1 with the reason. */
int emit(const struct plan *p, struct hold *h, struct sink *s, struct refusal *why);

#endif
