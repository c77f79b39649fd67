/*
 * events.h - a held message as the events of its scanner
 *
 * The one loop that reads a message. Planning and emitting both use it, so both see the same.
 */
#ifndef FILTER_EVENTS_H
#define FILTER_EVENTS_H

#include "filter/hold.h"
#include "filter/refusal.h"
#include "mime/scan.h"
#include "spool/hmac.h"

struct events {
	struct hold *hold;
	struct scan *scan;     /* the caller's; tells about the event */
	struct sha256 *digest; /* takes in all that is read; NULL: nobody needs it */
	uint64_t at;           /* bytes that were read */
};

void events_begin(struct events *e, struct hold *hold, struct scan *scan, struct sha256 *digest);

/* The next event, never SCAN_MORE. 0, or -1: the message could not be read. */
int events_next(struct events *e, enum scan_event *event_r, struct refusal *why);

#endif
