/*
 * plan.h - what will be done to a held message, decided before the first byte goes out
 *
 * One pass of the scanner finds every marker; then every token is verified and
 * every blob opened. A plan that exists can fail only by what happens while it
 * is carried out.
 *
 * Owns:    the blobs' descriptors
 * Not here: carrying it out (emit.h)
 */
#ifndef FILTER_PLAN_H
#define FILTER_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "filter/attachment.h"
#include "filter/boundary.h"
#include "filter/fields.h"
#include "filter/hold.h"
#include "filter/refusal.h"
#include "mime/marker.h"
#include "mime/scan.h"

enum edit_kind {
	EDIT_REPLACE, /* a leaf, header and body, by an attachment */
	EDIT_CUT,     /* a line of a body as it stands in the message */
	EDIT_RECODE,  /* a base64 body: cuts in what it decodes to */
};

/* Edits are in the order of the message. */
struct edit {
	enum edit_kind kind;
	uint64_t leaf;     /* where the leaf's header begins */
	uint64_t from, to; /* CUT: the first byte cut, and behind the last */
	bool soft_break;   /* CUT: quoted-printable needs a soft line break in its place */
	size_t attachment; /* REPLACE: which */
	size_t cut, cuts;  /* RECODE: which of plan->cut, how many */
};

struct decoded_cut {
	uint64_t from, to;
};

struct plan {
	enum scan_kind root;
	bool has_mime_version;
	/* what a new root must declare: "8bit", "binary"; NULL: nothing */
	const char *root_encoding;
	bool wrap; /* a new multipart/mixed goes around the root */
	struct fields fields;
	size_t edits;
	struct edit edit[GRAFTS_MAX];
	size_t cuts;
	struct decoded_cut cut[GRAFTS_MAX];
	size_t appended; /* attachments that become last parts of the root, in order */
	size_t append[GRAFTS_MAX];
	size_t attachments; /* one a token, whatever its occurrences */
	struct attachment attachment[GRAFTS_MAX];
	struct boundaries boundaries;
};

/* Options of a run. */
struct plan_options {
	const struct spool *spool;
	uint32_t now; /* EXPIRY_UNITs since 1970 */
	/* instead of what the message says; NULL: what it says */
	const struct recipient *recipient;
};

/* Makes the plan for a wholly held message that opts in. 0, or -1 with the reason. */
int plan_make(struct plan *p, struct hold *h, const struct plan_options *o, struct refusal *why);

/* Closes the blobs. */
void plan_end(struct plan *p);

#endif
