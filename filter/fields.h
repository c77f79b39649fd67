/*
 * fields.h - the message's own Graft fields: does it opt in, and to what
 * (DESIGN.md, Opting in)
 *
 * Pure. Works on the top-level header as bytes.
 */
#ifndef FILTER_FIELDS_H
#define FILTER_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/limits.h"
#include "filter/refusal.h"
#include "spool/recipient.h"
#include "spool/token.h"

/* Whether a header has a `Graft` or a `Graft-Attach` field. A header that does not parse is read as
 * far as it does. */
bool fields_opt_in(const uint8_t *header, size_t len);

struct graft_fields {
	/* what `Graft` says; where there is none, the tokens in `Graft-Attach` */
	unsigned count;
	size_t tokens;
	/* of `Graft-Attach`, in order; as long as a token, no more is known */
	uint8_t token[GRAFTS_MAX][TOKEN_CHARS];
	struct recipient recipient; /* of `Graft-Recipient` */
	bool recipient_unreadable;  /* which matters only to a bound token */
};

/* Reads them. 0, or -1 with the reason. */
int fields_read(const uint8_t *header, size_t len, struct graft_fields *f, struct refusal *why);

struct field;

/* Whether the filter takes this top-level field away from a message that opted in. */
bool fields_is_ours(const struct field *f);

/* Top-level fields that are to stay away besides: those of which `drop` says so. NULL: none. */
struct field_veto {
	bool (*drop)(void *state, const struct field *f);
	void *state;
};
bool fields_is_vetoed(const struct field_veto *veto, const struct field *f);

#endif
