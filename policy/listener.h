/*
 * listener.h - listening sockets: opened from an endpoint, or inherited from systemd
 *
 * A UNIX socket gets its mode, owner and group before it is reachable under its name. A socket
 * left behind by a dead process is replaced; one that is alive is not.
 *
 * Returns: a descriptor, or -errno with the call that failed in *what
 */
#ifndef POLICY_LISTENER_H
#define POLICY_LISTENER_H

#include "policy/endpoint.h"

int listener_open(const struct endpoint *e, const char **what);

/*
 * 0 where listener_open() would make the socket, or would only find it in use; else as it. Leaves
 * nothing behind, and no daemon notices.
 */
int listener_check(const struct endpoint *e, const char **what);

/* A socket passed by systemd for this endpoint, or -1. Call once per endpoint. */
int listener_inherit(const struct endpoint *e);

#endif
