/*
 * check-postfix.c - judges what postconf says of a Postfix; see check-mta.h
 *
 * Each smtpd service of master.cf is judged with its own -o settings. What a table says is not
 * known here; only the delivery filter is asked (check-binding.c).
 */
#include "policy/check-binding.h"
#include "policy/check-mta.h"
#include "policy/config-file.h"
#include "policy/restriction-list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

enum { SERVICE_TIMEOUT_DEFAULT_MS = 100 * 1000, PREFIX_PUBLIC_IPV4 = 24, PREFIX_PUBLIC_IPV6 = 48 };

struct postfix {
	struct findings findings;
	const struct config *config;
	struct postfix_settings settings;
	const char *directory;
	unsigned asking; /* services that ask the daemon */
};

/* One smtpd, and its restrictions. */
struct smtpd {
	struct postfix *postfix;
	const struct postfix_service *service;
	char name[128];
	struct restrictions relay;
	struct restrictions recipient;
	struct restrictions all; /* of every list */
};

static const char *const deniers[] = {
    "reject_unauth_destination", "defer_unauth_destination", "reject", "defer", NULL};
static const char *const hooks[] = {"check_policy_service", NULL};

static const char *
value_of(const struct smtpd *s, const char *name)
{
	return postfix_settings_value(&s->postfix->settings, s->service, name);
}

/* "10s", "1m", "2h"; seconds without a unit. */
static long
time_ms(const char *text)
{
	static const struct {
		char unit;
		long ms;
	} units[] = {{'s', 1000}, {'m', 60 * 1000}, {'h', 3600 * 1000}, {'d', 86400L * 1000},
	    {'w', 7 * 86400L * 1000}};
	char *end;
	long n = strtol(text, &end, 10);

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (*end == units[i].unit) {
			return n * units[i].ms;
		}
	}
	return n * 1000;
}

/* "name=value" among the options of a policy service; else what main.cf has. */
static bool
option_of(const struct smtpd *s, const char *argument, const char *name, const char *parameter,
    char *value, size_t cap)
{
	size_t n = strlen(name);

	for (const char *p = argument; (p = strstr(p, name)) != NULL; p += n) {
		if (p > argument && strchr(" \t,", p[-1]) != NULL && p[n] == '=') {
			p += n + 1;
			p += *p == '{';
			(void)snprintf(value, cap, "%.*s", (int)strcspn(p, ",}"), p);
			return true;
		}
	}
	(void)snprintf(value, cap, "%s", value_of(s, parameter));
	return false;
}

/* Where a policy service is: a path below the queue directory made absolute, or as it is. */
static void
service_place(const struct smtpd *s, const char *argument, char *place, size_t cap)
{
	size_t len = strcspn(argument, " \t,");

	if (strncmp(argument, "unix:", 5) == 0 && argument[5] != '/') {
		(void)snprintf(place, cap, "unix:%s/%.*s", value_of(s, "queue_directory"),
		    (int)len - 5, argument + 5);
	} else {
		(void)snprintf(place, cap, "%.*s", (int)len, argument);
	}
}

static bool
is_listened_on(const struct config *c, const char *place)
{
	struct endpoint e = {0};

	if (strncmp(place, "unix:", 5) != 0) {
		const char *text = strncmp(place, "inet:", 5) == 0 ? place + 5 : place;

		if (!endpoint_set_inet(&e, text, strlen(text))) {
			return true; /* a name: nothing to compare */
		}
	}
	for (unsigned i = 0; i < c->listen_count; i++) {
		const struct endpoint *l = &c->listen[i];

		if (e.len > 0 ? endpoint_same_address(l, &e)
		              : endpoint_is_unix(l) && strcmp(endpoint_path(l), place + 5) == 0) {
			return true;
		}
	}
	return false;
}

