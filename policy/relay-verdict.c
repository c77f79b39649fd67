/* relay-verdict.c - see relay-verdict.h */
#include "policy/relay-verdict.h"

#include <stdlib.h>
#include <string.h>

/* What one pass over the MX records has found. */
struct mx_scan {
	const struct relay_rules *rules;
	const struct identity *me;
	const struct fact_source *facts;
	struct verdict *v;
	struct dns_mx mx[DNS_MX_MAX]; /* by preference */
	unsigned count;
	bool waiting;
	bool failed; /* some host's addresses could not be had */
	struct domain_name failed_host;
	bool gone; /* some host has had no address for long enough */
	struct domain_name gone_host;
};

static void
conclude(struct verdict *v, enum action action, enum reason reason)
{
	v->action = action;
	v->reason = reason;
}

static void
name_set(struct domain_name *to, const char *name, size_t len)
{
	memcpy(to->text, name, len);
	to->text[len] = 0;
	to->len = (uint8_t)len;
}

static int
mx_compare(const void *a, const void *b)
{
	const struct dns_mx *x = a, *y = b;

	return (int)x->preference - (int)y->preference;
}

static enum reason
no_mx_reason(enum dns_outcome outcome)
{
	return outcome == DNS_NXDOMAIN ? REASON_NXDOMAIN : REASON_NO_MX;
}

/* The records and names, most of it, are set when there are some. */
static void
scan_begin(struct mx_scan *s, const struct relay_rules *rules, const struct identity *me,
    const struct fact_source *facts, struct verdict *v)
{
	s->rules = rules;
	s->me = me;
	s->facts = facts;
	s->v = v;
	s->count = 0;
	s->waiting = s->failed = s->gone = false;
}

/* Takes the domain's MX records into the scan. False: the verdict is already reached. */
static bool
scan_load(struct mx_scan *s, const struct domain_name *domain)
{
	struct fact f = facts_look(s->facts, DNS_MX, domain->text, domain->len);

	if (f.state == FACT_WAITING) {
		conclude(s->v, ACTION_WAIT, REASON_DNS_TEMP);
		return false;
	}
	if (f.state == FACT_FAILED) {
		conclude(s->v, ACTION_TEMPORARY, REASON_DNS_TEMP);
		return false;
	}
	s->v->stale = f.state == FACT_STALE;
	if (f.answer->outcome != DNS_DATA) {
		conclude(s->v, ACTION_REFUSE, no_mx_reason(f.answer->outcome));
		return false;
	}
	for (unsigned i = 0; i < f.answer->count; i++) {
		s->mx[i] = dns_answer_mx(f.answer, i);
		if (s->mx[i].len == 0) {
			conclude(s->v, ACTION_REFUSE, REASON_NULL_MX);
			return false;
		}
	}
	s->count = f.answer->count;
	qsort(s->mx, s->count, sizeof(s->mx[0]), mx_compare);
	return true;
}

/* A host's addresses; failures are noted. True when there are some. */
static bool
scan_host(struct mx_scan *s, const struct dns_mx *mx, struct host_facts *host)
{
	facts_host(s->facts, s->rules->ipv4, s->rules->ipv6, mx->name, mx->len, host);
	s->v->stale = s->v->stale || host->stale;
	switch (host->state) {
	case HOST_KNOWN:
		return true;
	case HOST_WAITING:
		s->waiting = true;
		return false;
	case HOST_GONE:
		if (host->gone_ms >= s->rules->gone_after_ms) {
			if (!s->gone) {
				name_set(&s->gone_host, mx->name, mx->len);
			}
			s->gone = true;
			return false;
		}
		break;
	case HOST_FAILED:
		break;
	}
	if (!s->failed) {
		name_set(&s->failed_host, mx->name, mx->len);
	}
	s->failed = true;
	return false;
}

