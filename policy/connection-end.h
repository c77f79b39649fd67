/*
 * connection-end.h - why a connection was closed, and the word for it in the log and the metrics
 */
#ifndef POLICY_CONNECTION_END_H
#define POLICY_CONNECTION_END_H

#define CONNECTION_ENDS(X) \
	X(DONE, "done") /* the peer's wish, or after a half-closed one's answer */ \
	X(MALFORMED, "malformed") \
	X(TOO_LONG, "too_long") \
	X(HALF, "half_request") \
	X(SLOW_REQUEST, "slow_request") \
	X(SLOW_READER, "slow_reader") \
	X(IDLE, "idle") \
	X(EVICTED, "evicted") \
	X(NO_MEMORY, "no_memory") \
	X(BROKEN, "broken")

enum connection_close {
#define X(name, word) CONNECTION_##name,
	CONNECTION_ENDS(X)
#undef X
	    CONNECTION_CLOSES
};

const char *connection_close_name(enum connection_close why);

#endif
