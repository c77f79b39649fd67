/*
 * diagnosis.h - why a message has fewer markers than it says: a second look at it
 *
 * The first look (find.h) takes what is a marker and is made to be fast. When the count is too
 * low, the message is refused, and its author wants to know which marker was missed. This look
 * reads all of it, inert places too, and names the part, the line and the mistake.
 *
 * Not here: the refusal itself; what is a marker (mime/marker.h)
 */
#ifndef FILTER_DIAGNOSIS_H
#define FILTER_DIAGNOSIS_H

#include "filter/hold.h"
#include "filter/refusal.h"
#include "mime/lookalike.h"
#include "mime/marker.h"
#include "mime/mention.h"
#include "mime/scan.h"

/* What a second look needs; the caller's. */
struct diagnosis {
	const struct scan *scan;
	struct refusal *why;
	enum { DIAGNOSED_NOT, DIAGNOSED_TEXT, DIAGNOSED_INERT, DIAGNOSED_MARKER } found;
	/* what a marker in the place that is being read would be; NEAR_NOTHING: perhaps a good one
	 */
	enum near_reason inert;
	char encoding[NEAR_ENCODING_MAX];
	struct marker_search *markers;
	struct lookalike_search looks;
	struct mention_search mentions;
	bool mentioned;
};

/*
 * Looks at a wholly held message and sets why->near, part, line and encoding to the first mistake
 * that it finds, one that is about a marker before others; or leaves them. `markers` is memory.
 */
void diagnose(struct diagnosis *d, struct marker_search *markers, struct scan *scan, struct hold *h,
    struct refusal *why);

#endif
