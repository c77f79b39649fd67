/* engine.c - see engine.h */
#include "policy/engine.h"

const double engine_bucket_seconds[ENGINE_BUCKETS] = {0.001, 0.005, 0.02, 0.1, 0.5, 1.0, 2.5, 5.0};

struct pass {
	struct engine *engine;
	struct engine_waiter *waiter;
	bool unkept;
	bool kept; /* the domain had a positive verdict once */
};

void
engine_waiter_begin(struct engine_waiter *waiter, void (*arrived)(void *context), void *context)
{
	waiter->facts.arrived = waiter->recipient.arrived = arrived;
	waiter->facts.context = waiter->recipient.context = context;
}

void
engine_cancel(struct engine_waiter *waiter)
{
	resolver_cancel(&waiter->facts);
	learner_cancel(&waiter->recipient);
}

static struct fact
pass_fact(struct pass *p, enum dns_type type, const char *name, size_t len)
{
	return resolver_look(
	    p->engine->resolver, p->waiter != NULL ? &p->waiter->facts : NULL, type, name, len);
}

static struct fact
pass_look(void *context, enum dns_type type, const char *name, size_t len)
{
	struct pass *p = context;
	struct fact f = pass_fact(p, type, name, len);

	p->unkept = p->unkept || (f.answer != NULL && !f.kept);
	p->kept = p->kept || (type == DNS_MX && f.kept);
	return f;
}

static struct fact
zone_look(void *context, enum dns_type type, const char *name, size_t len)
{
	return pass_fact(context, type, name, len);
}

static enum recipient_answer
pass_learned(void *context, const struct mailbox *recipient)
{
	struct pass *p = context;
	const struct fact_source facts = {pass_look, p};

	return learner_look(p->engine->learner, p->waiter != NULL ? &p->waiter->recipient : NULL,
	    recipient, &facts);
}

/* From what is known: what the verdict has looked at, or what a static domain needs. */
static struct fact
known_look(void *context, enum dns_type type, const char *name, size_t len)
{
	const struct engine *e = context;

	return resolver_look(e->resolver, NULL, type, name, len);
}

static bool
engine_is_up(void *context, const struct domain_name *domain)
{
	struct engine *e = context;
	const struct fact_source facts = {known_look, e};

	return primary_up_look(e->up, e->config, domain, &facts, loop_now(e->loop));
}

