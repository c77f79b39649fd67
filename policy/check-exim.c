/*
 * check-exim.c - reads an Exim configuration file as text; see check-mta.h
 *
 * Does not expand macros or follow .include; give it the file that holds the ACL.
 */
#include "policy/check-mta.h"
#include "policy/config-file.h"
#include "policy/findings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum { READSOCKET_TIMEOUT_DEFAULT_MS = 5 * 1000 };

struct exim {
	struct findings findings;
	const struct config *config;
	const char *text;
};

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

/* The end of a braced argument that begins at p, after its closing brace. */
static const char *
skip_argument(const char *p)
{
	int depth = 0;

	for (; *p != 0; p++) {
		depth += *p == '{';
		depth -= *p == '}';
		if (*p == '}' && depth == 0) {
			return p + 1;
		}
	}
	return p;
}

/* ${readsocket{PATH}{REQUEST}{TIMEOUT}{EOL}{FAIL}} */
static void
check_call(struct exim *x, const char *call)
{
	char path[200] = "";
	const char *p = call + strlen("${readsocket"), *request;
	long timeout_ms = READSOCKET_TIMEOUT_DEFAULT_MS;

	p += strspn(p, " \t\\\n");
	(void)sscanf(p, "{%199[^},]", path);
	if (path[0] == '/' && !listens_on(x->config, path)) {
		findings_error(&x->findings, "nothing in 'listen' is %s, which the ACL asks", path);
	}
	p = skip_argument(p);
	request = p += strspn(p, " \t\\\n");
	p = skip_argument(p);
	if (memmem(request, (size_t)(p - request), "recipient=", 10) == NULL ||
	    memmem(request, (size_t)(p - request), "\\n\\n", 4) == NULL) {
		findings_error(&x->findings,
		    "the request of readsocket needs recipient=... and an empty line at its end");
	}
	p += strspn(p, " \t\\\n");
	if (*p == '{') {
		timeout_ms = strtol(p + 1, NULL, 10) * 1000;
	}
	if (timeout_ms <= config_deadline_ms(x->config)) {
		findings_error(&x->findings,
		    "readsocket waits %ld ms, which is not longer than dns timeout times tries and "
		    "a "
		    "second, %lld ms",
		    timeout_ms, (long long)config_deadline_ms(x->config));
	}
}

static void
check_routing(struct exim *x)
{
	if (strstr(x->text, "manualroute") != NULL) {
		findings_warning(&x->findings,
		    "a manualroute router: mail for backup domains must not go to a smarthost");
	}
	if (strstr(x->text, "[@%!") == NULL) {
		findings_warning(&x->findings,
		    "no local_parts = ^.*[@%%!/|] in the ACL: the daemon refuses routed addresses "
		    "of backup domains, not those of your own");
	}
	for (unsigned i = 0; i < x->config->identity.address_count; i++) {
		if (!address_is_private(&x->config->identity.addresses[i]) &&
		    !address_is_special(&x->config->identity.addresses[i])) {
			return;
		}
	}
	if (strstr(x->text, "extra_local_interfaces") == NULL) {
		findings_warning(&x->findings,
		    "this host has private addresses only: Exim needs extra_local_interfaces, and "
		    "'identity' the public addresses, or mail loops");
	}
}

int
check_mta_exim(const char *config_path, const char *exim_config)
{
	char error[CONFIG_ERROR_MAX];
	struct config *c = config_from_file(config_path, error);
	char *text = NULL;
	struct exim x = {.config = c};
	const char *call;
	int status = EX_CONFIG;

	if (c == NULL) {
		(void)fprintf(stderr, "mailgraft-policyd: %s\n", error);
		return status;
	}
	text = findings_read_file(exim_config);
	if (text == NULL) {
		status = EX_UNAVAILABLE;
		goto out;
	}
	x.text = text;
	call = strstr(text, "${readsocket");
	if (call == NULL) {
		findings_error(
		    &x.findings, "no ${readsocket in '%s': the daemon is never asked", exim_config);
	}
	for (; call != NULL; call = strstr(call + 1, "${readsocket")) {
		check_call(&x, call);
	}
	check_routing(&x);
	status = findings_status(&x.findings);
out:
	free(text);
	config_free(c);
	return status;
}
