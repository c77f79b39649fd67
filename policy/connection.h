/*
 * connection.h - one MTA's connection: requests in, answers out, in order
 *
 * States: reading; waiting for facts (nothing is read meanwhile); writing what the peer has not
 * taken yet. The end of the peer's stream is no abort: what was asked is answered, then the
 * connection is closed, which is all that Exim's readsocket needs. Postfix keeps connections
 * idle for an hour and more; those stay.
 *
 * Closed, with one log line: a request that is malformed, too long or never ends, half a
 * request and the end, an answer that nobody reads.
 *
 * Owns: its socket, timer and buffers. Not here: listening (server.h), judging (engine.h)
 */
#ifndef POLICY_CONNECTION_H
#define POLICY_CONNECTION_H

#include "policy/connection-end.h"
#include "policy/engine.h"
#include "policy/loop.h"

struct connection;

/* All connections; the first is the one unused longest. */
struct connection_set {
	struct loop *loop;
	struct engine *engine;
	struct connection *oldest;
	struct connection *newest;
	unsigned count;
	unsigned waiting;
	size_t buffered;
	uint64_t accepted;
	uint64_t closed[CONNECTION_CLOSES];
};

/* Takes the descriptor over, and reads at once what is there already. */
void connection_open(struct connection_set *set, int fd);

/* Closes the one that has been idle longest. False when none is idle. */
bool connection_evict(struct connection_set *set);

/* Judges everything that waits anew: the configuration has changed. */
void connection_reconsider(struct connection_set *set);

void connection_close_all(struct connection_set *set);

#endif
