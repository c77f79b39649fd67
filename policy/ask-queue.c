/* ask-queue.c - see ask-queue.h */
#include "policy/ask-queue.h"
#include "policy/limits.h"

#include <stdlib.h>

struct ask_primary {
	struct ask_queue *queue;
	struct address address;
	unsigned running;
	unsigned waiting;
	struct ask_turn *first;
	struct ask_turn *last;
	int64_t next_at; /* not before */
	struct loop_timer timer;
};

struct ask_queue {
	struct loop *loop;
	struct ask_primary *primaries[ASK_PRIMARIES_MAX];
	unsigned count;
	unsigned waiting;
	unsigned running;
};

struct ask_queue *
ask_queue_new(struct loop *loop)
{
	struct ask_queue *q = calloc(1, sizeof(*q));

	if (q != NULL) {
		q->loop = loop;
	}
	return q;
}

static void
primary_free(struct ask_primary *p)
{
	loop_timer_clear(p->queue->loop, &p->timer);
	free(p);
}

void
ask_queue_clear(struct ask_queue *q)
{
	while (q->count > 0) {
		primary_free(q->primaries[--q->count]);
	}
	q->waiting = q->running = 0;
}

void
ask_queue_free(struct ask_queue *q)
{
	if (q != NULL) {
		ask_queue_clear(q);
		free(q);
	}
}

static void
primary_arm(struct ask_primary *p)
{
	int64_t now = loop_now(p->queue->loop);

	if (p->first != NULL && p->timer.place == 0) {
		(void)loop_timer_set(
		    p->queue->loop, &p->timer, p->next_at > now ? p->next_at : now);
	}
}

/* The next one's turn, if it may be. */
static void
primary_go(void *context)
{
	struct ask_primary *p = context;
	struct ask_queue *q = p->queue;
	struct ask_turn *turn = p->first;

	if (turn == NULL || p->running >= ASK_PRIMARY_RUNNING_MAX) {
		return; /* whoever ends arms the timer */
	}
	p->next_at = loop_now(q->loop) + ASK_PRIMARY_GAP_MS;
	if (q->running < ASK_RUNNING_MAX) {
		p->first = turn->next;
		p->waiting--;
		q->waiting--;
		p->running++;
		q->running++;
		primary_arm(p);
		turn->go(turn->context);
	} else {
		primary_arm(p);
	}
}

static void
primaries_prune(struct ask_queue *q)
{
	for (unsigned i = 0; i < q->count;) {
		struct ask_primary *p = q->primaries[i];

		if (p->running == 0 && p->first == NULL && loop_now(q->loop) >= p->next_at) {
			primary_free(p);
			q->primaries[i] = q->primaries[--q->count];
		} else {
			i++;
		}
	}
}

static struct ask_primary *
primary_of(struct ask_queue *q, const struct address *a)
{
	struct ask_primary *p;

	for (unsigned i = 0; i < q->count; i++) {
		if (address_equal(&q->primaries[i]->address, a)) {
			return q->primaries[i];
		}
	}
	primaries_prune(q);
	p = q->count < ASK_PRIMARIES_MAX ? calloc(1, sizeof(*p)) : NULL;
	if (p != NULL) {
		p->queue = q;
		p->address = *a;
		p->timer = (struct loop_timer){.fire = primary_go, .context = p};
		q->primaries[q->count++] = p;
	}
	return p;
}

bool
ask_queue_add(struct ask_queue *q, const struct address *a, struct ask_turn *turn)
{
	struct ask_primary *p = q->waiting < ASK_WAITING_MAX ? primary_of(q, a) : NULL;

	if (p == NULL || p->waiting >= ASK_PRIMARY_WAITING_MAX) {
		return false;
	}
	turn->next = NULL;
	turn->primary = p;
	if (p->first == NULL) {
		p->first = turn;
	} else {
		p->last->next = turn;
	}
	p->last = turn;
	p->waiting++;
	q->waiting++;
	primary_arm(p);
	return true;
}

const struct address *
ask_turn_address(const struct ask_turn *turn)
{
	return &turn->primary->address;
}

void
ask_turn_end(struct ask_turn *turn)
{
	struct ask_primary *p = turn->primary;

	turn->primary = NULL;
	p->running--;
	p->queue->running--;
	primary_arm(p);
}

unsigned
ask_queue_waiting(const struct ask_queue *q)
{
	return q->waiting;
}

unsigned
ask_queue_running(const struct ask_queue *q)
{
	return q->running;
}
