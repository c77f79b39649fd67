/*
 * dial.h - a TCP connection to one of several addresses, tried in order
 *
 * Not here: names (resolve.h)
 */
#ifndef RELAY_DIAL_H
#define RELAY_DIAL_H

#include <stddef.h>

#include "relay/settings.h"
#include "relay/vigil.h"
#include "relay/wire.h"

/*
 * Connects, CONNECT_MS for each address. Returns a non-blocking descriptor and which address it
 * was; or -1 with *status_r, and `why` (cap bytes) about the last one that was tried. `source`: our
 * address to use where it has the family of the next hop's; NULL or len 0: any.
 */
int dial(const struct settings_address *to, unsigned count, const struct settings_address *source4,
    const struct settings_address *source6, struct vigil *vigil, unsigned *which_r,
    enum wire_status *status_r, char *why, size_t cap);

/* "203.0.113.25" of an address; at least 46 bytes. */
void dial_text(const struct settings_address *a, char *text, size_t cap);

#endif