/* Is one of these MX hosts this one? By name over all of them first, then by address. */
static bool
scan_finds_me(struct mx_scan *s, unsigned from, unsigned to)
{
	struct host_facts host;

	for (unsigned i = from; i < to; i++) {
		if (identity_has_name(s->me, s->mx[i].name, s->mx[i].len)) {
			return true;
		}
	}
	for (unsigned i = from; i < to; i++) {
		if (!scan_host(s, &s->mx[i], &host)) {
			continue;
		}
		for (unsigned k = 0; k < host.count; k++) {
			if (identity_has_address(s->me, &host.address[k])) {
				return true;
			}
		}
	}
	return false;
}

static unsigned
scan_group_end(const struct mx_scan *s, unsigned from)
{
	unsigned end = from;

	while (end < s->count && s->mx[end].preference == s->mx[from].preference) {
		end++;
	}
	return end;
}

/* No permission: whatever could not be looked up makes the answer temporary. */
static void
scan_refuse(struct mx_scan *s, enum reason reason)
{
	if (s->waiting) {
		conclude(s->v, ACTION_WAIT, REASON_PRIMARY_TEMP);
	} else if (s->failed) {
		conclude(s->v, ACTION_TEMPORARY, REASON_PRIMARY_TEMP);
		s->v->about = s->failed_host;
	} else {
		conclude(s->v, ACTION_REFUSE, reason);
	}
}

/* Every address of the host, or its name, must be in the list. */
static bool
host_is_inside(const struct host_list *list, const struct dns_mx *mx, const struct host_facts *host)
{
	if (host_list_has_name(list, mx->name, mx->len)) {
		return true;
	}
	for (unsigned k = 0; k < host->count; k++) {
		if (!host_list_has_address(list, &host->address[k])) {
			return false;
		}
	}
	return true;
}

/*
 * What speaks against sending mail to this host, or REASON_BACKUP. list NULL: any network will do.
 * A name in the list does not help an address that no mail server has.
 */
static enum reason
host_objection(const struct host_list *list, const struct dns_mx *mx, const struct host_facts *host)
{
	if (host->special) {
		return REASON_MX_UNUSABLE;
	}
	if (list == NULL) {
		return REASON_BACKUP;
	}
	if (host->crowded && !host_list_has_name(list, mx->name, mx->len)) {
		return REASON_MX_CROWDED;
	}
	return host_is_inside(list, mx, host) ? REASON_BACKUP : REASON_OUTSIDE_NETS;
}

static void
refuse_host(struct mx_scan *s, const struct dns_mx *mx, enum reason reason)
{
	name_set(&s->v->about, mx->name, mx->len);
	conclude(s->v, ACTION_REFUSE, reason);
}

/* This host is not among the records. There may be more of them than are kept. */
static void
scan_refuse_not_mx(struct mx_scan *s)
{
	scan_refuse(s, REASON_NOT_MX);
	if (s->v->action == ACTION_REFUSE && s->count == DNS_MX_MAX) {
		conclude(s->v, ACTION_TEMPORARY, REASON_TOO_MANY_MX);
	}
}

/* May mail go to the hosts of best preference? Only they count here, as in permit_mx_backup. */
static void
verdict_compat_best(struct mx_scan *s, unsigned best)
{
	const struct host_list *list = s->rules->any_network ? NULL : &s->rules->networks;
	bool failed = s->failed;
	struct host_facts host;

	s->failed = s->gone = false;
	for (unsigned i = 0; i < best; i++) {
		enum reason reason = scan_host(s, &s->mx[i], &host)
		    ? host_objection(list, &s->mx[i], &host)
		    : REASON_BACKUP;

		if (reason != REASON_BACKUP) {
			refuse_host(s, &s->mx[i], reason);
			s->failed = failed;
			if (failed) {
				scan_refuse(s, reason);
			}
			return;
		}
	}
	if (list == NULL) {
		/* nobody asked for networks: a host that cannot be looked up forbids nothing */
		s->failed = s->gone = false;
	}
	if (s->failed) {
		scan_refuse(s, REASON_OUTSIDE_NETS);
	} else if (s->gone) {
		s->v->about = s->gone_host;
		conclude(s->v, ACTION_REFUSE, REASON_PRIMARY_GONE);
	} else {
		conclude(s->v, ACTION_PERMIT, REASON_BACKUP);
	}
}

