/* primary-up.c - see primary-up.h */
#include "policy/primary-up.h"
#include "policy/siphash.h"

#include <stdlib.h>

struct up_slot {
	uint64_t hash;
	int64_t until; /* 0: says nothing */
	bool up;
};

struct primary_up {
	const struct health *health;
	struct siphash_key key;
	struct up_slot slots[PRIMARY_UP_SLOTS];
};

struct primary_up *
primary_up_new(const struct health *health)
{
	struct primary_up *u = calloc(1, sizeof(*u));

	if (u != NULL && siphash_key_init(&u->key) != 0) {
		free(u);
		return NULL;
	}
	if (u != NULL) {
		u->health = health;
	}
	return u;
}

void
primary_up_free(struct primary_up *u)
{
	free(u);
}

static bool
any_is_up(const struct health *h, const struct config *c, const struct domain_name *domain,
    const struct fact_source *facts)
{
	struct relay_targets targets;

	relay_targets(&c->relay, &c->identity, domain, facts, &targets);
	for (unsigned i = 0; i < targets.best; i++) {
		if (health_state_of(h, &targets.address[i]) == HEALTH_UP) {
			return true;
		}
	}
	return false;
}

bool
primary_up_look(struct primary_up *u, const struct config *c, const struct domain_name *domain,
    const struct fact_source *facts, int64_t now)
{
	uint64_t hash = siphash(&u->key, domain->text, domain->len);
	struct up_slot *s = &u->slots[hash % PRIMARY_UP_SLOTS];

	if (s->hash != hash || now >= s->until) {
		*s = (struct up_slot){
		    .hash = hash,
		    .until = now + PRIMARY_UP_MS,
		    .up = any_is_up(u->health, c, domain, facts),
		};
	}
	return s->up;
}
