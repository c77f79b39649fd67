/* engine.c - see engine.h */
#include "policy/engine.h"

const double engine_bucket_seconds[ENGINE_BUCKETS] = {0.001, 0.005, 0.02, 0.1, 0.5, 1.0, 2.5, 5.0};

struct pass {
	struct engine *engine;
	struct resolver_waiter *waiter;
	bool unkept;
	bool kept; /* the domain had a positive verdict once */
};

static struct fact
pass_look(void *context, enum dns_type type, const char *name, size_t len)
{
	struct pass *p = context;
	struct fact f = resolver_look(p->engine->resolver, p->waiter, type, name, len);

	p->unkept = p->unkept || (f.answer != NULL && !f.kept);
	p->kept = p->kept || (type == DNS_MX && f.kept);
	return f;
}

static struct fact
zone_look(void *context, enum dns_type type, const char *name, size_t len)
{
	struct pass *p = context;

	return resolver_look(p->engine->resolver, p->waiter, type, name, len);
}

/* Walks over a verdict's facts once more, and keeps each. */
static struct fact
keep_look(void *context, enum dns_type type, const char *name, size_t len)
{
	struct engine *e = context;
	struct dns_cache *cache = resolver_cache(e->resolver);
	struct dns_entry *entry = dns_cache_find(cache, type, name, len);

	if (entry != NULL && entry->answer != NULL) {
		dns_cache_keep(cache, entry, entry->used);
	}
	return resolver_look(e->resolver, NULL, type, name, len);
}

static void
engine_keep(struct engine *e, const struct decision *d)
{
	struct fact_source facts = {keep_look, e};
	struct verdict again;

	relay_verdict(&e->config->relay, &e->config->identity, &d->recipient, &facts, &again);
}

bool
engine_decide(
    struct engine *e, const struct request *r, struct resolver_waiter *waiter, struct decision *d)
{
	struct pass pass = {.engine = e, .waiter = waiter};
	struct decision_inputs in = {
	    .config = e->config,
	    .recipients = e->recipients,
	    .zones_ipv4 = dnsbl_health_ipv4(e->zones),
	    .zones_ipv6 = dnsbl_health_ipv6(e->zones),
	    .relay_facts = {pass_look, &pass},
	    .dnsbl_facts = {zone_look, &pass},
	};

	decision_make(&in, r, d);
	if (d->verdict.action == ACTION_WAIT) {
		return false;
	}
	/*
	 * An absent primary is kept too: for how long it has been absent must not be lost. But not
	 * for domains that were never let in, or strangers could push out what is kept.
	 */
	if (pass.unkept &&
	    (d->relay.action == ACTION_PERMIT ||
	        (pass.kept &&
	            (d->relay.reason == REASON_PRIMARY_TEMP ||
	                d->relay.reason == REASON_PRIMARY_GONE ||
	                d->relay.reason == REASON_RCPT_UNKNOWN)))) {
		engine_keep(e, d);
	}
	if (d->dnsbl_asked) {
		dnsbl_health_note(e->zones, &d->dnsbl);
	}
	return true;
}

static void
log_value_if(struct log *l, const char *key, const struct request_value *v)
{
	if (v->len > 0) {
		log_value(l, key, v->text, v->len);
	}
}

static void
log_zones(struct log *l, const struct config *c, const struct decision *d)
{
	for (unsigned i = 0; i < c->dnsbl_count; i++) {
		char code[ADDRESS_TEXT_MAX];

		if (d->dnsbl.results[i] == DNSBL_LISTED || d->dnsbl.results[i] == DNSBL_FAULT) {
			address_format(&d->dnsbl.codes[i], code);
			log_text(l, d->dnsbl.results[i] == DNSBL_LISTED ? "listed" : "fault",
			    c->dnsbl[i].zone.text);
			log_text(l, "code", code);
		}
	}
	log_number(l, "score", d->dnsbl.score);
}

void
engine_record(struct engine *e, const struct request *r, const struct decision *d, int64_t ms)
{
	unsigned bucket = 0;

	e->decided[d->context][d->verdict.reason]++;
	e->replied[d->reply]++;
	e->stale += d->relay.stale;
	e->duration_ms += (uint64_t)ms;
	while (bucket < ENGINE_BUCKETS && (double)ms > engine_bucket_seconds[bucket] * 1000) {
		bucket++;
	}
	e->took[bucket]++;
	log_begin(e->log, "decision");
	log_word(e->log, "context", decision_context_name(d->context));
	log_word(e->log, "action", reply_log_word(d->reply));
	log_word(e->log, "reason", reason_code(d->verdict.reason));
	if (d->verdict.about.len > 0) {
		log_text(e->log, "about", d->verdict.about.text);
	}
	log_value(
	    e->log, "recipient", r->recipient.len > 0 ? r->recipient.text : "", r->recipient.len);
	log_value(e->log, "sender", r->sender.len > 0 ? r->sender.text : "", r->sender.len);
	log_value_if(e->log, "client", &r->client_address);
	log_value_if(e->log, "helo", &r->helo_name);
	log_value_if(e->log, "instance", &r->instance);
	if (d->relay.stale) {
		log_word(e->log, "stale", "yes");
	}
	if (d->dnsbl_asked) {
		log_zones(e->log, e->config, d);
	}
	if (e->config->dry_run) {
		log_word(e->log, "dry_run", action_name(d->verdict.action));
	}
	log_number(e->log, "ms", ms);
	log_end(e->log);
}