/* smtpd_check.c, permit_mx_backup(), in its order. */
static void
verdict_compat(struct mx_scan *s)
{
	unsigned best = scan_group_end(s, 0);
	bool backup;

	/* As there: whatever could not be looked up on the way makes each refusal temporary. */
	if (scan_finds_me(s, 0, best)) {
		scan_refuse(s, REASON_PRIMARY);
		return;
	}
	/* Even while waiting: so that all questions go out together. */
	backup = scan_finds_me(s, best, s->count);
	if (s->waiting || !backup) {
		scan_refuse_not_mx(s);
		return;
	}
	verdict_compat_best(s, best);
}

/* The end of the hosts better than this one, or count when this host is not among them. */
static unsigned
scan_better_end(struct mx_scan *s)
{
	unsigned from = 0;

	while (from < s->count) {
		unsigned end = scan_group_end(s, from);

		if (scan_finds_me(s, from, end)) {
			return from;
		}
		from = end;
	}
	return s->count;
}

/* One better MX of the strict modes. True when it is there, or trusted by its name. */
static bool
scan_better_host(struct mx_scan *s, const struct host_list *list, const struct dns_mx *mx)
{
	bool named = host_list_has_name(list, mx->name, mx->len);
	bool failed = s->failed, gone = s->gone;
	struct host_facts host;
	enum reason reason;

	if (!scan_host(s, mx, &host)) {
		if (named) { /* looked at for special addresses only */
			s->failed = failed;
			s->gone = gone;
		}
		return named;
	}
	reason = host_objection(list, mx, &host);
	if (reason != REASON_BACKUP) {
		refuse_host(s, mx, reason);
		return false;
	}
	if (host.partial && !named) {
		/* the family that did not answer might be outside */
		s->failed = true;
		name_set(&s->failed_host, mx->name, mx->len);
	}
	return true;
}

/* Every better MX must be inside; delivery may go to any of them. */
static void
verdict_all_better(struct mx_scan *s, const struct host_list *list)
{
	unsigned better = scan_better_end(s), present = 0;

	if (s->waiting || better == s->count) {
		scan_refuse_not_mx(s);
		return;
	}
	if (better == 0) {
		conclude(s->v, ACTION_REFUSE, REASON_PRIMARY);
		return;
	}
	s->failed = s->gone = false;
	s->v->action = ACTION_WAIT;
	for (unsigned i = 0; i < better; i++) {
		present += scan_better_host(s, list, &s->mx[i]);
		if (s->v->action == ACTION_REFUSE) {
			return;
		}
	}
	if (s->waiting || s->failed) {
		scan_refuse(s, REASON_OUTSIDE_NETS);
	} else if (present == 0) {
		s->v->about = s->gone_host;
		conclude(s->v, ACTION_REFUSE, REASON_PRIMARY_GONE);
	} else {
		conclude(s->v, ACTION_PERMIT, REASON_BACKUP);
	}
}

static enum reason
shape_reason(enum mailbox_kind kind)
{
	switch (kind) {
	case MAILBOX_ROUTED:
		return REASON_ROUTED;
	case MAILBOX_LITERAL:
		return REASON_LITERAL;
	case MAILBOX_BAD_DOMAIN:
		return REASON_BAD_DOMAIN;
	case MAILBOX_BAD_IDN:
		return REASON_BAD_IDN;
	case MAILBOX_TOO_LONG:
		return REASON_TOO_LONG;
	case MAILBOX_PLAIN:
	case MAILBOX_EMPTY:
	case MAILBOX_NO_DOMAIN:
		break;
	}
	return REASON_NO_DOMAIN;
}

