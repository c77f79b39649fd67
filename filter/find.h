/*
 * find.h - what a held message asks for: its Graft fields and its markers
 *
 * One walk through the message finds every marker and decides its form, and so what will be done
 * to the message: which leaves are replaced, which lines are cut out, which attachments are
 * appended, which multiparts get a new boundary for what is replaced. No token is looked at.
 *
 * Not here: proving tokens (plan.h), where what is appended goes (placing.h), carrying it out
 * (emit.h)
 */
#ifndef FILTER_FIND_H
#define FILTER_FIND_H

#include <stdbool.h>
#include <stdint.h>

#include "filter/boundary.h"
#include "filter/diagnosis.h"
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
	uint64_t from, to; /* CUT: the first byte cut, and the first that stays */
	bool soft_break;   /* CUT: quoted-printable needs a soft line break in its place */
	size_t token;      /* REPLACE: the token that stood there */
	size_t cut, cuts;  /* RECODE: which of `cut`, and how many */
};

struct decoded_cut {
	uint64_t from, to;
};

/* The first text/html leaf of the message's own text. */
struct html_leaf {
	uint64_t leaf; /* where its header begins */
	/* what a multipart around it must declare, as root_encoding */
	const char *encoding;
	size_t depth; /* multiparts around it; those that are too many have no serial here */
	uint32_t around[DEPTH_MAX]; /* their serials, the root's first */
	size_t
	    related; /* how far in the innermost multipart/related of these is, from 1; 0: none */
};

struct found_marks {
	struct graft_fields fields;
	enum scan_kind root;
	bool has_mime_version;
	/* what a new root must declare: "8bit", "binary"; NULL: nothing */
	const char *root_encoding;
	size_t edits;
	struct edit edit[GRAFTS_MAX];
	size_t cuts;
	struct decoded_cut cut[GRAFTS_MAX];
	size_t appended; /* tokens whose attachments become last parts of a multipart, in order */
	size_t append[GRAFTS_MAX];
	size_t replaced; /* EDIT_REPLACE among the edits */
	size_t depth;    /* multiparts around the deepest of these */
	size_t tokens;   /* different ones */
	uint8_t token[GRAFTS_MAX][TOKEN_CHARS];
	unsigned first_seen[GRAFTS_MAX]; /* the occurrence that brought it, from 1 */
	bool has_html;                   /* and what it is, if nobody sealed it */
	struct html_leaf html;
	struct boundaries boundaries; /* marked, not derived */
	uint8_t digest[SHA256_BYTES]; /* SHA-256 of the message */
};

/* What a search needs; the caller's. */
struct finder {
	struct found_marks *to;
	struct scan *scan;
	struct refusal *why;
	struct marker_search search;
	bool searching;
	uint64_t found;             /* marker occurrences */
	uint64_t leaf_at;           /* where the leaf's header begins */
	struct diagnosis diagnosis; /* of too few */
	bool appends[GRAFTS_MAX];   /* of a token: by a line, where once is enough */
};

/* Searches a wholly held message that opts in. 0, or -1 with the reason. */
int find_markers(struct finder *finder, struct scan *scan, struct hold *h, struct found_marks *to,
    struct refusal *why);

#endif
