/*
 * pass.h - a message that did not opt in, from its input to a sink
 *
 * Byte for byte, less Graft-Recipient and Graft-Id, as it comes: what has been read
 * goes out before more is read.
 */
#ifndef FILTER_PASS_H
#define FILTER_PASS_H

#include "filter/fields.h"
#include "filter/hold.h"
#include "filter/refusal.h"
#include "filter/sink.h"

/* The header is in h, the rest is still to come. Fields under the veto stay away, too. Ends the
 * sink. 0, or -1: REFUSED_IO. */
int pass_through(
    struct hold *h, const struct field_veto *veto, struct sink *s, struct refusal *why);

#endif