static void
check_options(struct smtpd *s, const char *argument)
{
	struct findings *f = &s->postfix->findings;
	char value[RESTRICTION_WORD_MAX];
	bool given = option_of(
	    s, argument, "timeout", "smtpd_policy_service_timeout", value, sizeof(value));
	long ms = time_ms(value), deadline = (long)config_deadline_ms(s->postfix->config);

	if (!given && ms >= SERVICE_TIMEOUT_DEFAULT_MS) {
		findings_warning(f,
		    "%s: no timeout= for the policy service: a hanging daemon holds smtpd for %ld "
		    "s, twice; write { ..., timeout=10s, ... }",
		    s->name, ms / 1000);
	}
	if (ms <= deadline) {
		findings_error(f,
		    "%s: timeout=%s is not longer than dns timeout times tries and a second, %ld "
		    "ms; smtpd gives up before the daemon answers",
		    s->name, value, deadline);
	}
	given = option_of(s, argument, "default_action", "smtpd_policy_service_default_action",
	    value, sizeof(value));
	if (!given && value[0] == '4') {
		findings_warning(f,
		    "%s: no default_action=DUNNO: while the daemon is down, other mail is "
		    "deferred, too",
		    s->name);
	} else if (strncasecmp(value, "DUNNO", 5) != 0 && value[0] != '4') {
		findings_error(f,
		    "%s: default_action must be DUNNO: '%s' happens whenever the daemon is down",
		    s->name, value);
	}
}

static void
check_socket(struct smtpd *s, const char *argument, const char *place)
{
	if (s->service->chrooted && strncmp(argument, "unix:/", 6) == 0) {
		findings_error(&s->postfix->findings,
		    "%s: smtpd is chrooted to %s and cannot reach %s; listen below it and name "
		    "the socket relative to it",
		    s->name, value_of(s, "queue_directory"), place);
	} else if (!is_listened_on(s->postfix->config, place)) {
		findings_error(&s->postfix->findings,
		    "%s: nothing in 'listen' is %s, which smtpd asks", s->name,
		    place + (strncmp(place, "unix:", 5) == 0 ? 5 : 0));
	}
}

/* Our hook in the relay restrictions: of several policy services the one we listen for. */
static unsigned
find_hook(const struct smtpd *s, char *place, size_t cap)
{
	unsigned first = restrictions_find(&s->relay, 0, hooks);

	for (unsigned i = first; i < s->relay.count;
	     i = restrictions_find(&s->relay, i + 1, hooks)) {
		service_place(s, s->relay.item[i].argument, place, cap);
		if (is_listened_on(s->postfix->config, place)) {
			return i;
		}
	}
	if (first < s->relay.count) {
		service_place(s, s->relay.item[first].argument, place, cap);
	}
	return first;
}

static void
check_order(struct smtpd *s, unsigned hook)
{
	static const char *const own[] = {"permit_auth_destination", NULL};
	static const char *const soft[] = {"defer_unauth_destination", "defer", NULL};
	struct findings *f = &s->postfix->findings;
	unsigned end = restrictions_find(&s->relay, 0, deniers);

	if (end == s->relay.count || end < hook) {
		findings_error(f,
		    "%s: defer_unauth_destination must follow check_policy_service in "
		    "smtpd_relay_restrictions",
		    s->name);
	} else if (restrictions_find(&s->relay, hook, soft) != end) {
		findings_warning(f,
		    "%s: %s ends smtpd_relay_restrictions: while the daemon is down, mail for "
		    "backup domains is lost; use defer_unauth_destination",
		    s->name, s->relay.item[end].word);
	}
	if (restrictions_find(&s->relay, 0, own) >= hook) {
		findings_warning(f,
		    "%s: no permit_auth_destination before check_policy_service: mail for this "
		    "host's own domains is refused as NOT_MX or PRIMARY",
		    s->name);
	}
	for (const char *const *d = deniers; *d != NULL; d++) {
		const char *const one[] = {*d, NULL};

		if (restrictions_find(&s->recipient, 0, one) < s->recipient.count) {
			findings_error(f,
			    "%s: %s in smtpd_recipient_restrictions refuses what the relay "
			    "restrictions have granted; take it out",
			    s->name, *d);
		}
	}
}

/* Other settings that do not go with a backup MX. */
static void
check_company(struct smtpd *s)
{
	static const char *const probes[] = {"reject_unverified_recipient", NULL};
	static const char *const checks[] = {
	    "header_checks", "mime_header_checks", "nested_header_checks", "body_checks"};
	const char *override = value_of(s, "receive_override_options");
	struct findings *f = &s->postfix->findings;

	if (restrictions_find(&s->all, 0, probes) < s->all.count &&
	    strcmp(value_of(s, "unverified_recipient_tempfail_action"), "permit") != 0) {
		findings_warning(f,
		    "%s: reject_unverified_recipient: while the primary is down, no recipient can "
		    "be verified, and the backup defers what it is there to take; use 'recipients' "
		    "of mailgraft-policyd",
		    s->name);
	}
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		if (value_of(s, checks[i])[0] != 0 &&
		    strstr(override, "no_header_body_checks") == NULL) {
			findings_warning(f,
			    "%s: %s is applied to backup mail: its FILTER or REDIRECT takes mail "
			    "away from content_filter, its DISCARD loses a customer's mail; give "
			    "the service receive_override_options=no_header_body_checks",
			    s->name, checks[i]);
		}
	}
	if (strstr(override, "no_unknown_recipient_checks") != NULL) {
		findings_warning(f,
		    "%s: no_unknown_recipient_checks: unknown recipients of this host's own "
		    "domains are taken, and bounce to forged senders",
		    s->name);
	}
}

