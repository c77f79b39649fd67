/* dns-cache.c - see dns-cache.h */
#include "policy/dns-cache.h"
#include "policy/siphash.h"

#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 1 << 16, TRIM_TRIES = 16 };

/* Use order: newest at head. */
struct order {
	struct dns_entry *newest;
	struct dns_entry *oldest;
	size_t count;
};

struct dns_cache {
	struct siphash_key key;
	struct order kept;
	struct order transient;
	struct dns_entry *bucket[BUCKETS];
};

struct dns_cache *
dns_cache_new(void)
{
	struct dns_cache *c = calloc(1, sizeof(*c));

	if (c != NULL && siphash_key_init(&c->key) != 0) {
		free(c);
		c = NULL;
	}
	return c;
}

static void
order_remove(struct order *o, struct dns_entry *e)
{
	if (e->newer != NULL) {
		e->newer->older = e->older;
	} else {
		o->newest = e->older;
	}
	if (e->older != NULL) {
		e->older->newer = e->newer;
	} else {
		o->oldest = e->newer;
	}
	o->count--;
}

static void
order_add(struct order *o, struct dns_entry *e)
{
	e->newer = NULL;
	e->older = o->newest;
	if (o->newest != NULL) {
		o->newest->newer = e;
	} else {
		o->oldest = e;
	}
	o->newest = e;
	o->count++;
}

static struct order *
order_of(struct dns_cache *c, const struct dns_entry *e)
{
	return e->kept ? &c->kept : &c->transient;
}

static void
entry_drop(struct dns_cache *c, struct dns_entry *e)
{
	struct dns_entry **at = &c->bucket[e->hash % BUCKETS];

	while (*at != e) {
		at = &(*at)->next;
	}
	*at = e->next;
	order_remove(order_of(c, e), e);
	free(e->answer);
	free(e);
}

/* Makes room for one more. An entry whose query is in flight stays, and is passed over. */
static bool
order_trim(struct dns_cache *c, struct order *o, size_t max)
{
	for (unsigned tries = 0; o->count >= max && tries < TRIM_TRIES; tries++) {
		struct dns_entry *e = o->oldest;

		if (e->query == NULL) {
			entry_drop(c, e);
		} else {
			order_remove(o, e);
			order_add(o, e);
		}
	}
	return o->count < max;
}

void
dns_cache_free(struct dns_cache *c)
{
	if (c == NULL) {
		return;
	}
	while (c->kept.newest != NULL) {
		entry_drop(c, c->kept.newest);
	}
	while (c->transient.newest != NULL) {
		entry_drop(c, c->transient.newest);
	}
	free(c);
}

static uint64_t
entry_hash(const struct dns_cache *c, enum dns_type type, const char *name, size_t len)
{
	return siphash(&c->key, name, len) + (uint64_t)type * 0x9e3779b97f4a7c15u;
}

struct dns_entry *
dns_cache_find(struct dns_cache *c, enum dns_type type, const char *name, size_t len)
{
	uint64_t hash = entry_hash(c, type, name, len);

	for (struct dns_entry *e = c->bucket[hash % BUCKETS]; e != NULL; e = e->next) {
		if (e->hash == hash && e->type == type && e->len == len &&
		    memcmp(e->name, name, len) == 0) {
			struct order *o = order_of(c, e);

			if (o->newest != e) {
				order_remove(o, e);
				order_add(o, e);
			}
			return e;
		}
	}
	return NULL;
}

struct dns_entry *
dns_cache_obtain(struct dns_cache *c, enum dns_type type, const char *name, size_t len)
{
	struct dns_entry *e = dns_cache_find(c, type, name, len);

	if (e != NULL || len > DOMAIN_TEXT_MAX ||
	    !order_trim(c, &c->transient, DNS_TRANSIENT_MAX)) {
		return e;
	}
	e = calloc(1, sizeof(*e) + len);
	if (e == NULL) {
		return NULL;
	}
	e->hash = entry_hash(c, type, name, len);
	e->type = (uint8_t)type;
	e->len = (uint8_t)len;
	memcpy(e->name, name, len);
	e->next = c->bucket[e->hash % BUCKETS];
	c->bucket[e->hash % BUCKETS] = e;
	order_add(&c->transient, e);
	return e;
}

static bool
has_data(const struct dns_answer *a)
{
	return a->outcome == DNS_DATA || a->outcome == DNS_ALIAS;
}

bool
dns_cache_learn(struct dns_entry *e, const struct dns_answer *a, int64_t now)
{
	struct dns_answer *copy = malloc(sizeof(*copy) + a->size);

	if (copy == NULL) {
		return false;
	}
	memcpy(copy, a, sizeof(*copy) + a->size);
	if (e->answer == NULL || has_data(e->answer) != has_data(a)) {
		e->since = now;
	}
	free(e->answer);
	e->answer = copy;
	e->learned = now;
	e->expires = now + (int64_t)a->ttl * 1000;
	e->failed = 0;
	e->restored = false;
	return true;
}

void
dns_cache_keep(struct dns_cache *c, struct dns_entry *e)
{
	if (e->kept || !order_trim(c, &c->kept, DNS_KEPT_MAX)) {
		return;
	}
	order_remove(&c->transient, e);
	e->kept = true;
	order_add(&c->kept, e);
}

unsigned
dns_cache_forget(struct dns_cache *c, const char *name, size_t len)
{
	static const enum dns_type types[] = {DNS_A, DNS_AAAA, DNS_MX};
	unsigned count = 0;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct dns_entry *e = dns_cache_find(c, types[i], name, len);

		if (e == NULL) {
			continue;
		}
		count++;
		if (e->query == NULL) {
			entry_drop(c, e);
		} else {
			free(e->answer);
			e->answer = NULL;
			e->failed = 0;
		}
	}
	return count;
}

struct dns_entry *
dns_cache_next(const struct dns_cache *c, const struct dns_entry *e)
{
	if (e == NULL) {
		return c->kept.newest != NULL ? c->kept.newest : c->transient.newest;
	}
	if (e->older == NULL && e->kept) {
		return c->transient.newest;
	}
	return e->older;
}

void
dns_cache_count(const struct dns_cache *c, size_t *kept, size_t *transient)
{
	*kept = c->kept.count;
	*transient = c->transient.count;
}
