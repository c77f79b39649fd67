/*
 * plan.h - what will be done to a held message, decided before the first byte goes out
 *
 * What the message asks for (find.h) together with the proof of each token. A plan that exists
 * can fail only by what happens while it is carried out.
 *
 * Owns:    the blobs' descriptors
 * Not here: carrying it out (emit.h)
 */
#ifndef FILTER_PLAN_H
#define FILTER_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "filter/find.h"
#include "filter/placing.h"
#include "filter/prover.h"
#include "filter/refusal.h"

struct plan {
	struct found_marks found;
	size_t attachments; /* proved: one for each of found.token */
	struct proof attachment[GRAFTS_MAX];
	struct placing placing;
};

/*
 * Proves what was found (p->found), for `to`, or, where that is NULL, for the recipient that the
 * message names. Closes the blobs of the plan before. 0, or -1 with the reason.
 */
int plan_prove(
    struct plan *p, const struct prover *prover, const struct recipient *to, struct refusal *why);

/* Whether a token is bound to a recipient. */
bool plan_is_bound(const struct plan *p);

/* Closes the blobs. */
void plan_end(struct plan *p);

#endif