static int
domain_compare(const void *key, const void *element)
{
	return domain_name_compare(key, element);
}

static const struct relay_pin *
pin_find(const struct relay_rules *rules, const struct domain_name *domain)
{
	/* the domain is a pin's first member */
	return bsearch(domain, rules->pins, rules->pin_count, sizeof(*rules->pins), domain_compare);
}

void
relay_verdict(const struct relay_rules *rules, const struct identity *me,
    const struct mailbox *recipient, const struct fact_source *facts, struct verdict *v)
{
	struct mx_scan s;
	const struct relay_pin *pin = NULL;

	scan_begin(&s, rules, me, facts, v);
	v->stale = false;
	v->about.len = 0;
	v->about.text[0] = 0;
	if (recipient->kind != MAILBOX_PLAIN) {
		conclude(v, ACTION_REFUSE, shape_reason(recipient->kind));
		return;
	}
	if (rules->mode == RELAY_STATIC) {
		bool listed = bsearch(&recipient->domain, rules->domains, rules->domain_count,
		                  sizeof(*rules->domains), domain_compare) != NULL;

		conclude(v, listed ? ACTION_PERMIT : ACTION_REFUSE,
		    listed ? REASON_STATIC : REASON_NOT_LISTED);
		return;
	}
	if (rules->mode == RELAY_PINNED) {
		pin = pin_find(rules, &recipient->domain);
		if (pin == NULL) {
			conclude(v, ACTION_REFUSE, REASON_NOT_PINNED);
			return;
		}
	}
	if (scan_load(&s, &recipient->domain)) {
		if (rules->mode == RELAY_COMPAT) {
			verdict_compat(&s);
		} else {
			verdict_all_better(&s, pin != NULL ? &pin->hosts : &rules->networks);
		}
	}
	/* Old data may let mail in while DNS is dead, but bounce none: its sender tries again. */
	if (v->stale && v->action == ACTION_REFUSE) {
		v->action = ACTION_TEMPORARY;
	}
}

/* Where may this host look for a domain's better MX hosts? NULL: anywhere. */
static const struct host_list *
target_list(const struct relay_rules *rules, const struct domain_name *domain)
{
	const struct relay_pin *pin = rules->mode == RELAY_PINNED ? pin_find(rules, domain) : NULL;

	if (pin != NULL) {
		return &pin->hosts;
	}
	/* The administrator has named the domain itself. */
	return rules->mode == RELAY_STATIC &&
	        rules->networks.network_count + rules->networks.name_count == 0
	    ? NULL
	    : &rules->networks;
}

void
relay_targets(const struct relay_rules *rules, const struct identity *me,
    const struct domain_name *domain, const struct fact_source *facts, struct relay_targets *out)
{
	const struct host_list *list = target_list(rules, domain);
	struct verdict v;
	struct mx_scan s;
	unsigned better;

	out->count = out->best = 0;
	scan_begin(&s, rules, me, facts, &v);
	if (!scan_load(&s, domain)) {
		out->waiting = v.action == ACTION_WAIT;
		return;
	}
	better = scan_better_end(&s);
	if (better == s.count && rules->mode != RELAY_STATIC) {
		better = 0; /* not a backup for it at all */
	}
	for (unsigned i = 0; i < better; i++) {
		struct host_facts host;
		bool named = list == NULL || host_list_has_name(list, s.mx[i].name, s.mx[i].len);

		if (!scan_host(&s, &s.mx[i], &host)) {
			continue;
		}
		for (unsigned k = 0; k < host.count && out->count < MX_HOST_ADDRESSES_MAX; k++) {
			if ((named || host_list_has_address(list, &host.address[k])) &&
			    !identity_has_address(me, &host.address[k])) {
				out->address[out->count++] = host.address[k];
				out->best += s.mx[i].preference == s.mx[0].preference;
			}
		}
	}
	out->waiting = s.waiting;
}
