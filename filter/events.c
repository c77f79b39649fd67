/*
 * events.c - see events.h
 */
#include "filter/events.h"

void
events_begin(struct events *e, struct hold *hold, struct scan *scan, struct sha256 *digest)
{
	*e = (struct events){.hold = hold, .scan = scan, .digest = digest};
	scan_begin(scan);
}

int
events_next(struct events *e, enum scan_event *event_r, struct refusal *why)
{
	while ((*event_r = scan_next(e->scan)) == SCAN_MORE) {
		const uint8_t *chunk;
		ssize_t n = hold_read(e->hold, e->at, &chunk, why);

		if (n < 0) {
			return -1;
		}
		if (n == 0) {
			scan_eof(e->scan);
			continue;
		}
		if (e->digest != NULL) {
			sha256_add(e->digest, chunk, (size_t)n);
		}
		scan_feed(e->scan, chunk, (size_t)n);
		e->at += (uint64_t)n;
	}
	return 0;
}
