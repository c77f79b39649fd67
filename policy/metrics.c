/* metrics.c - see metrics.h */
#include "policy/metrics.h"
#include "policy/server.h"

#include <inttypes.h>
#include <string.h>

static void
metrics_decisions(const struct server *s, struct text *t)
{
	uint64_t sum = 0;

	text_add(t, "# TYPE mailgraft_policy_decisions_total counter\n");
	for (unsigned c = 0; c < DECISION_CONTEXTS; c++) {
		for (unsigned r = 0; r < REASON_COUNT; r++) {
			if (s->engine.decided[c][r] > 0) {
				text_add(t,
				    "mailgraft_policy_decisions_total{context=\"%s\",reason=\"%s\"}"
				    " %" PRIu64 "\n",
				    decision_context_name(c), reason_code(r),
				    s->engine.decided[c][r]);
			}
		}
	}
	text_add(t, "# TYPE mailgraft_policy_replies_total counter\n");
	for (unsigned i = 0; i < REPLY_KINDS; i++) {
		text_add(t, "mailgraft_policy_replies_total{action=\"%s\"} %" PRIu64 "\n",
		    reply_metric_word(i), s->engine.replied[i]);
	}
	text_add(t, "# TYPE mailgraft_policy_decision_seconds histogram\n");
	for (unsigned i = 0; i < ENGINE_BUCKETS; i++) {
		sum += s->engine.took[i];
		text_add(t, "mailgraft_policy_decision_seconds_bucket{le=\"%g\"} %" PRIu64 "\n",
		    engine_bucket_seconds[i], sum);
	}
	sum += s->engine.took[ENGINE_BUCKETS];
	text_add(t,
	    "mailgraft_policy_decision_seconds_bucket{le=\"+Inf\"} %" PRIu64 "\n"
	    "mailgraft_policy_decision_seconds_sum %g\n"
	    "mailgraft_policy_decision_seconds_count %" PRIu64 "\n",
	    sum, (double)s->engine.duration_ms / 1000, sum);
}

static void
metrics_value(struct text *t, const char *name, const char *type, uint64_t value)
{
	text_add(t, "# TYPE mailgraft_policy_%s %s\nmailgraft_policy_%s %" PRIu64 "\n", name, type,
	    name, value);
}

static void
metrics_resolver(const struct server *s, struct text *t)
{
	const struct dns_cache *cache = resolver_cache(s->resolver);
	struct resolver_counts counts;
	size_t kept, transient;

	resolver_counts(s->resolver, &counts);
	dns_cache_count(cache, &kept, &transient);
	metrics_value(t, "dns_queries_total", "counter", counts.queries);
	metrics_value(t, "dns_failures_total", "counter", counts.failures);
	metrics_value(t, "dns_refused_total", "counter", counts.refused);
	metrics_value(t, "dns_inflight", "gauge", counts.inflight);
	metrics_value(t, "dns_stale_total", "counter", counts.stale);
	metrics_value(t, "cache_kept", "gauge", kept);
	metrics_value(t, "cache_transient", "gauge", transient);
	metrics_value(t, "cache_kept_bytes", "gauge",
	    dns_cache_bytes(cache, DNS_KEPT) + dns_cache_bytes(cache, DNS_CONFIGURED));
	metrics_value(t, "cache_transient_bytes", "gauge", dns_cache_bytes(cache, DNS_TRANSIENT));
	metrics_value(t, "cache_refused_total", "counter", dns_cache_refused(cache));
}

static void
metrics_connections(const struct server *s, struct text *t)
{
	metrics_value(t, "connections", "gauge", s->connections.count);
	metrics_value(t, "connections_waiting", "gauge", s->connections.waiting);
	metrics_value(t, "connections_total", "counter", s->connections.accepted);
	metrics_value(t, "buffered_bytes", "gauge", s->connections.buffered);
	text_add(t, "# TYPE mailgraft_policy_closed_total counter\n");
	for (unsigned i = 0; i < CONNECTION_CLOSES; i++) {
		text_add(t, "mailgraft_policy_closed_total{reason=\"%s\"} %" PRIu64 "\n",
		    connection_close_name(i), s->connections.closed[i]);
	}
}

static void
metrics_zones(const struct server *s, struct text *t)
{
	if (s->config->dnsbl_count > 0) {
		text_add(t, "# TYPE mailgraft_policy_zone_usable gauge\n");
	}
	for (unsigned i = 0; i < s->config->dnsbl_count; i++) {
		for (unsigned family = 0; family < 2; family++) {
			text_add(t, "mailgraft_policy_zone_usable{zone=\"%s\",family=\"%s\"} %d\n",
			    s->config->dnsbl[i].zone.text, family == 0 ? "ipv4" : "ipv6",
			    dnsbl_health_problem(s->zones, i, family == 1) == NULL);
		}
	}
	for (unsigned i = 0; i < s->config->dnsbl_count; i++) {
		text_add(t, "mailgraft_policy_zone_faults_total{zone=\"%s\"} %" PRIu64 "\n",
		    s->config->dnsbl[i].zone.text, dnsbl_health_faults(s->zones, i));
	}
}

