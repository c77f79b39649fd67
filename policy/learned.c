/* learned.c - see learned.h */
#include "policy/learned.h"
#include "policy/org-quota.h"
#include "policy/siphash.h"

#include <stdlib.h>
#include <string.h>

enum learned_set_name { OTHERS, KEPT, SETS };

/* Use order: newest at head. */
struct learned_order {
	struct learned_entry *newest;
	struct learned_entry *oldest;
	size_t bytes;
};

struct learned {
	struct siphash_key key;
	struct org_quota *quota; /* of the kept */
	struct learned_order orders[SETS];
	size_t counts[LEARNED_WORDS];
	uint64_t changes;
	uint64_t refused;
	struct learned_entry *bucket[LEARNED_BUCKETS];
};

const char *
learned_word_name(enum learned_word word)
{
	static const char *const names[] = {
	    [LEARNED_NOTHING] = "nothing",
	    [LEARNED_KNOWN] = "known",
	    [LEARNED_NO_USER] = "no-user",
	    [LEARNED_TAKES_ALL] = "takes-all",
	};

	return names[word];
}

int64_t
learned_lasts_ms(enum learned_word word)
{
	return word == LEARNED_KNOWN ? INT64_C(86400000) * LEARNED_KNOWN_DAYS : LEARNED_OTHERS_MS;
}

struct learned *
learned_new(void)
{
	struct learned *l = calloc(1, sizeof(*l));

	if (l == NULL) {
		return NULL;
	}
	l->quota = org_quota_new(LEARNED_ORG_BYTES_MAX);
	if (l->quota == NULL || siphash_key_init(&l->key) != 0) {
		org_quota_free(l->quota);
		free(l);
		return NULL;
	}
	return l;
}

/* With what the allocator adds. */
static size_t
entry_bytes(size_t len)
{
	return sizeof(struct learned_entry) + len + 16;
}

static struct learned_order *
order_of(struct learned *l, const struct learned_entry *e)
{
	return &l->orders[e->share != NULL ? KEPT : OTHERS];
}

static void
entry_leave(struct learned *l, struct learned_entry *e)
{
	struct learned_order *o = order_of(l, e);

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
	o->bytes -= entry_bytes(e->len);
	l->counts[e->word]--;
}

static void
entry_enter(struct learned *l, struct learned_entry *e)
{
	struct learned_order *o = order_of(l, e);

	e->newer = NULL;
	e->older = o->newest;
	if (o->newest != NULL) {
		o->newest->newer = e;
	} else {
		o->oldest = e;
	}
	o->newest = e;
	o->bytes += entry_bytes(e->len);
	l->counts[e->word]++;
}

static void
share_end(struct learned *l, struct learned_entry *e)
{
	if (e->share != NULL) {
		org_quota_give(l->quota, e->share, entry_bytes(e->len));
		e->share = NULL;
	}
}

static void
entry_drop(struct learned *l, struct learned_entry *e)
{
	struct learned_entry **at = &l->bucket[e->hash % LEARNED_BUCKETS];

	while (*at != e) {
		at = &(*at)->next;
	}
	*at = e->next;
	entry_leave(l, e);
	share_end(l, e);
	free(e);
}

void
learned_free(struct learned *l)
{
	if (l == NULL) {
		return;
	}
	for (unsigned set = 0; set < SETS; set++) {
		while (l->orders[set].newest != NULL) {
			entry_drop(l, l->orders[set].newest);
		}
	}
	org_quota_free(l->quota);
	free(l);
}

static struct learned_entry *
find(struct learned *l, const struct recipient_key *key, uint64_t hash)
{
	for (struct learned_entry *e = l->bucket[hash % LEARNED_BUCKETS]; e != NULL; e = e->next) {
		if (e->hash == hash && e->len == key->len &&
		    memcmp(e->text, key->text, key->len) == 0) {
			return e;
		}
	}
	return NULL;
}

const struct learned_entry *
learned_find(struct learned *l, const struct recipient_key *key, int64_t now)
{
	struct learned_entry *e = find(l, key, siphash(&l->key, key->text, key->len));

	if (e != NULL) {
		e->used = now;
		entry_leave(l, e);
		entry_enter(l, e);
	}
	return e;
}

