/*
 * listener-set.h - all sockets that are listened on, as the configuration wants them
 *
 * A reload opens what is new first (listener_set_open), and closes what is no longer wanted only
 * when nothing can fail any more (listener_set_settle); listener_set_cancel undoes the opening.
 *
 * When descriptors run out, the owner is asked to make room; when it cannot, accepting pauses for
 * a moment, and those who connect wait in the backlog.
 *
 * Owns: the listening sockets. Not here: one socket's making (listener.h), connections
 */
#ifndef POLICY_LISTENER_SET_H
#define POLICY_LISTENER_SET_H

#include "policy/config.h"
#include "policy/loop.h"

enum listener_face { LISTENER_POLICY, LISTENER_CONTROL, LISTENER_METRICS };

struct listener_set;

struct listener_owner {
	/* No more connections of an MTA can be served now. */
	bool (*is_full)(void *context);
	/* Closes a connection that nobody needs. False: there is none. */
	bool (*make_room)(void *context);
	/* Takes an accepted descriptor over. */
	void (*take)(void *context, enum listener_face face, int fd);
	void *context;
};

/* NULL when out of memory. */
struct listener_set *listener_set_new(struct loop *loop, const struct listener_owner *owner);

void listener_set_free(struct listener_set *s);

/* Opens what a configuration needs beyond what is open. False, error set: nothing has changed. */
bool listener_set_open(struct listener_set *s, const struct config *c, char *error);

/* After listener_set_open(): closes what that configuration does not want. */
void listener_set_settle(struct listener_set *s);

/* After listener_set_open(): closes what it has opened. */
void listener_set_cancel(struct listener_set *s);

#endif
