/* explain.c - see explain.h */
#include "policy/explain.h"
#include "policy/config-file.h"
#include "policy/decision.h"
#include "policy/dns-state.h"
#include "policy/learned-state.h"
#include "policy/learner.h"
#include "policy/recipient-list.h"
#include "policy/resolver.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

struct explain {
	struct config *config;
	struct loop *loop;
	struct resolver *resolver;
	struct recipient_list *recipients;
	struct resolver_waiter waiter;
	struct learner *learner;
	struct learner_waiter recipient_waiter;
	bool last;  /* decide with what is known */
	bool print; /* the pass that is shown */
	unsigned facts;
	char servers[256];
};

static const char *
explain_outcome(enum dns_outcome outcome)
{
	return outcome == DNS_NXDOMAIN ? "does not exist" : "no such records";
}

static void
explain_fact(
    const struct explain *x, const struct fact *f, enum dns_type type, const char *name, size_t len)
{
	const struct dns_answer *a = f->answer;
	char address[ADDRESS_TEXT_MAX];
	size_t alias_len;

	printf("  %s %.*s:", dns_type_name(type), (int)len, name);
	if (f->state == FACT_FAILED || f->state == FACT_WAITING) {
		printf(" no answer from %s, nothing known from before\n", x->servers);
		return;
	}
	if (a->outcome == DNS_ALIAS) {
		const char *alias = dns_answer_alias(a, &alias_len);

		printf(" alias of %.*s", (int)alias_len, alias);
	} else if (a->outcome != DNS_DATA) {
		printf(" %s", explain_outcome(a->outcome));
		printf(" (for %" PRId64 " s)", f->same_ms / 1000);
	}
	for (unsigned i = 0; a->outcome == DNS_DATA && i < a->count; i++) {
		if (type == DNS_MX) {
			struct dns_mx mx = dns_answer_mx(a, i);

			printf(" %u %.*s%s", mx.preference, (int)mx.len, mx.name,
			    mx.len == 0 ? "." : "");
			if (identity_has_name(&x->config->identity, mx.name, mx.len)) {
				printf(" (this host)");
			}
		} else {
			struct address one = dns_answer_address(a, i);

			address_format(&one, address);
			printf(" %s%s", type == DNS_AAAA && address_is_ipv4(&one) ? "::ffff:" : "",
			    address);
			if (address_is_special(&one) ||
			    (type == DNS_AAAA && address_is_ipv4(&one))) {
				printf(" (no mail server's)");
			} else if (identity_has_address(&x->config->identity, &one)) {
				printf(" (this host)");
			} else if (host_list_has_address(&x->config->relay.networks, &one)) {
				printf(" (in primary-networks)");
			}
		}
		printf(i + 1 < a->count ? "," : "");
	}
	printf("; %" PRId64 " s old, ttl %" PRIu32 ", from %s%s\n", f->age_ms / 1000, a->ttl,
	    f->restored ? "the state file" : x->servers,
	    f->state == FACT_STALE ? ", STALE: DNS does not answer now" : "");
}

static struct fact
explain_look(void *context, enum dns_type type, const char *name, size_t len)
{
	struct explain *x = context;
	struct fact f = resolver_look(x->resolver, x->last ? NULL : &x->waiter, type, name, len);

	if (x->print && x->facts++ < FACTS_MAX) {
		explain_fact(x, &f, type, name, len);
	}
	return f;
}

static enum recipient_answer
explain_learned(void *context, const struct mailbox *recipient)
{
	struct explain *x = context;
	const struct fact_source facts = {explain_look, x};

	return learner_look(x->learner, x->last ? NULL : &x->recipient_waiter, recipient, &facts);
}

