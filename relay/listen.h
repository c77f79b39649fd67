/*
 * listen.h - the listening sockets: taken over from systemd, or opened here
 */
#ifndef RELAY_LISTEN_H
#define RELAY_LISTEN_H

#include <stddef.h>

#include "relay/settings.h"

/* Whether a listening descriptor is the one that the listener names. */
bool listen_is(int fd, const struct settings_listener *l);

/*
 * Opens a listener: a UNIX socket is the peer's alone (mode 0600, given to the peer where we may),
 * in place of what another relay has left there. Returns the descriptor, or -1 with the reason.
 */
int listen_open(const struct settings_listener *l, char *why, size_t cap);

#endif
