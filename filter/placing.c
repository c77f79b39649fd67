/*
 * placing.c - see placing.h
 */
#include "filter/placing.h"

_Static_assert((int)HOLD_MAX < (int)BOUNDARY_RELATED_SERIAL, "no message has so many multiparts");

/* Marks the outermost `depth` multiparts around the HTML. */
static int
mark_around(struct found_marks *found, size_t depth, struct refusal *why)
{
	for (size_t d = 0; d < depth; d++) {
		if (boundaries_mark(&found->boundaries, found->html.around[d]) < 0) {
			return refuse(why, REFUSED_TOO_MANY_BOUNDARIES);
		}
	}
	return 0;
}

static int
mark(struct found_marks *found, uint32_t serial, struct refusal *why)
{
	return boundaries_mark(&found->boundaries, serial) < 0
	    ? refuse(why, REFUSED_TOO_MANY_BOUNDARIES)
	    : 0;
}

/* The multiparts around what goes beside the HTML. */
static size_t
related_depth(const struct placing *to, const struct html_leaf *html)
{
	if (to->in_related == 0) {
		return 0;
	}
	return html->related > 0 ? html->related : html->depth + 1;
}

static int
place_related(struct placing *to, struct found_marks *found, struct refusal *why)
{
	const struct html_leaf *html = &found->html;

	if (html->related > 0) {
		to->joined = html->around[html->related - 1];
		return mark_around(found, html->related, why);
	}
	to->wrap_html = true;
	return mark_around(found, html->depth, why) < 0 ? -1
	                                                : mark(found, BOUNDARY_RELATED_SERIAL, why);
}

int
placing_decide(struct placing *to, struct found_marks *found, const struct proof *attachment,
    struct refusal *why)
{
	size_t depth;

	to->in_related = to->in_root = 0;
	to->wrap_html = false;
	to->joined = 0;
	for (size_t i = 0; i < found->appended; i++) {
		size_t token = found->append[i];

		to->beside_html[token] = found->has_html && attachment[token].entry.cid_len > 0;
		*(to->beside_html[token] ? &to->in_related : &to->in_root) += 1;
	}
	to->wrap_root = to->in_root > 0 && found->root != SCAN_MIXED;
	depth = related_depth(to, &found->html);
	depth = depth > found->depth ? depth : found->depth;
	if (depth + to->wrap_root > DEPTH_MAX) {
		return refuse(why, REFUSED_DEPTH);
	}
	if (to->in_related > 0 && place_related(to, found, why) < 0) {
		return -1;
	}
	if (to->in_root == 0) {
		return 0;
	}
	/* An old root that is a multipart is written anew, too: in a new one some parsers no longer
	 * find delimiters that they found while it was the root. */
	if ((!to->wrap_root || scan_is_multipart(found->root)) &&
	    mark(found, SCAN_ROOT_SERIAL, why) < 0) {
		return -1;
	}
	return to->wrap_root ? mark(found, BOUNDARY_WRAP_SERIAL, why) : 0;
}
