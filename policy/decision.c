/* decision.c - see decision.h */
#include "policy/decision.h"

#include <stdio.h>
#include <string.h>

static void
settle(struct verdict *v, enum action action, enum reason reason)
{
	v->action = action;
	v->reason = reason;
}

static enum decision_context
context_of(const struct request *r)
{
	if (request_value_is(&r->policy_context, "relay")) {
		return DECISION_RELAY;
	}
	if (request_value_is(&r->policy_context, "filter")) {
		return DECISION_FILTER;
	}
	return DECISION_BOTH;
}

const char *
decision_context_name(enum decision_context context)
{
	static const char *const names[] = {
	    [DECISION_RELAY] = "relay",
	    [DECISION_FILTER] = "filter",
	    [DECISION_BOTH] = "both",
	};

	return names[context];
}

/* An MTA that sends no state (Exim's ACL may not) means RCPT. */
static bool
is_question(const struct request *r)
{
	return request_value_is(&r->request, "smtpd_access_policy") &&
	    (r->protocol_state.len == 0 || request_value_is(&r->protocol_state, "RCPT"));
}

bool
decision_can_be_mistake(enum reason reason)
{
	switch (reason) {
	case REASON_PRIMARY:
	case REASON_NOT_MX:
	case REASON_NO_MX:
	case REASON_NULL_MX:
	case REASON_NXDOMAIN:
	case REASON_TOO_MANY_MX:
	case REASON_OUTSIDE_NETS:
		return true;
	default:
		return false;
	}
}

/* The primary is asked about whom no file is about. */
static void
judge_learned(const struct decision_inputs *in, struct decision *d)
{
	struct verdict *v = &d->relay;

	switch (in->learned(in->learned_context, &d->recipient)) {
	case RECIPIENT_WAIT:
		settle(v, ACTION_WAIT, REASON_RCPT_UNTOLD);
		break;
	case RECIPIENT_KNOWN:
		break;
	case RECIPIENT_NO_USER:
		settle(v, ACTION_REFUSE, REASON_RCPT_NO_USER);
		break;
	case RECIPIENT_TAKES_ALL:
		settle(v, ACTION_PERMIT, REASON_RCPT_TAKES_ALL);
		break;
	case RECIPIENT_UNTOLD:
		settle(v, ACTION_TEMPORARY, REASON_RCPT_UNTOLD);
		break;
	case RECIPIENT_UNSEEN:
		if (in->config->unseen == CONFIG_UNSEEN_ACCEPT) {
			settle(v, ACTION_PERMIT, REASON_RCPT_UNSEEN_TAKEN);
		} else {
			settle(v,
			    in->config->unseen == CONFIG_UNSEEN_REFUSE ? ACTION_REFUSE
			                                               : ACTION_TEMPORARY,
			    REASON_RCPT_UNSEEN);
		}
		break;
	}
}

/* The files say who is known in the domains that they name. */
static void
judge_listed(const struct decision_inputs *in, struct decision *d)
{
	struct verdict *v = &d->relay;

	switch (in->config->unknown) {
	case CONFIG_UNKNOWN_ACCEPT:
		settle(v, ACTION_PERMIT, REASON_RCPT_UNKNOWN_TAKEN);
		break;
	case CONFIG_UNKNOWN_DEFER:
		settle(v, ACTION_TEMPORARY, REASON_RCPT_UNKNOWN);
		break;
	case CONFIG_UNKNOWN_REJECT:
		settle(v, ACTION_REFUSE, REASON_RCPT_UNKNOWN);
		break;
	}
}

static bool
is_listed(const struct decision_inputs *in, const struct decision *d, bool domain_is_listed)
{
	/* Every domain has its postmaster; but strangers' domains are none of ours. */
	return recipient_list_has_base(
	           in->recipients, &d->recipient, in->config->recipient_delimiter) ||
	    (domain_is_listed && mailbox_is_role(&d->recipient));
}

/* The relay verdict, then whether the recipient exists. */
static void
judge_relay(const struct decision_inputs *in, struct decision *d)
{
	struct verdict *v = &d->relay;
	bool domain_is_listed;

	relay_verdict(
	    &in->config->relay, &in->config->identity, &d->recipient, &in->relay_facts, v);
	if (v->action == ACTION_REFUSE && in->forgives != NULL &&
	    decision_can_be_mistake(v->reason) &&
	    in->forgives(in->forgives_context, &d->recipient.domain)) {
		v->action = ACTION_TEMPORARY;
		d->forgiven = true;
	}
	if (v->action != ACTION_PERMIT) {
		return;
	}
	domain_is_listed = in->recipients != NULL &&
	    recipient_list_has_domain(in->recipients, &d->recipient.domain);
	if (in->recipients != NULL && is_listed(in, d, domain_is_listed)) {
		return;
	}
	if (in->config->learn && !domain_is_listed) {
		judge_learned(in, d);
	} else if (in->recipients != NULL) {
		judge_listed(in, d);
	}
}