static void
metrics_learned(const struct server *s, struct text *t)
{
	const struct learned *memory = learner_memory(s->learner);
	struct learner_counts n;

	learner_count(s->learner, &n);
	text_add(t, "# TYPE mailgraft_policy_learned gauge\n");
	for (unsigned i = LEARNED_KNOWN; i < LEARNED_WORDS; i++) {
		text_add(t, "mailgraft_policy_learned{word=\"%s\"} %zu\n", learned_word_name(i),
		    learned_count(memory, i));
	}
	metrics_value(t, "learned_bytes", "gauge", learned_bytes(memory));
	metrics_value(t, "learned_unkept_total", "counter", learned_refused(memory));
	text_add(t, "# TYPE mailgraft_policy_asked_total counter\n");
	for (unsigned i = 0; i < SMTP_FINDINGS; i++) {
		text_add(t, "mailgraft_policy_asked_total{found=\"%s\"} %" PRIu64 "\n",
		    smtp_finding_name(i), n.asked[i]);
	}
	metrics_value(t, "asked_unreached_total", "counter", n.unreached);
	metrics_value(t, "asked_crowded_total", "counter", n.crowded);
	metrics_value(t, "asking", "gauge", n.running);
	metrics_value(t, "asking_waiting", "gauge", n.waiting);
}

static void
metrics_while_up(const struct server *s, struct text *t)
{
	text_add(t, "# TYPE mailgraft_policy_while_up_total counter\n");
	for (unsigned i = 0; i < RETRY_AGES; i++) {
		text_add(t, "mailgraft_policy_while_up_total{seen=\"%s\"} %" PRIu64 "\n",
		    retry_age_name(i), s->engine.while_up[i]);
	}
}

static void
metrics_health(const struct server *s, struct text *t)
{
	struct health_report r;
	char address[ADDRESS_TEXT_MAX];

	for (unsigned i = 0; health_report(s->health, i, &r); i++) {
		address_format(&r.address, address);
		text_add(t, "mailgraft_policy_primary_up{address=\"%s\"} %d\n", address,
		    r.state == HEALTH_UP         ? 1
		        : r.state == HEALTH_DOWN ? 0
		                                 : -1);
	}
}

bool
metrics_answer(void *context, const char *question, size_t len, struct text *t)
{
	const struct server *s = context;

	if (memmem(question, len, "\r\n\r\n", 4) == NULL &&
	    memmem(question, len, "\n\n", 2) == NULL) {
		return false;
	}
	if (len < 13 || memcmp(question, "GET /metrics ", 13) != 0) {
		text_add(t,
		    "HTTP/1.1 404 Not Found\r\nConnection: close\r\n"
		    "Content-Length: 0\r\n\r\n");
		return true;
	}
	text_add(t,
	    "HTTP/1.1 200 OK\r\nConnection: close\r\n"
	    "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n\r\n");
	metrics_decisions(s, t);
	metrics_resolver(s, t);
	metrics_connections(s, t);
	metrics_value(t, "stale_decisions_total", "counter", s->engine.stale);
	metrics_value(t, "forgiven_decisions_total", "counter", s->engine.forgiven);
	metrics_value(t, "drifts_total", "counter", s->engine.drifts);
	metrics_value(t, "configured_domains", "gauge", prefetch_domains(s->prefetch));
	metrics_value(t, "configured_asked_total", "counter", prefetch_asked(s->prefetch));
	metrics_value(t, "reloads_total", "counter", s->reloads);
	metrics_value(t, "reload_failures_total", "counter", s->reload_failures);
	metrics_value(t, "state_failures_total", "counter", state_saver_failures(s->saver));
	metrics_value(t, "log_dropped_total", "counter", log_dropped(s->log));
	metrics_value(t, "recipients", "gauge",
	    s->engine.recipients != NULL ? recipient_list_count(s->engine.recipients) : 0);
	metrics_value(
	    t, "recipient_failures_total", "counter", recipient_watch_failures(s->recipients));
	if (s->config->learn) {
		metrics_learned(s, t);
	}
	if (config_watches(s->config)) {
		metrics_while_up(s, t);
	}
	metrics_zones(s, t);
	metrics_health(s, t);
	return true;
}
