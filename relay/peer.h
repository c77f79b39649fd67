/*
 * peer.h - which user is at the other end of a local connection
 */
#ifndef RELAY_PEER_H
#define RELAY_PEER_H

#include <sys/types.h>

/*
 * The uid of the process that connected `fd`: by SO_PEERCRED on a UNIX socket, by sock_diag(7) on
 * loopback TCP. 0, or -errno; -ENOENT: nobody in this network namespace has that socket.
 */
int peer_uid(int fd, uid_t *uid_r);

#endif