/* True when the client is listed or answers are missing; the verdict says which. */
static bool
judge_client(const struct decision_inputs *in, const struct request *r, struct decision *d)
{
	const struct config *c = in->config;
	struct address client;

	if (c->dnsbl_count == 0 || r->client_address.len == 0 ||
	    !address_parse(&client, r->client_address.text, r->client_address.len) ||
	    address_is_special(&client) || address_is_private(&client)) {
		return false;
	}
	d->dnsbl_asked = true;
	dnsbl_judge(c->dnsbl, c->dnsbl_count,
	    address_is_ipv4(&client) ? in->zones_ipv4 : in->zones_ipv6, &client, &in->dnsbl_facts,
	    &d->dnsbl);
	if (d->dnsbl.waiting) {
		settle(&d->verdict, ACTION_WAIT, REASON_DNSBL);
		return true;
	}
	if (d->dnsbl.score < c->reject_score) {
		return false;
	}
	settle(&d->verdict, ACTION_REFUSE, REASON_DNSBL);
	for (unsigned i = 0; i < c->dnsbl_count; i++) {
		if (d->dnsbl.results[i] == DNSBL_LISTED && c->dnsbl[i].score > 0) {
			d->verdict.about = c->dnsbl[i].zone;
			break;
		}
	}
	return true;
}

/*
 * While the primary is up, mail that comes here is likely spam: real senders go there. But some can
 * reach only this host, and those come again.
 */
static void
judge_while_up(const struct decision_inputs *in, const struct request *r, struct decision *d)
{
	enum config_while_up mode = in->config->while_up;

	if (d->relay.action != ACTION_PERMIT || mode == CONFIG_WHILE_UP_ACCEPT ||
	    !config_watches(in->config) || in->is_up == NULL ||
	    !in->is_up(in->up_context, &d->recipient.domain)) {
		return;
	}
	d->up = true;
	d->tried = in->tried(in->up_context, r);
	if (mode == CONFIG_WHILE_UP_OBSERVE || d->tried == RETRY_DUE) {
		return;
	}
	settle(&d->verdict,
	    mode == CONFIG_WHILE_UP_REFUSE_NEW && d->tried == RETRY_NEW ? ACTION_REFUSE
	                                                                : ACTION_TEMPORARY,
	    REASON_PRIMARY_UP);
}

static void
judge_filter(const struct decision_inputs *in, const struct request *r, struct decision *d)
{
	if (in->config->dnsbl_count == 0) {
		settle(&d->verdict, ACTION_PASS, REASON_DNSBL_CLEAN);
		return;
	}
	if (in->config->dnsbl_for == CONFIG_DNSBL_BACKUP) {
		judge_relay(in, d);
		if (d->relay.action != ACTION_PERMIT) {
			bool wait = d->relay.action == ACTION_WAIT;

			settle(&d->verdict, wait ? ACTION_WAIT : ACTION_PASS, REASON_NOT_BACKUP);
			return;
		}
	}
	if (!judge_client(in, r, d)) {
		settle(&d->verdict, ACTION_PASS, REASON_DNSBL_CLEAN);
	}
}

static void
write_text(const struct request *r, struct decision *d)
{
	const struct verdict *v = &d->verdict;
	const char *start = d->reply == REPLY_REFUSE ? "Relay access denied: " : "";
	bool about = v->about.len > 0;

	if (v->reason == REASON_DNSBL) {
		char client[ADDRESS_TEXT_MAX] = "";

		snprintf(client, sizeof(client), "%.*s", (int)r->client_address.len,
		    r->client_address.text);
		snprintf(d->text, sizeof(d->text),
		    "Service unavailable; client [%s] is listed by %s [DNSBL]", client,
		    v->about.text);
		return;
	}
	snprintf(d->text, sizeof(d->text), "%s%s [%s%s%s]", start, reason_text(v->reason),
	    reason_code(v->reason), about ? " " : "", v->about.text);
}

/* The domain is all right, the recipient is not. */
static bool
is_about_recipient(enum reason reason)
{
	return reason == REASON_RCPT_UNKNOWN || reason == REASON_RCPT_NO_USER ||
	    reason == REASON_RCPT_UNSEEN;
}

static void
choose_reply(const struct decision_inputs *in, const struct request *r, struct decision *d)
{
	d->text[0] = 0;
	switch (d->verdict.action) {
	case ACTION_PERMIT:
		d->reply = REPLY_OK;
		break;
	case ACTION_REFUSE:
		d->reply = is_about_recipient(d->verdict.reason) ? REPLY_NO_USER : REPLY_REFUSE;
		write_text(r, d);
		break;
	case ACTION_TEMPORARY:
		d->reply = REPLY_TEMPORARY;
		write_text(r, d);
		break;
	case ACTION_PASS:
	case ACTION_WAIT: /* sent by nobody */
		d->reply = REPLY_DUNNO;
		break;
	}
	if (in->config->dry_run) {
		d->reply = REPLY_DUNNO;
	}
}

static void
decision_begin(const struct request *r, struct decision *d)
{
	d->context = context_of(r);
	d->dnsbl_asked = false;
	d->forgiven = false;
	d->up = false;
	d->verdict = (struct verdict){.action = ACTION_PASS, .reason = REASON_NO_QUESTION};
	d->relay = d->verdict;
	mailbox_parse(
	    &d->recipient, r->recipient.len > 0 ? r->recipient.text : "", r->recipient.len);
}

void
decision_make(const struct decision_inputs *in, const struct request *r, struct decision *d)
{
	decision_begin(r, d);
	if (!is_question(r)) {
		choose_reply(in, r, d);
		return;
	}
	if (d->context == DECISION_FILTER) {
		judge_filter(in, r, d);
	} else {
		judge_relay(in, d);
		d->verdict = d->relay;
		judge_while_up(in, r, d);
		if (d->context == DECISION_BOTH && d->verdict.action == ACTION_PERMIT) {
			(void)judge_client(in, r, d);
		}
	}
	choose_reply(in, r, d);
}
