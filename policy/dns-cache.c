/* dns-cache.c - see dns-cache.h */
#include "policy/dns-cache.h"
#include "policy/limits.h"
#include "policy/org-quota.h"
#include "policy/siphash.h"

#include <stdlib.h>
#include <string.h>

/* Use order: newest at head. */
struct order {
	struct dns_entry *newest;
	struct dns_entry *oldest;
	size_t count;
	size_t bytes;
};

struct dns_cache {
	struct siphash_key key;
	struct order orders[DNS_SETS];
	struct org_quota *quota; /* of the kept set */
	uint64_t changes;
	uint64_t refused;
	struct dns_entry *bucket[DNS_CACHE_BUCKETS];
};

struct dns_cache *
dns_cache_new(void)
{
	struct dns_cache *c = calloc(1, sizeof(*c));

	if (c != NULL) {
		c->quota = org_quota_new(DNS_ORG_BYTES_MAX);
	}
	if (c != NULL && (c->quota == NULL || siphash_key_init(&c->key) != 0)) {
		org_quota_free(c->quota);
		free(c);
		c = NULL;
	}
	return c;
}

/* With what the allocator adds. */
static size_t
entry_bytes(const struct dns_entry *e)
{
	return sizeof(*e) + e->len + 16 + (e->past != NULL ? sizeof(*e->past) + 16 : 0) +
	    (e->answer != NULL ? sizeof(*e->answer) + e->answer->size + 16 : 0);
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
	o->bytes -= entry_bytes(e);
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
	o->bytes += entry_bytes(e);
}

static struct order *
order_of(struct dns_cache *c, const struct dns_entry *e)
{
	return &c->orders[e->set];
}

/* Out of its set, and of its organisation's share. */
static void
entry_leave(struct dns_cache *c, struct dns_entry *e)
{
	order_remove(order_of(c, e), e);
	if (e->share != NULL) {
		org_quota_give(c->quota, e->share, entry_bytes(e));
		e->share = NULL;
	}
}

static void
entry_enter(struct dns_cache *c, struct dns_entry *e, enum dns_set set)
{
	e->set = set;
	e->kept = set != DNS_TRANSIENT;
	order_add(&c->orders[set], e);
}

static void
entry_drop(struct dns_cache *c, struct dns_entry *e)
{
	struct dns_entry **at = &c->bucket[e->hash % DNS_CACHE_BUCKETS];

	while (*at != e) {
		at = &(*at)->next;
	}
	*at = e->next;
	entry_leave(c, e);
	free(e->past);
	free(e->answer);
	free(e);
}

/* Makes room for one more transient. An entry whose query is in flight stays, and is passed over.
 */
static bool
transient_trim(struct dns_cache *c)
{
	struct order *o = &c->orders[DNS_TRANSIENT];
	unsigned tries = 0;

	while ((o->count >= DNS_TRANSIENT_MAX || o->bytes >= DNS_TRANSIENT_BYTES_MAX) &&
	    tries < DNS_TRIM_TRIES) {
		struct dns_entry *e = o->oldest;

		if (e->query == NULL) {
			entry_drop(c, e);
		} else {
			order_remove(o, e);
			order_add(o, e);
			tries++;
		}
	}
	return o->count < DNS_TRANSIENT_MAX && o->bytes < DNS_TRANSIENT_BYTES_MAX;
}

/* Room for so many bytes among the kept: only what nobody has used for a day goes. */
static bool
kept_trim(struct dns_cache *c, size_t bytes, int64_t now)
{
	struct order *o = &c->orders[DNS_KEPT];

	while (o->bytes + bytes > DNS_KEPT_BYTES_MAX) {
		struct dns_entry *e = o->oldest;

		if (e == NULL || e->query != NULL || now - e->used < DNS_KEPT_IDLE_MS) {
			return false;
		}
		entry_drop(c, e);
	}
	return true;
}

