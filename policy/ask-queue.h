/*
 * ask-queue.h - whose turn it is to ask a mail server, and when: no server is asked in volleys
 *
 * For each address: a queue, so many at once, and a gap between two. For all: so many at once.
 *
 * Owns: the queues. Not here: what is asked
 */
#ifndef POLICY_ASK_QUEUE_H
#define POLICY_ASK_QUEUE_H

#include "policy/address.h"
#include "policy/loop.h"

struct ask_queue;
struct ask_primary;

/* One who wants to ask. The callback set before use; embedded in its owner. */
struct ask_turn {
	void (*go)(void *context);
	void *context;
	struct ask_turn *next;
	struct ask_primary *primary; /* NULL: neither waits nor asks */
};

/* NULL when out of memory. */
struct ask_queue *ask_queue_new(struct loop *loop);

void ask_queue_free(struct ask_queue *q);

/* go() is called from the loop when it may ask this address. False: too many wait already. */
bool ask_queue_add(struct ask_queue *q, const struct address *a, struct ask_turn *turn);

const struct address *ask_turn_address(const struct ask_turn *turn);

/* One that was told to go has asked. */
void ask_turn_end(struct ask_turn *turn);

/* Forgets everybody, who waits and who asks. */
void ask_queue_clear(struct ask_queue *q);

unsigned ask_queue_waiting(const struct ask_queue *q);

unsigned ask_queue_running(const struct ask_queue *q);

#endif
