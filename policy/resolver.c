/* resolver.c - see resolver.h */
#include "policy/resolver.h"
#include "policy/dns-transport.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* Ties a waiter to a query; in a list of each. */
struct resolver_link {
	struct resolver_waiter *waiter;
	struct dns_query *query;
	struct resolver_link *waiter_next;
	struct resolver_link *query_next;
	struct resolver_link *query_previous;
};

struct dns_query {
	struct resolver *resolver;
	struct dns_entry *entry;
	struct resolver_link *links;
	struct dns_query *done_next;
	struct dns_flight *flight; /* what is under way, or NULL */
	struct loop_timer deadline;
	unsigned server;
	int tries_left;
	bool plain; /* without EDNS: the server did not understand it */
};

/* A message under way. Its query may give up on it and end first. */
struct dns_flight {
	struct dns_query *query;
};

struct resolver {
	struct loop *loop;
	struct dns_cache *cache;
	struct dns_transport *transport;
	int64_t keep_stale_ms;
	int timeout_ms;
	int tries;
	unsigned server; /* to be asked first: the last one that was not silent */
	struct resolver_counts counts;
	uint16_t ids[256];
	unsigned ids_left;
	struct loop_timer tell;
	struct dns_query *done; /* finished, their waiters not told yet */
	struct dns_query *done_last;
	bool closing;
	bool moving;
};

static void resolver_tell(void *context);

static bool
resolver_open(struct resolver *r, const struct resolver_settings *s, const char **why)
{
	struct dns_transport *old = r->transport;
	struct dns_transport *t = dns_transport_open(r->loop, s->servers, s->timeout_ms, why);

	if (t == NULL) {
		return false;
	}
	r->transport = t;
	r->timeout_ms = s->timeout_ms;
	r->tries = s->tries;
	r->server = 0;
	r->keep_stale_ms = s->keep_stale_ms;
	r->moving = true; /* what is in flight goes to the new servers */
	dns_transport_close(old);
	r->moving = false;
	return true;
}

struct resolver *
resolver_new(struct loop *loop, const struct resolver_settings *settings, const char **why)
{
	struct resolver *r = calloc(1, sizeof(*r));

	*why = "out of memory";
	if (r == NULL) {
		return NULL;
	}
	r->loop = loop;
	r->tell = (struct loop_timer){.fire = resolver_tell, .context = r};
	r->cache = dns_cache_new();
	if (r->cache == NULL || !resolver_open(r, settings, why)) {
		resolver_free(r);
		return NULL;
	}
	return r;
}

void
resolver_free(struct resolver *r)
{
	if (r != NULL) {
		r->closing = true;
		dns_transport_close(r->transport);
		loop_timer_clear(r->loop, &r->tell);
		while (r->done != NULL) {
			struct dns_query *q = r->done;

			r->done = q->done_next;
			free(q);
		}
		dns_cache_free(r->cache);
		free(r);
	}
}

bool
resolver_reconfigure(struct resolver *r, const struct resolver_settings *settings, const char **why)
{
	return resolver_open(r, settings, why);
}

static void
link_free(struct resolver_link *link)
{
	if (link->query_previous != NULL) {
		link->query_previous->query_next = link->query_next;
	} else {
		link->query->links = link->query_next;
	}
	if (link->query_next != NULL) {
		link->query_next->query_previous = link->query_previous;
	}
	free(link);
}

static void
link_unwait(struct resolver_link *link)
{
	struct resolver_link **at = &link->waiter->links;

	while (*at != link) {
		at = &(*at)->waiter_next;
	}
	*at = link->waiter_next;
}

void
resolver_cancel(struct resolver_waiter *waiter)
{
	while (waiter->links != NULL) {
		struct resolver_link *link = waiter->links;

		waiter->links = link->waiter_next;
		link_free(link);
	}
}

static bool
query_join(struct dns_query *q, struct resolver_waiter *waiter)
{
	struct resolver_link *link;

	for (link = waiter->links; link != NULL; link = link->waiter_next) {
		if (link->query == q) {
			return true;
		}
	}
	link = malloc(sizeof(*link));
	if (link == NULL) {
		return false;
	}
	*link = (struct resolver_link){
	    .waiter = waiter,
	    .query = q,
	    .waiter_next = waiter->links,
	    .query_next = q->links,
	};
	if (q->links != NULL) {
		q->links->query_previous = link;
	}
	q->links = link;
	waiter->links = link;
	return true;
}

