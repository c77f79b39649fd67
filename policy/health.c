/* health.c - see health.h */
#include "policy/health.h"
#include "policy/smtp-probe.h"

#include <stdlib.h>
#include <string.h>

struct target {
	struct health *health;
	struct address address;
	enum health_state state;
	unsigned streak; /* equal results in a row */
	bool streak_up;
	int64_t since;
	int64_t checked; /* 0: never */
	int64_t wanted;  /* when a domain last needed it */
	const char *last;
	uint64_t probes;
	uint64_t failures;
	struct smtp_probe *probe;
	struct loop_timer timer;
};

struct health {
	struct loop *loop;
	struct resolver *resolver;
	struct log *log;
	const struct config *config;
	struct loop_timer collect;
	struct domain_name *names; /* of the collection under way, or NULL */
	size_t name_count;
	size_t name_at;
	struct target *targets[HEALTH_ADDRESSES_MAX];
	unsigned count;
	unsigned running;
};

const char *
health_state_name(enum health_state state)
{
	static const char *const names[] = {
	    [HEALTH_UNKNOWN] = "unknown",
	    [HEALTH_UP] = "up",
	    [HEALTH_DOWN] = "down",
	};

	return names[state];
}

/* Spread, so that probes do not come in volleys. */
static int64_t
jitter(int64_t ms)
{
	return ms - ms / 10 + (int64_t)((double)random() / RAND_MAX * (double)ms / 5);
}

static void
target_settle(struct target *t, enum health_state state)
{
	struct health *h = t->health;
	char address[ADDRESS_TEXT_MAX];

	if (t->state == state) {
		return;
	}
	address_format(&t->address, address);
	log_begin(h->log, "primary");
	log_text(h->log, "address", address);
	log_text(h->log, "was", health_state_name(t->state));
	log_text(h->log, "state", health_state_name(state));
	log_text(h->log, "last", t->last);
	log_end(h->log);
	t->state = state;
	t->since = loop_now(h->loop);
}

static void
target_result(void *context, const struct smtp_report *report)
{
	struct target *t = context;
	struct health *h = t->health;
	bool up = report->up;

	t->probe = NULL;
	h->running--;
	t->last = report->words;
	t->checked = loop_now(h->loop);
	t->probes++;
	t->failures += !up;
	t->streak = t->streak_up == up ? t->streak + 1 : 1;
	t->streak_up = up;
	if (t->streak >= (up ? (unsigned)HEALTH_RISE : (unsigned)HEALTH_FALL)) {
		target_settle(t, up ? HEALTH_UP : HEALTH_DOWN);
	}
	(void)loop_timer_set(
	    h->loop, &t->timer, loop_now(h->loop) + jitter(h->config->health_interval_ms));
}

static void
target_probe(void *context)
{
	struct target *t = context;
	struct health *h = t->health;
	struct smtp_dialogue dialogue;

	if (h->running >= HEALTH_PROBES_MAX) {
		(void)loop_timer_set(h->loop, &t->timer, loop_now(h->loop) + jitter(1000));
		return;
	}
	h->running++;
	smtp_dialogue_begin(&dialogue, identity_name(&h->config->identity));
	t->probe = smtp_probe_start(h->loop,
	    smtp_probe_connect(&t->address, h->config->health_port), HEALTH_TIMEOUT_MS, &dialogue,
	    target_result, t);
	if (t->probe == NULL) {
		target_result(t, &(struct smtp_report){.words = "cannot connect"});
	}
}

static void
target_free(struct target *t)
{
	if (t->probe != NULL) {
		smtp_probe_cancel(t->probe);
		t->health->running--;
	}
	loop_timer_clear(t->health->loop, &t->timer);
	free(t);
}

static void
target_want(struct health *h, const struct address *a)
{
	struct target *t;

	for (unsigned i = 0; i < h->count; i++) {
		if (address_equal(&h->targets[i]->address, a)) {
			h->targets[i]->wanted = loop_now(h->loop);
			return;
		}
	}
	t = h->count < HEALTH_ADDRESSES_MAX ? calloc(1, sizeof(*t)) : NULL;
	if (t == NULL) {
		return;
	}
	t->health = h;
	t->address = *a;
	t->since = t->wanted = loop_now(h->loop);
	t->last = "not probed yet";
	t->timer = (struct loop_timer){.fire = target_probe, .context = t};
	h->targets[h->count++] = t;
	(void)loop_timer_set(h->loop, &t->timer, loop_now(h->loop));
}

static struct fact
cache_look(void *context, enum dns_type type, const char *name, size_t len)
{
	return resolver_look(context, NULL, type, name, len);
}

