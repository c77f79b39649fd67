/*
 * plan.c - see plan.h
 */
#include "filter/plan.h"

#include <unistd.h>

_Static_assert((int)GRAFTS_MAX == (int)FORMAT_ATTACHMENTS_MAX, "a spool's own limit is lower");

/* How many attachments the finished message will have, against what the spool allows. */
static int
check_attachments(const struct plan *p, const struct prover *prover, struct refusal *why)
{
	uint64_t limit = prover->limits.attachments;
	uint64_t added = p->found.appended + p->found.replaced;

	if (limit == 0 || added <= limit) {
		return 0;
	}
	why->wanted = limit;
	why->found = added;
	return refuse(why, REFUSED_ATTACHMENTS);
}

/* The message names its recipient, but in a form that is no address. */
static bool
is_unreadable(const struct plan *p, const struct recipient *to)
{
	return to == &p->found.fields.recipient && p->found.fields.recipient_unreadable;
}

static int
prove_all(
    struct plan *p, const struct prover *prover, const struct recipient *to, struct refusal *why)
{
	for (size_t i = 0; i < p->found.tokens; i++) {
		why->token = p->found.first_seen[i];
		if (prover->prove(prover->state, p->found.token[i], to, &p->attachment[i], why) <
		    0) {
			if (why->reason == REFUSED_TOKEN_NO_RECIPIENT && is_unreadable(p, to)) {
				why->reason = REFUSED_RECIPIENT_FIELD;
			}
			return -1;
		}
		p->attachments++;
	}
	why->token = 0;
	why->entry[0] = '\0';
	return 0;
}

/* The key of the last token is as good as any, and the same at each retry. */
static int
derive_boundaries(struct plan *p, const struct prover *prover, struct refusal *why)
{
	uint8_t secret[SHA256_BYTES];

	if (prover->secret(prover->state, p->attachment[p->attachments - 1].token.key_id,
	        p->found.digest, secret, why) < 0) {
		return -1;
	}
	boundaries_derive(&p->found.boundaries, secret);
	return 0;
}

int
plan_prove(
    struct plan *p, const struct prover *prover, const struct recipient *to, struct refusal *why)
{
	plan_end(p);
	to = to != NULL ? to : &p->found.fields.recipient;
	if (check_attachments(p, prover, why) < 0 || prove_all(p, prover, to, why) < 0 ||
	    placing_decide(&p->placing, &p->found, p->attachment, why) < 0 ||
	    derive_boundaries(p, prover, why) < 0) {
		plan_end(p);
		return -1;
	}
	return 0;
}

bool
plan_is_bound(const struct plan *p)
{
	for (size_t i = 0; i < p->attachments; i++) {
		if (p->attachment[i].token.bound) {
			return true;
		}
	}
	return false;
}

void
plan_end(struct plan *p)
{
	for (size_t i = 0; i < p->attachments; i++) {
		close(p->attachment[i].fd);
	}
	p->attachments = 0;
}