/* The next one who waits, no longer tied to the query. */
static struct resolver_waiter *
query_take(struct dns_query *q)
{
	struct resolver_link *link = q->links;
	struct resolver_waiter *waiter = link->waiter;

	q->links = link->query_next;
	if (q->links != NULL) {
		q->links->query_previous = NULL;
	}
	link_unwait(link);
	free(link);
	return waiter;
}

/*
 * Tells everyone who waits, later and from the loop: an answer may come while someone asks. A
 * waiter may do anything meanwhile, so take one at a time.
 */
static void
resolver_tell(void *context)
{
	struct resolver *r = context;

	while (r->done != NULL) {
		struct dns_query *q = r->done;

		while (q->links != NULL) {
			struct resolver_waiter *waiter = query_take(q);

			waiter->arrived(waiter->context);
		}
		r->done = q->done_next;
		free(q);
	}
}

static void
query_finish(struct dns_query *q)
{
	struct resolver *r = q->resolver;

	loop_timer_clear(r->loop, &q->deadline);
	q->entry->query = NULL;
	r->counts.inflight--;
	q->done_next = NULL;
	if (r->closing || q->links == NULL) {
		free(q);
		return;
	}
	/* At the end: resolver_tell() works at the head. */
	if (r->done == NULL) {
		r->done = q;
	} else {
		r->done_last->done_next = q;
	}
	r->done_last = q;
	(void)loop_timer_set(r->loop, &r->tell, loop_now(r->loop));
}

static uint16_t
resolver_id(struct resolver *r)
{
	if (r->ids_left == 0) {
		r->ids_left = sizeof(r->ids) / sizeof(r->ids[0]);
		if (getrandom(r->ids, sizeof(r->ids), 0) != (ssize_t)sizeof(r->ids)) {
			/* cannot happen after boot; never ask with a guessable id */
			abort();
		}
	}
	return r->ids[--r->ids_left];
}

static void query_send(struct dns_query *q);

static void
query_fail(struct dns_query *q)
{
	q->resolver->counts.failures++;
	q->entry->failed = loop_now(q->resolver->loop);
	query_finish(q);
}

/* Its time is over, whatever is under way. */
static void
query_expire(void *context)
{
	struct dns_query *q = context;

	if (q->flight != NULL) {
		q->flight->query = NULL;
		q->flight = NULL;
	}
	query_fail(q);
}

/* No use was to be made of an answer, or there was none. */
static void
query_again(struct dns_query *q)
{
	if (--q->tries_left > 0 && !q->resolver->closing) {
		q->server++;
		query_send(q);
	} else {
		query_fail(q);
	}
}

static void
query_reply(void *context, const uint8_t *msg, size_t len)
{
	struct dns_flight *flight = context;
	struct dns_query *q = flight->query;
	union dns_answer_room room;
	struct resolver *r;

	free(flight);
	if (q == NULL) {
		return;
	}
	r = q->resolver;
	q->flight = NULL;
	if (len == 0 && r->moving) {
		q->server = r->server;
		query_send(q);
		return;
	}
	if (len == 0) {
		unsigned count = dns_transport_count(r->transport);

		if (r->server == q->server % count) {
			r->server = (r->server + 1) % count;
		}
		query_again(q);
		return;
	}
	if (!q->plain && dns_message_is_formerr(msg, len)) {
		q->plain = true;
		query_send(q);
		return;
	}
	dns_message_parse(&room, msg, len, q->entry->type, q->entry->name, q->entry->len);
	if (room.answer.outcome == DNS_FAILED) {
		query_again(q);
	} else if (!dns_cache_learn(r->cache, q->entry, &room.answer, loop_now(r->loop))) {
		query_fail(q);
	} else {
		query_finish(q);
	}
}

static void
query_send(struct dns_query *q)
{
	struct resolver *r = q->resolver;
	struct dns_flight *flight = malloc(sizeof(*flight));
	uint8_t msg[DNS_QUERY_MAX];
	size_t len = dns_message_query(msg, sizeof(msg), resolver_id(r), !q->plain, q->entry->type,
	    q->entry->name, q->entry->len);

	assert(len > 0);
	if (flight == NULL) {
		query_fail(q);
		return;
	}
	flight->query = q;
	q->flight = flight;
	r->counts.queries++;
	dns_transport_send(r->transport, q->server, msg, len, query_reply, flight);
}

