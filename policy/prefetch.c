/* prefetch.c - see prefetch.h */
#include "policy/prefetch.h"

#include <stdlib.h>
#include <string.h>

struct prefetch {
	struct loop *loop;
	struct engine *engine;
	struct health *health;
	struct loop_timer timer;
	size_t at;       /* of the pass under way */
	bool configured; /* the domain being looked at is */
	unsigned new;    /* questions of this pass */
	bool was_new;    /* and whether the one before had some */
	uint64_t asked;
	struct domain_name *drifting; /* PREFETCH_DRIFTING_MAX */
	size_t drifting_count;
	int64_t collected; /* when those were looked for */
};

static size_t
listed_domains(const struct engine *e)
{
	size_t count = e->recipients != NULL ? recipient_list_domain_count(e->recipients) : 0;

	return count < PREFETCH_LISTED_MAX ? count : PREFETCH_LISTED_MAX;
}

size_t
prefetch_domains(const struct prefetch *p)
{
	const struct engine *e = p->engine;

	return e->config->relay.pin_count + e->config->relay.domain_count + listed_domains(e);
}

uint64_t
prefetch_asked(const struct prefetch *p)
{
	return p->asked;
}

/* Domain i: those of the configuration, of the files, and then those that drift. */
static bool
domain_at(const struct prefetch *p, size_t i, struct domain_name *name)
{
	const struct relay_rules *rules = &p->engine->config->relay;
	const char *text;
	size_t len, listed = listed_domains(p->engine);

	if (i < rules->pin_count) {
		*name = rules->pins[i].domain;
		return true;
	}
	i -= rules->pin_count;
	if (i < rules->domain_count) {
		*name = rules->domains[i];
		return true;
	}
	i -= rules->domain_count;
	if (i < listed) {
		text = recipient_list_domain(p->engine->recipients, i, &len);
		memcpy(name->text, text, len);
		name->text[len] = 0;
		name->len = (uint8_t)len;
		return true;
	}
	i -= listed;
	if (i < p->drifting_count) {
		*name = p->drifting[i];
	}
	return i < p->drifting_count;
}

/* Half of its TTL is over. What is not configured may run out first. */
static bool
is_due(const struct prefetch *p, const struct dns_entry *e, int64_t now)
{
	int64_t life = e->expires - e->learned;

	if (e->failed != 0 && now - e->failed < PREFETCH_FAILED_MS) {
		return false;
	}
	if (e->answer == NULL) {
		return true;
	}
	life = p->configured ? life / 2 : life;
	return now - e->learned >= (life > PREFETCH_REFRESH_MS ? life : PREFETCH_REFRESH_MS);
}

static struct fact
prefetch_look(void *context, enum dns_type type, const char *name, size_t len)
{
	struct prefetch *p = context;
	struct resolver *r = p->engine->resolver;
	struct dns_entry *e = dns_cache_obtain(resolver_cache(r), type, name, len);
	int64_t now = loop_now(p->loop);
	struct resolver_counts counts;

	if (e == NULL) {
		return (struct fact){.state = FACT_FAILED};
	}
	if (p->configured) {
		dns_cache_configure(resolver_cache(r), e, now);
	}
	resolver_counts(r, &counts);
	if (is_due(p, e, now) && counts.inflight < PREFETCH_INFLIGHT_MAX &&
	    resolver_refresh(r, e)) {
		p->new ++;
		p->asked++;
	}
	/* What is on its way has not failed: nothing is concluded without it. */
	if ((e->answer == NULL || now >= e->expires) && (e->query != NULL || e->failed == 0)) {
		return (struct fact){.state = FACT_WAITING};
	}
	return resolver_look(r, NULL, type, name, len);
}

/* The domains among the kept ones that were let in, and would not be now. */
static void
collect_drifting(struct prefetch *p)
{
	const struct dns_cache *cache = resolver_cache(p->engine->resolver);
	int64_t now = loop_now(p->loop);

	p->drifting_count = 0;
	p->collected = now;
	for (const struct dns_entry *e = dns_cache_next(cache, NULL);
	     e != NULL && e->kept && p->drifting_count < PREFETCH_DRIFTING_MAX;
	     e = dns_cache_next(cache, e)) {
		if (e->set == DNS_KEPT && e->past != NULL && e->past->bad != 0 &&
		    now - e->past->bad_seen <= DNS_POLL_GAP_MS) {
			struct domain_name *name = &p->drifting[p->drifting_count++];

			memcpy(name->text, e->name, e->len);
			name->text[e->len] = 0;
			name->len = e->len;
		}
	}
}

/* The end of a pass. While answers are on their way, the next one comes soon. */
static void
pass_end(struct prefetch *p)
{
	bool settled = p->new == 0 && p->was_new;
	int64_t now = loop_now(p->loop);

	dns_cache_unconfigure(resolver_cache(p->engine->resolver), now - PREFETCH_IDLE_MS, now);
	if (settled && p->health != NULL) {
		health_look_again(p->health);
	}
	if (now - p->collected >= PREFETCH_DRIFTING_MS) {
		collect_drifting(p);
	}
	p->was_new = p->new > 0;
	p->new = 0;
	p->at = 0;
	(void)loop_timer_set(
	    p->loop, &p->timer, now + (p->was_new ? PREFETCH_SOON_MS : PREFETCH_PASS_MS));
}

/* Some domains, in each turn of the loop. */
static void
prefetch_step(void *context)
{
	struct prefetch *p = context;
	const struct fact_source facts = {prefetch_look, p};
	struct domain_name name;

	for (unsigned i = 0; i < PREFETCH_STEP; i++) {
		p->configured = p->at < prefetch_domains(p);
		if (!domain_at(p, p->at, &name)) {
			pass_end(p);
			return;
		}
		engine_poll(p->engine, &name, &facts);
		p->at++;
	}
	(void)loop_timer_set(p->loop, &p->timer, loop_now(p->loop) + PREFETCH_STEP_MS);
}

void
prefetch_restart(struct prefetch *p)
{
	p->at = 0;
	p->was_new = true;
	(void)loop_timer_set(p->loop, &p->timer, loop_now(p->loop));
}

struct prefetch *
prefetch_new(struct loop *loop, struct engine *engine, struct health *health)
{
	struct prefetch *p = calloc(1, sizeof(*p));

	if (p == NULL) {
		return NULL;
	}
	p->drifting = calloc(PREFETCH_DRIFTING_MAX, sizeof(*p->drifting));
	if (p->drifting == NULL) {
		free(p);
		return NULL;
	}
	p->loop = loop;
	p->engine = engine;
	p->health = health;
	p->collected = loop_now(loop) - PREFETCH_DRIFTING_MS;
	p->timer = (struct loop_timer){.fire = prefetch_step, .context = p};
	return p;
}

void
prefetch_free(struct prefetch *p)
{
	if (p != NULL) {
		loop_timer_clear(p->loop, &p->timer);
		free(p->drifting);
		free(p);
	}
}
