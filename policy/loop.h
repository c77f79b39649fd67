/*
 * loop.h - the one thread's event loop: epoll and timers
 *
 * A source or a timer is embedded in its owner, who removes it before it goes away; after
 * that it is never called again, not even in the same turn.
 *
 * Owns: the epoll descriptor and the timer heap. Not here: what any of it is for
 */
#ifndef POLICY_LOOP_H
#define POLICY_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

struct loop;

struct loop_source {
	int fd;
	uint32_t events;
	void (*ready)(void *context, uint32_t events);
	void *context;
};

struct loop_timer {
	int64_t at;
	size_t place; /* in the heap, from 1; 0: not armed */
	void (*fire)(void *context);
	void *context;
};

struct loop *loop_new(void);

/* For tests: a clock in milliseconds that never goes back. */
struct loop *loop_new_with_clock(int64_t (*clock)(void));

void loop_free(struct loop *l);

/* 0 or -errno. fd and callback are set by the caller. */
int loop_add(struct loop *l, struct loop_source *s, uint32_t events);

void loop_change(struct loop *l, struct loop_source *s, uint32_t events);

/* With EPOLLET: reports what is there now once more, as loop_change() does where it changes
 * anything. */
void loop_again(struct loop *l, struct loop_source *s);

void loop_remove(struct loop *l, struct loop_source *s);

/* Milliseconds, never going back; suspended time counts. */
int64_t loop_now(const struct loop *l);

/* Arms or moves. 0 or -ENOMEM. */
int loop_timer_set(struct loop *l, struct loop_timer *t, int64_t at);

void loop_timer_clear(struct loop *l, struct loop_timer *t);

/* Called after every turn. */
void loop_after_turn(struct loop *l, void (*call)(void *context), void *context);

/* One turn: waits at most so long. 0 or -errno. */
int loop_turn(struct loop *l, int64_t wait_ms);

/* Until loop_stop(). 0 or -errno. */
int loop_run(struct loop *l);

void loop_stop(struct loop *l);

#endif