/* Asks. The reply may have come when this returns: entry->query tells. */
static bool
query_start(struct resolver *r, struct dns_entry *e)
{
	uint8_t msg[DNS_QUERY_MAX];
	struct dns_query *q;

	if (dns_message_query(msg, sizeof(msg), 0, true, e->type, e->name, e->len) == 0) {
		return false; /* no such name can be asked */
	}
	if (r->counts.inflight >= DNS_INFLIGHT_MAX || r->closing) {
		r->counts.refused++;
		return false;
	}
	q = calloc(1, sizeof(*q));
	if (q == NULL) {
		return false;
	}
	q->resolver = r;
	q->entry = e;
	q->server = r->server;
	q->tries_left = r->tries;
	q->deadline = (struct loop_timer){.fire = query_expire, .context = q};
	if (loop_timer_set(r->loop, &q->deadline,
	        loop_now(r->loop) + (int64_t)r->timeout_ms * r->tries) != 0) {
		free(q);
		return false;
	}
	e->query = q;
	r->counts.inflight++;
	query_send(q);
	return true;
}

static struct fact
fact_from(const struct resolver *r, const struct dns_entry *e, int64_t now)
{
	struct fact f = {.state = FACT_FAILED};

	if (e->answer == NULL) {
		return f;
	}
	if (now < e->expires) {
		f.state = FACT_FRESH;
	} else if (now - e->learned <= r->keep_stale_ms) {
		f.state = FACT_STALE;
	} else {
		return f;
	}
	f.answer = e->answer;
	f.age_ms = now - e->learned;
	f.same_ms = now - e->since;
	f.restored = e->restored;
	f.kept = e->kept;
	return f;
}

/* The same, given to who asked. */
static struct fact
fact_given(struct resolver *r, const struct dns_entry *e, int64_t now)
{
	struct fact f = fact_from(r, e, now);

	r->counts.stale += f.state == FACT_STALE;
	return f;
}

static bool
may_start(const struct dns_entry *e, int64_t now)
{
	return e->query == NULL && (e->failed == 0 || now - e->failed >= DNS_FAILURE_MS);
}

bool
resolver_refresh(struct resolver *r, struct dns_entry *e)
{
	return may_start(e, loop_now(r->loop)) && query_start(r, e);
}

struct fact
resolver_look(struct resolver *r, struct resolver_waiter *waiter, enum dns_type type,
    const char *name, size_t len)
{
	int64_t now = loop_now(r->loop);
	struct dns_entry *e = waiter != NULL ? dns_cache_obtain(r->cache, type, name, len)
	                                     : dns_cache_find(r->cache, type, name, len);
	struct fact f;

	if (e == NULL) {
		return (struct fact){.state = FACT_FAILED};
	}
	e->used = now;
	if (e->answer != NULL && now < e->expires) {
		return fact_from(r, e, now);
	}
	if (waiter == NULL) {
		return fact_given(r, e, now);
	}
	if (may_start(e, now) && !query_start(r, e)) {
		return fact_given(r, e, now);
	}
	f = fact_from(r, e, now);
	if (e->query == NULL ||
	    (f.state == FACT_STALE && e->failed != 0 && now - e->failed < DNS_OUTAGE_MS)) {
		return fact_given(r, e, now);
	}
	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): query_finish() has set e->query to NULL */
	return (struct fact){.state = query_join(e->query, waiter) ? FACT_WAITING : FACT_FAILED};
}

void
resolver_expire(struct resolver *r, enum dns_type type, const char *name, size_t len)
{
	struct dns_entry *e = dns_cache_find(r->cache, type, name, len);

	if (e != NULL) {
		e->expires = loop_now(r->loop);
		e->failed = 0;
	}
}

struct dns_cache *
resolver_cache(struct resolver *r)
{
	return r->cache;
}

void
resolver_counts(const struct resolver *r, struct resolver_counts *counts)
{
	*counts = r->counts;
}

void
resolver_servers(const struct resolver *r, char *text, size_t cap)
{
	dns_transport_servers(r->transport, text, cap);
}
