/*
 * emit.h - carries a plan out: the held message and its attachments into a sink
 *
 * The message is walked through as it was when the plan was made; each event is copied, changed
 * or left out as the plan says.
 */
#ifndef FILTER_EMIT_H
#define FILTER_EMIT_H

#include "filter/attachment.h"
#include "filter/fields.h"
#include "filter/hold.h"
#include "filter/plan.h"
#include "filter/refusal.h"
#include "filter/sink.h"
#include "mime/base64.h"

/* A base64 body that is decoded, cut and encoded again. */
struct recode {
	const struct edit *edit; /* NULL: this leaf's body is copied */
	struct base64_decoder decoder;
	uint64_t at;      /* decoded bytes seen */
	size_t cut;       /* of the edit's cuts: which comes next */
	uint8_t last_raw; /* the last byte of the body as it was */
	size_t len;
	uint8_t buf[RECODE_LINES * BASE64_LINE_BYTES];
};

/* What an emission needs; the caller's. */
struct emission {
	const struct plan *plan;
	struct scan *scan;
	struct sink *sink;
	struct refusal *why;
	const struct field_veto *veto; /* set by the caller */
	size_t edit;                   /* which comes next */
	bool dropping;                 /* the body of a replaced leaf */
	bool in_html; /* the body of the HTML that a new multipart/related goes around */
	bool owes_lf; /* the attachment that was written lacks the LF of its last line */
	struct recode recode;
	struct copy_buffer buffer;
};

/* Writes the grafted message and ends the sink. 0, or -1 with the reason. */
int emit(struct emission *x, struct scan *scan, const struct plan *p, struct hold *h,
    struct sink *s, struct refusal *why);

#endif