/* Room for so many bytes among the kept: only what nobody has asked for in a day goes. */
static bool
kept_trim(struct learned *l, size_t bytes, int64_t now)
{
	struct learned_order *o = &l->orders[KEPT];

	while (o->bytes + bytes > LEARNED_KNOWN_BYTES_MAX) {
		if (o->oldest == NULL || now - o->oldest->used < LEARNED_IDLE_MS) {
			return false;
		}
		entry_drop(l, o->oldest);
	}
	return true;
}

static void
others_trim(struct learned *l, size_t bytes)
{
	struct learned_order *o = &l->orders[OTHERS];

	while (o->oldest != NULL && o->bytes + bytes > LEARNED_OTHERS_BYTES_MAX) {
		entry_drop(l, o->oldest);
	}
}

/* An entry that says nothing yet; the one of this key, if there is one. */
static struct learned_entry *
obtain(struct learned *l, const struct recipient_key *key, int64_t now)
{
	uint64_t hash = siphash(&l->key, key->text, key->len);
	struct learned_entry *e = find(l, key, hash);

	if (e != NULL) {
		return e;
	}
	others_trim(l, entry_bytes(key->len));
	e = calloc(1, sizeof(*e) + key->len);
	if (e == NULL) {
		return NULL;
	}
	e->hash = hash;
	e->used = now;
	e->len = (uint16_t)key->len;
	e->domain_len = (uint8_t)(key->len - key->local_len - 1);
	memcpy(e->text, key->text, key->len);
	e->next = l->bucket[hash % LEARNED_BUCKETS];
	l->bucket[hash % LEARNED_BUCKETS] = e;
	entry_enter(l, e);
	return e;
}

/* A share for one more that is to be kept; NULL: it has to stay with the others. */
static struct org_share *
kept_share(struct learned *l, const struct learned_entry *e, int64_t now)
{
	size_t bytes = entry_bytes(e->len);
	struct org_share *share = NULL;

	if (kept_trim(l, bytes, now)) {
		share = org_quota_take(
		    l->quota, e->text + (e->len - e->domain_len), e->domain_len, bytes);
	}
	l->refused += share == NULL;
	return share;
}

bool
learned_set(struct learned *l, const struct recipient_key *key, enum learned_word word,
    int64_t when, int64_t now)
{
	struct learned_entry *e = obtain(l, key, now);

	if (e == NULL) {
		return false;
	}
	entry_leave(l, e);
	if (word != LEARNED_KNOWN) {
		share_end(l, e);
	} else if (e->share == NULL) {
		e->share = kept_share(l, e, now);
	}
	e->word = (uint8_t)word;
	entry_enter(l, e);
	e->when = when;
	e->tried = 0;
	e->change = ++l->changes;
	return true;
}

void
learned_set_tried(struct learned *l, const struct recipient_key *key, int64_t now)
{
	struct learned_entry *e = obtain(l, key, now);

	if (e != NULL) {
		e->tried = now;
	}
}

unsigned
learned_forget(struct learned *l, const struct domain_name *domain)
{
	unsigned count = 0;

	for (unsigned set = 0; set < SETS; set++) {
		struct learned_entry *e = l->orders[set].newest, *older;

		for (; e != NULL; e = older) {
			older = e->older;
			if (domain_name_equal(
			        domain, e->text + (e->len - e->domain_len), e->domain_len)) {
				entry_drop(l, e);
				count++;
			}
		}
	}
	l->changes += count > 0 ? UINT64_C(1) << 32 : 0;
	return count;
}

uint64_t
learned_changes(const struct learned *l)
{
	return l->changes;
}

const struct learned_entry *
learned_next(const struct learned *l, const struct learned_entry *e)
{
	const struct learned_entry *next = e != NULL ? e->older : l->orders[KEPT].newest;

	if (next == NULL && (e == NULL || e->share != NULL)) {
		next = l->orders[OTHERS].newest;
	}
	return next;
}

size_t
learned_count(const struct learned *l, enum learned_word word)
{
	return l->counts[word];
}

size_t
learned_bytes(const struct learned *l)
{
	return l->orders[KEPT].bytes + l->orders[OTHERS].bytes;
}

uint64_t
learned_refused(const struct learned *l)
{
	return l->refused;
}
