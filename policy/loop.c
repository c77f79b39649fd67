/* loop.c - see loop.h */
#include "policy/loop.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "policy/limits.h"

struct loop {
	int epoll;
	int64_t (*clock)(void);
	bool stop;
	bool firing;
	int64_t now;
	struct epoll_event batch[LOOP_BATCH];
	int batch_count;
	int batch_at;
	struct loop_timer **heap; /* from 1 */
	size_t heap_count;
	size_t heap_room;
	void (*after)(void *context);
	void *after_context;
};

static int64_t
clock_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

struct loop *
loop_new(void)
{
	return loop_new_with_clock(clock_ms);
}

struct loop *
loop_new_with_clock(int64_t (*clock)(void))
{
	struct loop *l = calloc(1, sizeof(*l));

	if (l == NULL) {
		return NULL;
	}
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll < 0) {
		free(l);
		return NULL;
	}
	l->clock = clock;
	l->now = clock();
	return l;
}

void
loop_free(struct loop *l)
{
	if (l != NULL) {
		close(l->epoll);
		free(l->heap);
		free(l);
	}
}

int
loop_add(struct loop *l, struct loop_source *s, uint32_t events)
{
	struct epoll_event e = {.events = events, .data.ptr = s};

	s->events = events;
	return epoll_ctl(l->epoll, EPOLL_CTL_ADD, s->fd, &e) == 0 ? 0 : -errno;
}

void
loop_again(struct loop *l, struct loop_source *s)
{
	struct epoll_event e = {.events = s->events, .data.ptr = s};

	if (epoll_ctl(l->epoll, EPOLL_CTL_MOD, s->fd, &e) != 0) {
		assert(!"epoll_ctl on a source that was never added");
	}
}

void
loop_change(struct loop *l, struct loop_source *s, uint32_t events)
{
	if (s->events != events) {
		s->events = events;
		loop_again(l, s);
	}
}

void
loop_remove(struct loop *l, struct loop_source *s)
{
	(void)epoll_ctl(l->epoll, EPOLL_CTL_DEL, s->fd, NULL);
	for (int i = l->batch_at; i < l->batch_count; i++) {
		if (l->batch[i].data.ptr == s) {
			l->batch[i].data.ptr = NULL;
		}
	}
}

int64_t
loop_now(const struct loop *l)
{
	return l->now;
}

static void
heap_put(struct loop *l, size_t place, struct loop_timer *t)
{
	l->heap[place] = t;
	t->place = place;
}

/* Lets the timer at a place find its level. */
static void
heap_settle(struct loop *l, size_t place, struct loop_timer *t)
{
	while (place > 1 && l->heap[place / 2]->at > t->at) {
		heap_put(l, place, l->heap[place / 2]);
		place /= 2;
	}
	for (;;) {
		size_t child = place * 2;

		if (child < l->heap_count && l->heap[child + 1]->at < l->heap[child]->at) {
			child++;
		}
		if (child > l->heap_count || l->heap[child]->at >= t->at) {
			break;
		}
		heap_put(l, place, l->heap[child]);
		place = child;
	}
	heap_put(l, place, t);
}

int
loop_timer_set(struct loop *l, struct loop_timer *t, int64_t at)
{
	/* What is set while timers fire comes in a later turn: sockets have theirs between. */
	t->at = l->firing && at <= l->now ? l->now + 1 : at;
	if (t->place == 0) {
		if (l->heap_count + 2 > l->heap_room) {
			size_t room = l->heap_room == 0 ? 64 : l->heap_room * 2;
			struct loop_timer **heap = reallocarray(
			    l->heap, room, sizeof(struct loop_timer *));

			if (heap == NULL) {
				return -ENOMEM;
			}
			l->heap = heap;
			l->heap_room = room;
		}
		t->place = ++l->heap_count;
	}
	heap_settle(l, t->place, t);
	return 0;
}

void
loop_timer_clear(struct loop *l, struct loop_timer *t)
{
	size_t place = t->place;
	struct loop_timer *last;

	if (place == 0) {
		return;
	}
	t->place = 0;
	last = l->heap[l->heap_count--];
	if (last != t) {
		heap_settle(l, place, last);
	}
}

void
loop_after_turn(struct loop *l, void (*call)(void *context), void *context)
{
	l->after = call;
	l->after_context = context;
}

static void
loop_fire_timers(struct loop *l)
{
	l->firing = true;
	while (l->heap_count > 0 && l->heap[1]->at <= l->now) {
		struct loop_timer *t = l->heap[1];

		loop_timer_clear(l, t);
		t->fire(t->context); /* t may be gone now */
	}
	l->firing = false;
}

int
loop_turn(struct loop *l, int64_t wait_ms)
{
	if (l->heap_count > 0 && l->heap[1]->at - l->now < wait_ms) {
		wait_ms = l->heap[1]->at > l->now ? l->heap[1]->at - l->now : 0;
	}
	l->batch_count = epoll_wait(l->epoll, l->batch, LOOP_BATCH, (int)wait_ms);
	l->now = l->clock();
	if (l->batch_count < 0) {
		l->batch_count = 0;
		if (errno != EINTR) {
			return -errno;
		}
	}
	for (l->batch_at = 0; l->batch_at < l->batch_count;) {
		struct epoll_event *e = &l->batch[l->batch_at++];
		struct loop_source *s = e->data.ptr;

		if (s != NULL) {
			s->ready(s->context, e->events);
		}
	}
	l->batch_count = 0;
	loop_fire_timers(l);
	if (l->after != NULL) {
		l->after(l->after_context);
	}
	return 0;
}

int
loop_run(struct loop *l)
{
	int ret = 0;

	l->stop = false;
	while (!l->stop && ret == 0) {
		ret = loop_turn(l, (int64_t)60 * 1000);
	}
	return ret;
}

void
loop_stop(struct loop *l)
{
	l->stop = true;
}
