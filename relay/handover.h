/*
 * handover.h - messages with a descriptor between two processes (unix(7), SOCK_SEQPACKET)
 */
#ifndef RELAY_HANDOVER_H
#define RELAY_HANDOVER_H

#include <stddef.h>
#include <sys/types.h>

/* A pair of connected sockets, close-on-exec. 0, or -errno. */
int handover_pair(int ends[2]);

/* Sends a message and, where fd is not -1, a copy of the descriptor. 0, or -errno. */
int handover_send(int socket, const void *message, size_t len, int fd, int flags);

/*
 * Receives a message. Returns its length, 0 at the end, or -errno; -EMSGSIZE: it is longer than
 * len. *fd_r: the descriptor, which is the caller's, or -1.
 */
ssize_t handover_receive(int socket, void *message, size_t len, int *fd_r, int flags);

#endif