/* Can anybody send anywhere? Lists that end without a refusal permit. */
static void
check_openness(struct smtpd *s)
{
	static const char *const enders[] = {"permit", "reject_unauth_destination",
	    "defer_unauth_destination", "reject", "defer", "defer_if_permit", NULL};
	static const char *const old[] = {"permit_mx_backup", NULL};
	unsigned relay = restrictions_find(&s->relay, 0, enders);
	unsigned recipient = restrictions_find(&s->recipient, 0, enders);
	bool closed = (relay < s->relay.count &&
	                  strcmp(s->relay.item[relay].word, "permit") != 0) ||
	    (recipient < s->recipient.count &&
	        strcmp(s->recipient.item[recipient].word, "permit") != 0);

	if (!closed) {
		findings_error(&s->postfix->findings,
		    "dangerous: %s relays for everybody: neither smtpd_relay_restrictions nor "
		    "smtpd_recipient_restrictions comes to a refusal; end the first with "
		    "defer_unauth_destination",
		    s->name);
	}
	if (restrictions_find(&s->all, 0, old) < s->all.count) {
		findings_warning(&s->postfix->findings,
		    "%s: permit_mx_backup is still there: it grants without looking at "
		    "recipients; take it out",
		    s->name);
	}
}

static bool
is_too_wide(const struct network *n, bool *public)
{
	bool ipv4 = address_is_ipv4(&n->base);
	unsigned bits = ipv4 ? n->bits - 96u : n->bits;

	*public = !address_is_private(&n->base) && !address_is_special(&n->base);
	return *public ? bits < (ipv4 ? PREFIX_PUBLIC_IPV4 : PREFIX_PUBLIC_IPV6)
	               : bits < (ipv4 ? 8 : 7);
}

/* Clients in mynetworks may send to anybody. */
static void
check_mynetworks(struct findings *f, const char *name, const char *value)
{
	char copy[4096], *save = NULL;

	(void)snprintf(copy, sizeof(copy), "%s", value);
	for (char *item = strtok_r(copy, " \t,", &save); item != NULL;
	     item = strtok_r(NULL, " \t,", &save)) {
		struct network n;
		bool public;

		if (strncmp(item, "static:", 7) == 0) {
			findings_error(
			    f, "dangerous: %s %s lets every client send to everybody", name, item);
		} else if (network_parse(&n, item, strlen(item)) && is_too_wide(&n, &public)) {
			bool all = n.bits == 0 || (n.bits < 104 && address_is_ipv4(&n.base)) ||
			    (n.bits < 32 && !address_is_ipv4(&n.base) && public);

			if (all) {
				findings_error(f,
				    "dangerous: %s %s is far too wide: all of its hosts may send "
				    "to everybody",
				    name, item);
			} else {
				findings_warning(f,
				    "%s %s is wide: all of its hosts may send to everybody; name "
				    "only your own",
				    name, item);
			}
		}
	}
}

/* Domains that this Postfix takes for its own, so that the daemon is not asked about them. */
static void
check_own_domains(struct postfix *p)
{
	static const char *const lists[] = {
	    "relay_domains", "mydestination", "virtual_mailbox_domains", "virtual_alias_domains"};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		char copy[4096], *save = NULL;

		(void)snprintf(
		    copy, sizeof(copy), "%s", postfix_settings_value(&p->settings, NULL, lists[i]));
		for (char *item = strtok_r(copy, " \t,", &save); item != NULL;
		     item = strtok_r(NULL, " \t,", &save)) {
			if (strncmp(item, "static:", 7) == 0) {
				findings_error(&p->findings,
				    "dangerous: %s = %s takes every domain for this host's: mail "
				    "for everybody is taken, and the daemon is never asked",
				    lists[i], item);
			}
		}
	}
}

