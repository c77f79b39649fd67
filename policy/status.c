/* status.c - see status.h */
#include "policy/status.h"
#include "policy/server.h"

#include <inttypes.h>
#include <string.h>

static void
status_resolver(const struct server *s, struct text *t)
{
	struct resolver_counts counts;
	size_t kept, transient;
	char servers[256];

	resolver_counts(s->resolver, &counts);
	resolver_servers(s->resolver, servers, sizeof(servers));
	dns_cache_count(resolver_cache(s->resolver), &kept, &transient);
	text_add(t, "dns: servers %s, %" PRIu64 " queries, %" PRIu64 " failed, %u in flight\n",
	    servers, counts.queries, counts.failures, counts.inflight);
	text_add(t, "cache: %zu kept, %zu others, %" PRIu64 " times stale data served\n", kept,
	    transient, counts.stale);
}

static void
status_zones(const struct server *s, struct text *t)
{
	for (unsigned i = 0; i < s->config->dnsbl_count; i++) {
		for (unsigned family = 0; family < 2; family++) {
			const char *problem = dnsbl_health_problem(s->zones, i, family == 1);

			text_add(t, "zone %s %s: %s%s\n", s->config->dnsbl[i].zone.text,
			    family == 0 ? "ipv4" : "ipv6",
			    problem == NULL ? "in use" : "out: ", problem == NULL ? "" : problem);
		}
	}
}

static void
status_health(const struct server *s, struct text *t)
{
	struct health_report r;
	char address[ADDRESS_TEXT_MAX];

	for (unsigned i = 0; health_report(s->health, i, &r); i++) {
		address_format(&r.address, address);
		text_add(t,
		    "primary %s: %s for %" PRId64 " s, last: %s, %" PRIu64 " probes, %" PRIu64
		    " failed\n",
		    address, health_state_name(r.state), r.since_ms / 1000, r.last, r.probes,
		    r.failures);
	}
}

static void
status_say(const struct server *s, struct text *t)
{
	text_add(t, "mailgraft-policyd %s, up %lld s, mode %s%s\n", MAILGRAFT_VERSION,
	    (long long)(time(NULL) - s->started), config_mode_name(s->config->relay.mode),
	    s->config->dry_run ? ", dry run" : "");
	text_add(t, "connections: %u, of these waiting %u, buffered %zu bytes\n",
	    s->connections.count, s->connections.waiting, s->connections.buffered);
	status_resolver(s, t);
	if (s->engine.recipients != NULL) {
		text_add(t, "recipients: %zu\n", recipient_list_count(s->engine.recipients));
	} else {
		text_add(t, "recipients: not configured\n");
	}
	text_add(t, "reloads: %" PRIu64 ", failed %" PRIu64 "%s%s\n", s->reloads,
	    s->reload_failures, s->reload_error[0] != 0 ? ", last error: " : "", s->reload_error);
	if (state_saver_failures(s->saver) > 0) {
		text_add(t, "state: %" PRIu64 " writes failed\n", state_saver_failures(s->saver));
	}
	status_zones(s, t);
	status_health(s, t);
	for (unsigned c = 0; c < DECISION_CONTEXTS; c++) {
		for (unsigned r = 0; r < REASON_COUNT; r++) {
			if (s->engine.decided[c][r] > 0) {
				text_add(t, "decided %s %s: %" PRIu64 "\n",
				    decision_context_name(c), reason_code(r),
				    s->engine.decided[c][r]);
			}
		}
	}
}

static void
dump_entry(const struct dns_entry *e, int64_t now, struct text *t)
{
	const struct dns_answer *a = e->answer;
	char address[ADDRESS_TEXT_MAX];
	size_t len;

	if (a == NULL) {
		text_add(t, "%s %.*s failed, tried %" PRId64 " s ago\n", dns_type_name(e->type),
		    (int)e->len, e->name, (now - e->failed) / 1000);
		return;
	}
	text_add(t, "%s %.*s %s", dns_type_name(e->type), (int)e->len, e->name,
	    dns_outcome_name(a->outcome));
	if (a->outcome == DNS_ALIAS) {
		const char *alias = dns_answer_alias(a, &len);

		text_add(t, " %.*s", (int)len, alias);
	}
	for (unsigned i = 0; a->outcome == DNS_DATA && i < a->count; i++) {
		if (a->type == DNS_MX) {
			struct dns_mx mx = dns_answer_mx(a, i);

			text_add(t, " %u:%.*s", mx.preference, (int)mx.len, mx.name);
		} else {
			struct address one = dns_answer_address(a, i);

			address_format(&one, address);
			text_add(t, " %s", address);
		}
	}
	text_add(t,
	    ", learned %" PRId64 " s ago%s, ttl left %" PRId64 " s, same for %" PRId64 " s%s%s\n",
	    (now - e->learned) / 1000, e->restored ? " by an earlier process" : "",
	    e->expires > now ? (e->expires - now) / 1000 : 0, (now - e->since) / 1000,
	    e->kept ? ", kept" : "", e->failed != 0 ? ", failing" : "");
}