static enum retry_age
engine_tried(void *context, const struct request *r)
{
	const struct engine *e = context;

	return retry_memory_look(e->retries, r, loop_now(e->loop));
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

/*
 * A domain that was let in keeps its 450 until its loss has been seen for gone-after without a
 * break: a zone may be broken, or be mended, and mail must not bounce meanwhile.
 */
static bool
engine_forgives(void *context, const struct domain_name *domain)
{
	const struct engine *e = context;
	const struct dns_entry *mx = dns_cache_find(
	    resolver_cache(e->resolver), DNS_MX, domain->text, domain->len);
	const struct dns_past *p = mx != NULL ? mx->past : NULL;
	int64_t now = loop_now(e->loop);

	if (p == NULL || p->good == 0 || p->good < e->rules_since) {
		return false;
	}
	return p->bad == 0 || now - p->bad_seen > DNS_POLL_GAP_MS ||
	    now - p->bad < e->config->relay.gone_after_ms;
}

static void
log_drift(struct engine *e, const struct domain_name *domain, const char *now)
{
	log_begin(e->log, "drift");
	log_text(e->log, "domain", domain->text);
	log_word(e->log, "now", now);
	log_end(e->log);
}

/* The domain would be let in now. */
static void
note_good(struct engine *e, const struct domain_name *domain)
{
	struct dns_cache *cache = resolver_cache(e->resolver);
	struct dns_entry *mx = dns_cache_find(cache, DNS_MX, domain->text, domain->len);
	int64_t now = loop_now(e->loop);
	struct dns_past *p;

	if (mx == NULL || !mx->kept) {
		return;
	}
	p = dns_cache_past(cache, mx);
	if (p == NULL) {
		return;
	}
	if (p->bad != 0) {
		log_drift(e, domain, "BACKUP");
	}
	if (p->bad != 0 || p->good == 0 || now - p->good >= DNS_SAVE_AGAIN_MS ||
	    p->good < e->rules_since) {
		*p = (struct dns_past){.good = now};
		dns_cache_touch(cache, mx, now);
	}
}

/*
 * The domain was let in, and would not be now. That goes on counting when its time is over, or it
 * would begin anew.
 */
static void
note_bad(struct engine *e, const struct domain_name *domain, enum reason reason)
{
	struct dns_cache *cache = resolver_cache(e->resolver);
	struct dns_entry *mx = dns_cache_find(cache, DNS_MX, domain->text, domain->len);
	struct dns_past *p = mx != NULL && mx->kept ? mx->past : NULL;
	int64_t now = loop_now(e->loop);

	if (p == NULL || p->good == 0 || p->good < e->rules_since) {
		return;
	}
	if (p->bad == 0 || now - p->bad_seen > DNS_POLL_GAP_MS) {
		e->drifts++;
		log_drift(e, domain, reason_code(reason));
		p->bad = p->bad_seen = now;
		dns_cache_touch(cache, mx, now);
	}
	if (now - p->bad_seen >= DNS_PAST_SAVE_MS) {
		dns_cache_touch(cache, mx, now); /* a restart must not look like a break */
		p->bad_seen = now;
	}
}

void
engine_poll(struct engine *e, const struct domain_name *domain, const struct fact_source *facts)
{
	struct mailbox m = {.kind = MAILBOX_PLAIN, .local = "", .domain = *domain};
	struct relay_targets targets;
	struct verdict v;

	relay_targets(&e->config->relay, &e->config->identity, domain, facts, &targets);
	relay_verdict(&e->config->relay, &e->config->identity, &m, facts, &v);
	if (v.action == ACTION_PERMIT && v.reason == REASON_BACKUP) {
		note_good(e, domain);
	} else if (v.action == ACTION_REFUSE && decision_can_be_mistake(v.reason)) {
		note_bad(e, domain, v.reason);
	}
}

/* The domain is one that this host backs up, whatever becomes of the recipient. */
static bool
is_backed_up(enum reason reason)
{
	switch (reason) {
	case REASON_BACKUP:
	case REASON_RCPT_UNKNOWN:
	case REASON_RCPT_UNKNOWN_TAKEN:
	case REASON_RCPT_NO_USER:
	case REASON_RCPT_TAKES_ALL:
	case REASON_RCPT_UNSEEN:
	case REASON_RCPT_UNSEEN_TAKEN:
	case REASON_RCPT_UNTOLD:
		return true;
	default:
		return false;
	}
}

bool
engine_decide(
    struct engine *e, const struct request *r, struct engine_waiter *waiter, struct decision *d)
{
	struct pass pass = {.engine = e, .waiter = waiter};
	struct decision_inputs in = {
	    .config = e->config,
	    .recipients = e->recipients,
	    .zones_ipv4 = dnsbl_health_ipv4(e->zones),
	    .zones_ipv6 = dnsbl_health_ipv6(e->zones),
	    .forgives = engine_forgives,
	    .forgives_context = e,
	    .learned = pass_learned,
	    .learned_context = &pass,
	    .is_up = e->up != NULL ? engine_is_up : NULL,
	    .tried = engine_tried,
	    .up_context = e,
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
	                is_backed_up(d->relay.reason))))) {
		engine_keep(e, d);
	}
	if (is_backed_up(d->relay.reason)) {
		note_good(e, &d->recipient.domain);
	} else if (decision_can_be_mistake(d->relay.reason) && !d->relay.stale) {
		note_bad(e, &d->recipient.domain, d->relay.reason);
	}
	if (d->up) {
		retry_memory_note(e->retries, r, loop_now(e->loop));
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
	e->forgiven += d->forgiven;
	if (d->up) {
		e->while_up[d->tried]++;
	}
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
	if (d->forgiven) {
		log_word(e->log, "forgiven", "yes");
	}
	if (d->up) {
		log_word(e->log, "while_up", retry_age_name(d->tried));
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