/* What an earlier question has left, before it is asked again. */
static void
explain_memory(const struct explain *x, const struct mailbox *m)
{
	const struct mailbox base = mailbox_without_extension(m, x->config->recipient_delimiter);
	const struct learned_entry *e = NULL;
	int64_t now = loop_now(x->loop);
	struct recipient_key key;

	if (recipient_key_make(&key, &base)) {
		e = learned_find(learner_memory(x->learner), &key, now);
	}
	if (e == NULL) {
		printf("learned: nothing\n");
	} else {
		printf("learned: %s, %" PRId64 " s ago\n",
		    learned_word_name((enum learned_word)e->word), (now - e->when) / 1000);
	}
}

static void
explain_asked(const struct explain *x)
{
	const struct smtp_report *r = learner_last(x->learner);

	if (r == NULL) {
		return;
	}
	printf("primary asked: %s", r->words);
	if (r->code != 0) {
		printf(", %u %s", r->code, r->enhanced);
	}
	printf("\n");
}

static void
explain_arrived(void *context)
{
	(void)context;
}

static struct request_value
value(const char *text)
{
	return (struct request_value){text, text != NULL ? strlen(text) : 0};
}

static void
explain_reply(const char *context, const struct decision *d)
{
	char reply[REPLY_MAX];
	size_t len = reply_write(reply, d->reply, d->text);

	printf("%s: %s, %s (%s)%s\n", context, action_name(d->verdict.action),
	    reason_code(d->verdict.reason), reason_text(d->verdict.reason),
	    d->verdict.about.len > 0 ? ":" : "");
	if (d->verdict.about.len > 0) {
		printf("  about %s\n", d->verdict.about.text);
	}
	printf("  policy reply: %.*s\n", (int)len - 2, reply);
	if (reply_exim_code(d->reply) != NULL) {
		printf("  Postfix: %.*s <recipient>: Recipient address rejected: %s\n", 9,
		    reply + strlen("action="), d->text);
		printf("  Exim: %s %s\n", reply_exim_code(d->reply), d->text);
	} else if (d->reply == REPLY_OK) {
		printf("  Postfix: permits the recipient\n  Exim: accepts\n");
	} else {
		printf("  Postfix: goes on to the next restriction\n  Exim: goes on\n");
	}
}

/* Waits for facts until the deadline, then prints the pass that stands. */
static void
explain_decide(
    struct explain *x, const struct explain_request *e, const char *context, bool show_facts)
{
	bool usable[DNSBL_ZONES_MAX];
	struct decision_inputs in = {
	    .config = x->config,
	    .recipients = x->recipients,
	    .zones_ipv4 = usable,
	    .zones_ipv6 = usable,
	    .learned = explain_learned,
	    .learned_context = x,
	    .relay_facts = {explain_look, x},
	    .dnsbl_facts = {explain_look, x},
	};
	struct request r = {
	    .request = value("smtpd_access_policy"),
	    .protocol_state = value("RCPT"),
	    .policy_context = value(context),
	    .recipient = value(e->recipient),
	    .client_address = value(e->client),
	    .sender = value(e->sender),
	    .helo_name = value(e->helo),
	};
	int64_t deadline = loop_now(x->loop) + config_deadline_ms(x->config);
	struct decision d;

	memset(usable, true, sizeof(usable));
	x->last = x->print = false;
	for (;;) {
		resolver_cancel(&x->waiter);
		learner_cancel(&x->recipient_waiter);
		decision_make(&in, &r, &d);
		if (d.verdict.action != ACTION_WAIT) {
			break;
		}
		(void)loop_turn(x->loop, 100);
		x->last = loop_now(x->loop) >= deadline;
	}
	if (show_facts) {
		printf("facts:\n");
		x->print = true;
		x->last = true;
		decision_make(&in, &r, &d);
	}
	explain_reply(context, &d);
	if (d.dnsbl_asked) {
		printf("  DNSBL score %d of %d, if every zone passes its self-test (see status)\n",
		    d.dnsbl.score, x->config->reject_score);
	}
}

