/* retry-memory.c - see retry-memory.h */
#include "policy/retry-memory.h"
#include "policy/address.h"
#include "policy/limits.h"
#include "policy/siphash.h"

#include <stdlib.h>
#include <string.h>

struct retry_slot {
	uint64_t print; /* 0: free */
	int64_t first;
	int64_t last;
};

struct retry_memory {
	struct siphash_key key;
	struct retry_slot slots[RETRY_BUCKETS][RETRY_BUCKET_SLOTS];
};

struct retry_print {
	size_t bucket;
	uint64_t print;
};

const char *
retry_age_name(enum retry_age age)
{
	static const char *const names[] = {
	    [RETRY_NEW] = "new",
	    [RETRY_EARLY] = "early",
	    [RETRY_DUE] = "retry",
	};

	return names[age];
}

struct retry_memory *
retry_memory_new(void)
{
	struct retry_memory *m = calloc(1, sizeof(*m));

	if (m != NULL && siphash_key_init(&m->key) != 0) {
		free(m);
		m = NULL;
	}
	return m;
}

void
retry_memory_free(struct retry_memory *m)
{
	free(m);
}

/* The network's bytes. A client whose address is not known has one of its own. */
static size_t
network_of(const struct request *r, uint8_t network[16])
{
	struct address a;

	if (r->client_address.len == 0 ||
	    !address_parse(&a, r->client_address.text, r->client_address.len)) {
		return 0;
	}
	memcpy(network, a.byte, sizeof(a.byte));
	return address_is_ipv4(&a) ? 15 : 8;
}

static uint64_t
hash_value(const struct retry_memory *m, const struct request_value *v, uint64_t seed)
{
	return siphash(&m->key, v->len > 0 ? v->text : "", v->len) + seed * 0x9e3779b97f4a7c15u;
}

static struct retry_print
print_of(const struct retry_memory *m, const struct request *r)
{
	uint8_t network[16];
	uint64_t parts[3];
	size_t len = network_of(r, network);

	parts[0] = siphash(&m->key, network, len);
	parts[1] = hash_value(m, &r->sender, 1);
	parts[2] = hash_value(m, &r->recipient, 2);
	return (struct retry_print){
	    .bucket = parts[0] % RETRY_BUCKETS,
	    .print = siphash(&m->key, parts, sizeof(parts)) | 1,
	};
}

static bool
is_live(const struct retry_slot *s, int64_t now)
{
	return s->print != 0 && now - s->last < RETRY_WINDOW_MS;
}

enum retry_age
retry_memory_look(const struct retry_memory *m, const struct request *r, int64_t now)
{
	const struct retry_print p = print_of(m, r);

	for (unsigned i = 0; i < RETRY_BUCKET_SLOTS; i++) {
		const struct retry_slot *s = &m->slots[p.bucket][i];

		if (s->print == p.print && is_live(s, now)) {
			return now - s->first >= RETRY_DELAY_MS ? RETRY_DUE : RETRY_EARLY;
		}
	}
	return RETRY_NEW;
}

void
retry_memory_note(struct retry_memory *m, const struct request *r, int64_t now)
{
	const struct retry_print p = print_of(m, r);
	struct retry_slot *bucket = m->slots[p.bucket], *oldest = &bucket[0];

	for (unsigned i = 0; i < RETRY_BUCKET_SLOTS; i++) {
		struct retry_slot *s = &bucket[i];

		if (s->print == p.print && is_live(s, now)) {
			s->last = now;
			return;
		}
		if (!is_live(s, now)) {
			s->print = 0;
		}
		if (oldest->print != 0 && (s->print == 0 || s->last < oldest->last)) {
			oldest = s;
		}
	}
	*oldest = (struct retry_slot){.print = p.print, .first = now, .last = now};
}