static void
status_dump(const struct server *s, const char *name, size_t len, struct text *t)
{
	const struct dns_cache *cache = resolver_cache(s->resolver);
	int64_t now = loop_now(s->loop);

	for (struct dns_entry *e = dns_cache_next(cache, NULL); e != NULL;
	     e = dns_cache_next(cache, e)) {
		if (len == 0 || (e->len == len && memcmp(e->name, name, len) == 0)) {
			dump_entry(e, now, t);
		}
	}
	if (t->len == 0) {
		text_add(t, "nothing known\n");
	}
}

/* The rest of a line after a word and one space; false: another word. */
static bool
word_is(const char *line, size_t len, const char *word, const char **rest, size_t *rest_len)
{
	size_t n = strlen(word);

	if (len < n || memcmp(line, word, n) != 0 || (len > n && line[n] != ' ')) {
		return false;
	}
	*rest = len > n ? line + n + 1 : line + n;
	*rest_len = len > n ? len - n - 1 : 0;
	return true;
}

bool
status_control(void *context, const char *question, size_t len, struct text *t)
{
	struct server *s = context;
	const char *lf = memchr(question, '\n', len), *rest;
	struct domain_name name;
	size_t line, rest_len;

	if (lf == NULL) {
		return false;
	}
	line = (size_t)(lf - question);
	if (word_is(question, line, "status", &rest, &rest_len)) {
		status_say(s, t);
	} else if (word_is(question, line, "reload", &rest, &rest_len)) {
		if (server_reload(s)) {
			text_add(t, s->next == NULL ? "reloaded\n" : "reloading\n");
		} else {
			text_add(t, "error: %s\n", s->reload_error);
		}
	} else if (word_is(question, line, "dump", &rest, &rest_len)) {
		if (rest_len > 0 && domain_name_parse(&name, rest, rest_len) != DOMAIN_NAME_OK) {
			text_add(t, "error: no domain name\n");
		} else {
			status_dump(
			    s, rest_len > 0 ? name.text : "", rest_len > 0 ? name.len : 0, t);
		}
	} else if (word_is(question, line, "forget", &rest, &rest_len) &&
	    domain_name_parse(&name, rest, rest_len) == DOMAIN_NAME_OK) {
		text_add(t, "forgot %u\n",
		    dns_cache_forget(resolver_cache(s->resolver), name.text, name.len));
	} else {
		text_add(t, "error: one of: status, dump [NAME], forget NAME, reload\n");
	}
	return true;
}

/* Metrics */

static void
metrics_decisions(const struct server *s, struct text *t)
{
	static const char *const replies[] = {
	    [REPLY_OK] = "ok",
	    [REPLY_DUNNO] = "dunno",
	    [REPLY_REFUSE] = "refuse",
	    [REPLY_TEMPORARY] = "temporary",
	};
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
	for (unsigned i = 0; i < 4; i++) {
		text_add(t, "mailgraft_policy_replies_total{action=\"%s\"} %" PRIu64 "\n",
		    replies[i], s->engine.replied[i]);
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
	struct resolver_counts counts;
	size_t kept, transient;

	resolver_counts(s->resolver, &counts);
	dns_cache_count(resolver_cache(s->resolver), &kept, &transient);
	metrics_value(t, "dns_queries_total", "counter", counts.queries);
	metrics_value(t, "dns_failures_total", "counter", counts.failures);
	metrics_value(t, "dns_refused_total", "counter", counts.refused);
	metrics_value(t, "dns_inflight", "gauge", counts.inflight);
	metrics_value(t, "dns_stale_total", "counter", counts.stale);
	metrics_value(t, "cache_kept", "gauge", kept);
	metrics_value(t, "cache_transient", "gauge", transient);
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
status_metrics(void *context, const char *question, size_t len, struct text *t)
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
	metrics_value(t, "reloads_total", "counter", s->reloads);
	metrics_value(t, "reload_failures_total", "counter", s->reload_failures);
	metrics_value(t, "state_failures_total", "counter", state_saver_failures(s->saver));
	metrics_value(t, "log_dropped_total", "counter", log_dropped(s->log));
	metrics_value(t, "recipients", "gauge",
	    s->engine.recipients != NULL ? recipient_list_count(s->engine.recipients) : 0);
	metrics_value(
	    t, "recipient_failures_total", "counter", recipient_watch_failures(s->recipients));
	metrics_zones(s, t);
	metrics_health(s, t);
	return true;
}
