/*
 * check-postfix.c - reads main.cf and master.cf as text; see check-mta.h
 *
 * Does not expand $parameters; what is set by one is reported as it is written.
 */
#include "policy/check-mta.h"
#include "policy/config-file.h"
#include "policy/findings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

enum { VALUE_MAX = 8192, SERVICE_TIMEOUT_DEFAULT_MS = 100 * 1000 };

struct postfix {
	struct findings findings;
	const struct config *config;
	char *main_cf;
	char *master_cf;
	char queue[512];
	bool chrooted;
};

/* The last setting of a parameter, continuation lines joined. False: not set. */
static bool
parameter(const char *text, const char *name, char *value)
{
	size_t n = strlen(name), len = 0;
	bool found = false, taking = false;

	value[0] = 0;
	while (*text != 0) {
		size_t line = strcspn(text, "\n");
		const char *p = text;

		if (*p == '#' || line == strspn(p, " \t")) {
			/* comments and empty lines do not end a value */
		} else if (*p == ' ' || *p == '\t') {
			if (taking) {
				len += (size_t)snprintf(
				    value + len, VALUE_MAX - len, " %.*s", (int)line, p);
			}
		} else {
			taking = strncmp(p, name, n) == 0 && p[n + strspn(p + n, " \t")] == '=';
			if (taking) {
				size_t skip = n + strspn(p + n, " \t") + 1;

				found = true;
				len = (size_t)snprintf(
				    value, VALUE_MAX, "%.*s", (int)(line - skip), p + skip);
			}
		}
		if (len >= VALUE_MAX) {
			len = VALUE_MAX - 1;
		}
		text += line;
		text += *text == '\n';
	}
	return found;
}

/* A restriction as a whole word. */
static const char *
word_in(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = list; (p = strstr(p, word)) != NULL; p += n) {
		bool start = p == list || strchr(" \t,{", p[-1]) != NULL;
		bool end = p[n] == 0 || strchr(" \t,}", p[n]) != NULL;

		if (start && end) {
			return p;
		}
	}
	return NULL;
}

/*
 * Is an SMTP service of master.cf chrooted? Behind postscreen its type is "pass". "-" is taken
 * for "n", Postfix's default since 3.0.
 */