static bool
explain_load(struct explain *x, char *error)
{
	struct resolver_settings settings = {
	    .servers = x->config->dns_servers,
	    .timeout_ms = x->config->dns_timeout_ms,
	    .tries = x->config->dns_tries,
	    .keep_stale_ms = x->config->keep_stale_ms,
	};
	enum recipient_step step = RECIPIENT_STEP_MORE;
	struct recipient_load *load;
	struct dns_state dns = {.max_age_ms = x->config->keep_stale_ms};
	struct state_part part, learned;
	size_t taken, skipped;
	const char *why;

	x->loop = loop_new();
	x->resolver = x->loop != NULL ? resolver_new(x->loop, &settings, &why) : NULL;
	if (x->resolver == NULL) {
		snprintf(error, CONFIG_ERROR_MAX, "cannot start DNS");
		return false;
	}
	resolver_servers(x->resolver, x->servers, sizeof(x->servers));
	x->learner = learner_new(x->loop, NULL, NULL);
	if (x->learner == NULL) {
		snprintf(error, CONFIG_ERROR_MAX, "out of memory");
		return false;
	}
	learner_configure(x->learner, x->config);
	dns.cache = resolver_cache(x->resolver);
	part = dns_state_part(&dns);
	if (x->config->state != NULL &&
	    state_file_read(x->config->state, &part, loop_now(x->loop), &taken, &skipped, &why) ==
	        0) {
		printf("state file: %zu entries\n", taken);
	}
	learned = learned_state_part(learner_memory(x->learner));
	if (x->config->state != NULL) {
		(void)state_file_read(
		    x->config->state, &learned, loop_now(x->loop), &taken, &skipped, &why);
	}
	if (x->config->recipient_file_count == 0) {
		return true;
	}
	load = recipient_load_begin(x->config->recipient_files, x->config->recipient_file_count);
	if (load == NULL) {
		snprintf(error, CONFIG_ERROR_MAX, "out of memory");
		return false;
	}
	while (step == RECIPIENT_STEP_MORE) {
		step = recipient_load_step(load, error);
	}
	if (step == RECIPIENT_STEP_DONE) {
		x->recipients = recipient_load_take(load);
	}
	recipient_load_free(load);
	return step == RECIPIENT_STEP_DONE;
}

int
explain_run(const struct explain_request *e)
{
	struct explain x = {0};
	char error[CONFIG_ERROR_MAX];
	struct mailbox m;
	int status = EX_CONFIG;

	x.config = config_from_file(e->config_path, error);
	if (x.config == NULL || !explain_load(&x, error)) {
		(void)fprintf(stderr, "mailgraft-policyd: %s\n", error);
		goto out;
	}
	x.waiter = (struct resolver_waiter){.arrived = explain_arrived};
	x.recipient_waiter = (struct learner_waiter){.arrived = explain_arrived};
	mailbox_parse(&m, e->recipient, strlen(e->recipient));
	printf("mode: %s\nrecipient: %s\n", config_mode_name(x.config->relay.mode), e->recipient);
	if (m.kind == MAILBOX_PLAIN) {
		printf("domain: %s\n", m.domain.text);
		if (x.recipients != NULL) {
			printf("recipient files: %s\n",
			    recipient_list_has_base(x.recipients, &m, x.config->recipient_delimiter)
			        ? "listed"
			        : mailbox_is_role(&m) &&
			            recipient_list_has_domain(x.recipients, &m.domain)
			        ? "a role address of a listed domain, taken"
			        : "not listed");
		}
		if (x.config->learn) {
			explain_memory(&x, &m);
		}
	}
	explain_decide(&x, e, "relay", true);
	explain_asked(&x);
	explain_decide(&x, e, "filter", x.config->dnsbl_count > 0);
	status = EX_OK;
out:
	resolver_cancel(&x.waiter);
	learner_free(x.learner);
	resolver_free(x.resolver);
	recipient_list_free(x.recipients);
	loop_free(x.loop);
	config_free(x.config);
	return status;
}