void
dns_cache_free(struct dns_cache *c)
{
	if (c == NULL) {
		return;
	}
	for (unsigned set = 0; set < DNS_SETS; set++) {
		while (c->orders[set].newest != NULL) {
			entry_drop(c, c->orders[set].newest);
		}
	}
	org_quota_free(c->quota);
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

	for (struct dns_entry *e = c->bucket[hash % DNS_CACHE_BUCKETS]; e != NULL; e = e->next) {
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

	if (e != NULL || len > DOMAIN_TEXT_MAX || !transient_trim(c)) {
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
	e->next = c->bucket[e->hash % DNS_CACHE_BUCKETS];
	c->bucket[e->hash % DNS_CACHE_BUCKETS] = e;
	entry_enter(c, e, DNS_TRANSIENT);
	return e;
}

static bool
has_data(const struct dns_answer *a)
{
	return a->outcome == DNS_DATA || a->outcome == DNS_ALIAS;
}

static bool
same_answer(const struct dns_answer *a, const struct dns_answer *b)
{
	return a->outcome == b->outcome && a->count == b->count && a->size == b->size &&
	    memcmp(a->data, b->data, a->size) == 0;
}

void
dns_cache_touch(struct dns_cache *c, struct dns_entry *e, int64_t now)
{
	e->change = ++c->changes;
	e->saved = now;
}

bool
dns_cache_learn(struct dns_cache *c, struct dns_entry *e, const struct dns_answer *a, int64_t now)
{
	struct dns_answer *copy = malloc(sizeof(*copy) + a->size);
	size_t before = entry_bytes(e);
	bool same;

	if (copy == NULL) {
		return false;
	}
	memcpy(copy, a, sizeof(*copy) + a->size);
	same = e->answer != NULL && same_answer(e->answer, a);
	/* An absence counts only while it is looked at without a long break. */
	if (e->answer == NULL || has_data(e->answer) != has_data(a) ||
	    (!has_data(a) && now - e->learned > DNS_POLL_GAP_MS)) {
		e->since = now;
	}
	free(e->answer);
	e->answer = copy;
	e->learned = now;
	e->expires = now + (int64_t)a->ttl * 1000;
	e->failed = 0;
	e->restored = false;
	order_of(c, e)->bytes += entry_bytes(e) - before;
	if (e->share != NULL) {
		org_quota_grow(e->share, entry_bytes(e) - before);
		if (org_quota_is_over(c->quota, e->share)) {
			entry_leave(c, e);
			entry_enter(c, e, DNS_TRANSIENT);
			c->refused++;
		}
	}
	if (e->kept && (!same || now - e->saved >= DNS_SAVE_AGAIN_MS)) {
		dns_cache_touch(c, e, now);
	}
	return true;
}

void
dns_cache_keep(struct dns_cache *c, struct dns_entry *e, int64_t now)
{
	size_t bytes = entry_bytes(e);
	struct org_share *share;

	e->used = now;
	if (e->kept) {
		return;
	}
	share = org_quota_take(c->quota, e->name, e->len, bytes);
	if (share == NULL || !kept_trim(c, bytes, now)) {
		if (share != NULL) {
			org_quota_give(c->quota, share, bytes);
		}
		c->refused++;
		return;
	}
	entry_leave(c, e);
	entry_enter(c, e, DNS_KEPT);
	e->share = share;
	dns_cache_touch(c, e, now);
}

void
dns_cache_configure(struct dns_cache *c, struct dns_entry *e, int64_t now)
{
	bool kept = e->kept;

	e->used = now;
	if (e->set == DNS_CONFIGURED) {
		return;
	}
	entry_leave(c, e);
	entry_enter(c, e, DNS_CONFIGURED);
	if (!kept) {
		dns_cache_touch(c, e, now);
	}
}

void
dns_cache_unconfigure(struct dns_cache *c, int64_t since, int64_t now)
{
	struct order *o = &c->orders[DNS_CONFIGURED];

	while (o->oldest != NULL && o->oldest->used < since) {
		struct dns_entry *e = o->oldest;
		int64_t used = e->used;

		entry_leave(c, e);
		entry_enter(c, e, DNS_TRANSIENT);
		dns_cache_keep(c, e, now);
		e->used = used;
	}
}

struct dns_past *
dns_cache_past(struct dns_cache *c, struct dns_entry *e)
{
	if (e->past == NULL) {
		e->past = calloc(1, sizeof(*e->past));
		if (e->past != NULL) {
			order_of(c, e)->bytes += sizeof(*e->past) + 16;
			if (e->share != NULL) {
				org_quota_grow(e->share, sizeof(*e->past) + 16);
			}
		}
	}
	return e->past;
}

uint64_t
dns_cache_changes(const struct dns_cache *c)
{
	return c->changes;
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
		c->changes += e->kept ? UINT64_C(1) << 32 : 0;
		if (e->query == NULL) {
			entry_drop(c, e);
			continue;
		}
		entry_leave(c, e);
		free(e->answer);
		free(e->past);
		e->answer = NULL;
		e->past = NULL;
		e->failed = 0;
		entry_enter(c, e, DNS_TRANSIENT);
	}
	return count;
}

struct dns_entry *
dns_cache_next(const struct dns_cache *c, const struct dns_entry *e)
{
	struct dns_entry *next = e != NULL ? e->older : NULL;

	for (int set = e != NULL ? (int)e->set - 1 : DNS_CONFIGURED; next == NULL && set >= 0;
	     set--) {
		next = c->orders[set].newest;
	}
	return next;
}

void
dns_cache_count(const struct dns_cache *c, size_t *kept, size_t *transient)
{
	*kept = c->orders[DNS_KEPT].count + c->orders[DNS_CONFIGURED].count;
	*transient = c->orders[DNS_TRANSIENT].count;
}

size_t
dns_cache_bytes(const struct dns_cache *c, enum dns_set set)
{
	return c->orders[set].bytes;
}

uint64_t
dns_cache_refused(const struct dns_cache *c)
{
	return c->refused;
}