static void
health_want_domain(struct health *h, const struct domain_name *domain)
{
	struct fact_source facts = {cache_look, h->resolver};
	struct relay_targets targets;

	relay_targets(&h->config->relay, &h->config->identity, domain, &facts, &targets);
	for (unsigned i = 0; i < targets.count; i++) {
		target_want(h, &targets.address[i]);
	}
}

/* The kept MX entries by name; looking at facts moves entries about in the cache. */
static size_t
kept_domains(const struct dns_cache *cache, struct domain_name *names, size_t max)
{
	size_t count = 0;

	for (const struct dns_entry *e = dns_cache_next(cache, NULL);
	     e != NULL && e->kept && count < max; e = dns_cache_next(cache, e)) {
		if (e->type == DNS_MX) {
			memcpy(names[count].text, e->name, e->len);
			names[count].text[e->len] = 0;
			names[count++].len = e->len;
		}
	}
	return count;
}

/* Drops what no domain has needed for a day. */
static void
targets_prune(struct health *h)
{
	int64_t now = loop_now(h->loop);

	for (unsigned i = 0; i < h->count;) {
		if (now - h->targets[i]->wanted > HEALTH_FORGET_MS) {
			target_free(h->targets[i]);
			h->targets[i] = h->targets[--h->count];
		} else {
			i++;
		}
	}
}

/* Goes over the domains with a positive verdict, some in each turn of the loop. */
static void
health_collect(void *context)
{
	struct health *h = context;
	size_t stop;

	if (h->names == NULL) {
		h->names = calloc(HEALTH_DOMAINS_MAX, sizeof(*h->names));
		h->name_at = 0;
		h->name_count = h->names == NULL
		    ? 0
		    : kept_domains(resolver_cache(h->resolver), h->names, HEALTH_DOMAINS_MAX);
	}
	stop = h->name_count - h->name_at > HEALTH_DOMAINS_STEP ? h->name_at + HEALTH_DOMAINS_STEP
	                                                        : h->name_count;
	while (h->name_at < stop) {
		health_want_domain(h, &h->names[h->name_at++]);
	}
	if (stop < h->name_count) {
		(void)loop_timer_set(h->loop, &h->collect, loop_now(h->loop));
		return;
	}
	free(h->names);
	h->names = NULL;
	targets_prune(h);
	(void)loop_timer_set(
	    h->loop, &h->collect, loop_now(h->loop) + h->config->health_interval_ms);
}

struct health *
health_new(struct loop *loop, struct resolver *resolver, struct log *log)
{
	struct health *h = calloc(1, sizeof(*h));

	if (h != NULL) {
		h->loop = loop;
		h->resolver = resolver;
		h->log = log;
		h->collect = (struct loop_timer){.fire = health_collect, .context = h};
	}
	return h;
}

static void
health_clear(struct health *h)
{
	while (h->count > 0) {
		target_free(h->targets[--h->count]);
	}
	free(h->names);
	h->names = NULL;
	loop_timer_clear(h->loop, &h->collect);
}

void
health_free(struct health *h)
{
	if (h != NULL) {
		health_clear(h);
		free(h);
	}
}

void
health_look_again(struct health *h)
{
	if (h->config != NULL && config_watches(h->config) && h->names == NULL) {
		(void)loop_timer_set(h->loop, &h->collect, loop_now(h->loop));
	}
}

void
health_configure(struct health *h, const struct config *config)
{
	h->config = config;
	if (!config_watches(config)) {
		health_clear(h);
		return;
	}
	for (unsigned i = 0; i < h->count;) {
		if (identity_has_address(&config->identity, &h->targets[i]->address)) {
			target_free(h->targets[i]);
			h->targets[i] = h->targets[--h->count];
		} else {
			i++;
		}
	}
	(void)loop_timer_set(h->loop, &h->collect, loop_now(h->loop));
}

enum health_state
health_state_of(const struct health *h, const struct address *a)
{
	for (unsigned i = 0; i < h->count; i++) {
		if (address_equal(&h->targets[i]->address, a)) {
			return h->targets[i]->state;
		}
	}
	return HEALTH_UNKNOWN;
}

bool
health_report(const struct health *h, unsigned i, struct health_report *report)
{
	const struct target *t;
	int64_t now = loop_now(h->loop);

	if (i >= h->count) {
		return false;
	}
	t = h->targets[i];
	*report = (struct health_report){
	    .address = t->address,
	    .state = t->state,
	    .since_ms = now - t->since,
	    .checked_ms = t->checked != 0 ? now - t->checked : -1,
	    .last = t->last,
	    .probes = t->probes,
	    .failures = t->failures,
	};
	return true;
}