static bool
is_chrooted(const char *text)
{
	while (*text != 0) {
		char type[16], chroot[8], command[64];

		if (text[0] != '#' &&
		    sscanf(text, "%*s %15s %*s %*s %7s %*s %*s %63s", type, chroot, command) == 3 &&
		    (strcmp(type, "inet") == 0 || strcmp(type, "pass") == 0) &&
		    strcmp(command, "smtpd") == 0 && strcmp(chroot, "y") == 0) {
			return true;
		}
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return false;
}

static bool
listens_on(const struct config *c, const char *path)
{
	for (unsigned i = 0; i < c->listen_count; i++) {
		if (endpoint_is_unix(&c->listen[i]) &&
		    strcmp(endpoint_path(&c->listen[i]), path) == 0) {
			return true;
		}
	}
	return false;
}

static void
check_socket(struct postfix *p, const char *service)
{
	char path[VALUE_MAX], full[VALUE_MAX + 600];
	const char *at = strstr(service, "unix:");

	if (at == NULL || sscanf(at, "unix:%8000[^ ,\t}]", path) != 1) {
		return; /* inet: nothing to compare but ports */
	}
	if (path[0] == '/' && p->chrooted) {
		findings_error(&p->findings,
		    "smtpd is chrooted to %s and cannot reach unix:%s; listen below it and name "
		    "the socket relative to it",
		    p->queue, path);
		return;
	}
	snprintf(full, sizeof(full), "%s%s%s", path[0] == '/' ? "" : p->queue,
	    path[0] == '/' ? "" : "/", path);
	if (!listens_on(p->config, full)) {
		findings_error(&p->findings, "nothing in 'listen' is %s, which smtpd asks", full);
	}
}

static void
check_options(struct postfix *p, const char *service)
{
	const char *end = strchr(service, '}'), *at;
	char options[VALUE_MAX];
	long timeout_ms = SERVICE_TIMEOUT_DEFAULT_MS;

	snprintf(options, sizeof(options), "%.*s",
	    end != NULL ? (int)(end - service) : (int)strcspn(service, ","), service);
	at = strstr(options, "timeout=");
	if (at != NULL) {
		timeout_ms = strtol(at + 8, NULL, 10) * 1000;
	} else {
		findings_warning(&p->findings,
		    "no timeout= for the policy service: a hanging daemon holds smtpd for 100 s, "
		    "twice");
	}
	if (timeout_ms <= config_deadline_ms(p->config)) {
		findings_error(&p->findings,
		    "timeout=%ld ms is not longer than dns timeout times tries and a second, %lld "
		    "ms",
		    timeout_ms, (long long)config_deadline_ms(p->config));
	}
	at = strstr(options, "default_action=");
	if (at == NULL) {
		findings_warning(&p->findings,
		    "no default_action=DUNNO: while the daemon is down, other mail is deferred, "
		    "too");
	} else if (strncasecmp(at + 15, "DUNNO", 5) != 0 && at[15] != '4') {
		findings_error(&p->findings,
		    "default_action must be DUNNO: what it says happens whenever the daemon is "
		    "down");
	}
}

static void
check_relay(struct postfix *p)
{
	char value[VALUE_MAX];
	const char *service, *last;

	if (!parameter(p->main_cf, "smtpd_relay_restrictions", value) ||
	    (service = strstr(value, "check_policy_service")) == NULL) {
		findings_error(&p->findings,
		    "no check_policy_service in smtpd_relay_restrictions: nothing is ever granted");
		return;
	}
	check_socket(p, service);
	check_options(p, service);
	last = word_in(value, "defer_unauth_destination");
	if (last == NULL && word_in(value, "reject_unauth_destination") != NULL) {
		findings_warning(&p->findings,
		    "reject_unauth_destination ends smtpd_relay_restrictions: while the daemon is "
		    "down, mail for backup domains is lost; use defer_unauth_destination");
		last = word_in(value, "reject_unauth_destination");
	}
	if (last == NULL || last < service) {
		findings_error(&p->findings,
		    "defer_unauth_destination must follow check_policy_service in "
		    "smtpd_relay_restrictions");
	}
	if (word_in(value, "permit_auth_destination") == NULL) {
		findings_warning(&p->findings,
		    "no permit_auth_destination before check_policy_service: mail for this host's "
		    "own domains is refused as NOT_MX or PRIMARY");
	}
}

static void
check_others(struct postfix *p)
{
	static const char *const deniers[] = {
	    "reject_unauth_destination", "defer_unauth_destination", "reject"};
	char value[VALUE_MAX];

	if (parameter(p->main_cf, "smtpd_recipient_restrictions", value)) {
		for (size_t i = 0; i < sizeof(deniers) / sizeof(deniers[0]); i++) {
			if (word_in(value, deniers[i]) != NULL) {
				findings_error(&p->findings,
				    "%s in smtpd_recipient_restrictions refuses what the relay "
				    "restrictions have granted",
				    deniers[i]);
			}
		}
	}
	if (strstr(p->main_cf, "\n") != NULL && word_in(p->main_cf, "permit_mx_backup") != NULL) {
		findings_warning(&p->findings,
		    "permit_mx_backup is still there: it grants without looking at recipients");
	}
	if (parameter(p->main_cf, "relayhost", value) && value[strspn(value, " \t")] != 0) {
		findings_warning(&p->findings,
		    "relayhost is set: mail for backup domains goes there and not to the "
		    "primaries, "
		    "unless transport_maps says otherwise");
	}
	for (unsigned i = 0; i < p->config->identity.address_count; i++) {
		if (!address_is_private(&p->config->identity.addresses[i]) &&
		    !address_is_special(&p->config->identity.addresses[i])) {
			return;
		}
	}
	if (!parameter(p->main_cf, "proxy_interfaces", value)) {
		findings_warning(&p->findings,
		    "this host has private addresses only: Postfix needs proxy_interfaces, and "
		    "'identity' the public addresses, or mail loops");
	}
}

int
check_mta_postfix(const char *config_path, const char *directory)
{
	char error[CONFIG_ERROR_MAX], path[1024], value[VALUE_MAX];
	struct postfix p = {0};
	struct config *c = config_from_file(config_path, error);
	int status = EX_CONFIG;

	if (c == NULL) {
		(void)fprintf(stderr, "mailgraft-policyd: %s\n", error);
		return status;
	}
	if (directory == NULL) {
		directory = "/etc/postfix";
	}
	p.config = c;
	status = EX_UNAVAILABLE;
	snprintf(path, sizeof(path), "%s/main.cf", directory);
	p.main_cf = findings_read_file(path);
	snprintf(path, sizeof(path), "%s/master.cf", directory);
	p.master_cf = p.main_cf != NULL ? findings_read_file(path) : NULL;
	if (p.master_cf == NULL) {
		goto out;
	}
	snprintf(p.queue, sizeof(p.queue), "%s", "/var/spool/postfix");
	if (parameter(p.main_cf, "queue_directory", value)) {
		snprintf(p.queue, sizeof(p.queue), "%.500s", value + strspn(value, " \t"));
	}
	p.chrooted = is_chrooted(p.master_cf);
	check_relay(&p);
	check_others(&p);
	status = findings_status(&p.findings);
out:
	free(p.main_cf);
	free(p.master_cf);
	config_free(c);
	return status;
}
