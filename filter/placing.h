/*
 * placing.h - where the attachments go that are appended (DESIGN.md, Where)
 *
 * If an entry has a Content-ID, it is put next to the first HTML part of the message's own text:
 * in the multipart/related that encloses this part, or in a new one (RFC 2387). All other entries
 * are added at the end of the root multipart/mixed, or of a new one around the root.
 *
 * Pure. Not here: what is replaced in place (find.h); writing it (emit.h)
 */
#ifndef FILTER_PLACING_H
#define FILTER_PLACING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/find.h"
#include "filter/prover.h"
#include "filter/refusal.h"

struct placing {
	/* of a token that is appended: its attachment goes beside the HTML */
	bool beside_html[GRAFTS_MAX];
	size_t in_related, in_root; /* how many go there */
	bool wrap_html;             /* a new multipart/related goes around the HTML */
	bool wrap_root;             /* a new multipart/mixed goes around the root */
	uint32_t joined; /* the serial of the multipart/related that is joined; 0: none */
};

/*
 * Decides, and marks the multiparts that get a new boundary for it. `attachment` are the proofs of
 * found->token. 0, or -1: REFUSED_DEPTH, REFUSED_TOO_MANY_BOUNDARIES.
 */
int placing_decide(struct placing *to, struct found_marks *found, const struct proof *attachment,
    struct refusal *why);

/* Whether the attachment found->append[i] goes to where `related` says. */
static inline bool
placing_is(const struct placing *p, const struct found_marks *found, size_t i, bool related)
{
	return p->beside_html[found->append[i]] == related;
}

#endif
