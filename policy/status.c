/* status.c - see status.h */
#include "policy/status.h"
#include "policy/server.h"

#include <inttypes.h>

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
status_prefetch(const struct server *s, struct text *t)
{
	text_add(t, "configured: %zu domains, %" PRIu64 " questions to keep them known\n",
	    prefetch_domains(s->prefetch), prefetch_asked(s->prefetch));
}

static void
status_learned(const struct server *s, struct text *t)
{
	const struct learned *memory = learner_memory(s->learner);
	struct learner_counts n;
	uint64_t asked = 0;

	learner_count(s->learner, &n);
	for (unsigned i = 0; i < SMTP_FINDINGS; i++) {
		asked += n.asked[i];
	}
	text_add(t,
	    "learned: %zu known, %zu not known, %zu domains take all; asked %" PRIu64
	    " times, %u now, %u waiting\n",
	    learned_count(memory, LEARNED_KNOWN), learned_count(memory, LEARNED_NO_USER),
	    learned_count(memory, LEARNED_TAKES_ALL), asked, n.running, n.waiting);
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

void
status_write(const struct server *s, struct text *t)
{
	text_add(t, "mailgraft-policyd %s, up %lld s, mode %s%s\n", MAILGRAFT_VERSION,
	    (long long)(time(NULL) - s->started), config_mode_name(s->config->relay.mode),
	    s->config->dry_run ? ", dry run" : "");
	text_add(t, "connections: %u, of these waiting %u, buffered %zu bytes\n",
	    s->connections.count, s->connections.waiting, s->connections.buffered);
	status_resolver(s, t);
	if (s->engine.recipients != NULL) {
		const char *problem = recipient_watch_problem(s->recipients);

		text_add(t, "recipients: %zu%s%s\n", recipient_list_count(s->engine.recipients),
		    problem[0] != 0 ? ", an older list: " : "", problem);
	} else {
		text_add(t, "recipients: not configured\n");
	}
	status_prefetch(s, t);
	if (s->config->learn) {
		status_learned(s, t);
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
