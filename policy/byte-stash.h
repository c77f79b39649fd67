/*
 * byte-stash.h - bytes that a connection keeps for later: half a request, an answer not yet taken
 *
 * All stashes of one owner share a budget, counted in *used.
 *
 * Owns: its bytes. Not here: what they mean, what to do when there is no room
 */
#ifndef POLICY_BYTE_STASH_H
#define POLICY_BYTE_STASH_H

#include <stdbool.h>
#include <stddef.h>

struct byte_stash {
	char *bytes; /* NULL when it is empty */
	size_t len;
};

void byte_stash_drop(struct byte_stash *s, size_t *used);

/*
 * Holds exactly these bytes from now on; they may be a part of what it holds. False: out of memory,
 * or more than CONNECTION_BUFFERS_MAX altogether.
 */
bool byte_stash_set(struct byte_stash *s, size_t *used, const char *bytes, size_t len);

/* Sends what it holds; keeps what the peer does not take. False: the peer is gone. */
bool byte_stash_flush(struct byte_stash *s, size_t *used, int fd);

/* Sends these bytes; *sent says how many the peer took. False: the peer is gone. */
bool byte_stash_send(int fd, const char *bytes, size_t len, size_t *sent);

#endif