static void
check_host(struct postfix *p)
{
	const char *protocols = postfix_settings_value(&p->settings, NULL, "inet_protocols");
	const struct relay_rules *r = &p->config->relay;
	bool all = strstr(protocols, "all") != NULL;
	bool ipv4 = all || strstr(protocols, "ipv4") != NULL;
	bool ipv6 = all || strstr(protocols, "ipv6") != NULL;

	check_mynetworks(
	    &p->findings, "mynetworks", postfix_settings_value(&p->settings, NULL, "mynetworks"));
	check_own_domains(p);
	if ((ipv4 && !r->ipv4) || (ipv6 && !r->ipv6)) {
		findings_error(&p->findings,
		    "inet_protocols=%s, but 'families' leaves %s out: Postfix delivers to "
		    "addresses that nobody has looked at; make them the same",
		    protocols, ipv4 && !r->ipv4 ? "IPv4" : "IPv6");
	}
	for (unsigned i = 0; i < p->config->identity.address_count; i++) {
		if (!address_is_private(&p->config->identity.addresses[i]) &&
		    !address_is_special(&p->config->identity.addresses[i])) {
			return;
		}
	}
	if (postfix_settings_value(&p->settings, NULL, "proxy_interfaces")[0] == 0) {
		findings_warning(&p->findings,
		    "this host has private addresses only: Postfix needs proxy_interfaces, and "
		    "'identity' the public addresses, or mail loops");
	}
}

static void
check_smtpd(struct postfix *p, const struct postfix_service *service)
{
	static const char *const lists[] = {"smtpd_client_restrictions", "smtpd_helo_restrictions",
	    "smtpd_sender_restrictions", "smtpd_relay_restrictions", "smtpd_recipient_restrictions",
	    "smtpd_data_restrictions", "smtpd_end_of_data_restrictions"};
	struct smtpd *s = calloc(1, sizeof(*s));
	const char *mynetworks;
	char place[RESTRICTION_WORD_MAX + 512];
	unsigned hook;

	if (s == NULL) {
		findings_error(&p->findings, "out of memory");
		return;
	}
	s->postfix = p;
	s->service = service;
	(void)snprintf(s->name, sizeof(s->name), "%s/%s", service->name, service->type);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		restrictions_add(&s->all, &p->settings, service, value_of(s, lists[i]));
	}
	restrictions_add(&s->relay, &p->settings, service, value_of(s, lists[3]));
	restrictions_add(&s->recipient, &p->settings, service, value_of(s, lists[4]));
	mynetworks = value_of(s, "mynetworks");
	if (strcmp(mynetworks, postfix_settings_value(&p->settings, NULL, "mynetworks")) != 0) {
		check_mynetworks(
		    &p->findings, "mynetworks (of a service in master.cf)", mynetworks);
	}
	check_openness(s);
	hook = find_hook(s, place, sizeof(place));
	if (hook < s->relay.count) {
		p->asking++;
		check_socket(s, s->relay.item[hook].argument, place);
		check_options(s, s->relay.item[hook].argument);
		check_order(s, hook);
		check_company(s);
		check_binding(&p->findings, p->config, &p->settings, service, p->directory);
	}
	free(s);
}

int
check_mta_postfix(const char *config_path, const char *directory)
{
	char error[CONFIG_ERROR_MAX];
	struct postfix p = {.directory = directory};
	struct config *c = config_from_file(config_path, error);
	int status = EX_CONFIG;

	if (c == NULL) {
		(void)fprintf(stderr, "mailgraft-policyd: %s\n", error);
		return status;
	}
	p.config = c;
	status = EX_UNAVAILABLE;
	if (!postfix_settings_read(&p.settings, directory, error)) {
		(void)fprintf(stderr, "mailgraft-policyd: %s\n", error);
		goto out;
	}
	for (size_t i = 0; i < p.settings.service_count; i++) {
		const struct postfix_service *s = &p.settings.services[i];

		if (strcmp(s->command, "smtpd") == 0 &&
		    (strcmp(s->type, "inet") == 0 || strcmp(s->type, "pass") == 0)) {
			check_smtpd(&p, s);
		}
	}
	if (p.asking == 0) {
		findings_error(&p.findings,
		    "no check_policy_service in smtpd_relay_restrictions: nothing is ever granted");
	}
	check_host(&p);
	status = findings_status(&p.findings);
out:
	postfix_settings_finish(&p.settings);
	config_free(c);
	return status;
}
