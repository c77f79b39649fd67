/*
 * check-exim.c - judges what `exim -bP config` says; see check-mta.h
 *
 * Exim has followed .include and macros there. Strings are not expanded.
 */
#include "policy/check-mta.h"
#include "policy/command-output.h"
#include "policy/config-file.h"
#include "policy/delivery-filter.h"
#include "policy/findings.h"
#include "policy/limits.h"

#include <errno.h>
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

/* One list of hosts, as far as it can be judged without asking anybody. */
enum match { MATCH_NO, MATCH_YES, MATCH_END };

struct host_items {
	const struct exim *exim;
	const struct address *address;
	bool last_negated;
};

static enum match items_match(struct host_items *m, const char *list, unsigned depth);

/* "hostlist NAME = ..." of the main section, or NULL. */
static const char *
named_list(const struct exim *x, const char *name, size_t len)
{
	for (const char *p = x->text; (p = strstr(p, "\nhostlist ")) != NULL; p++) {
		const char *at = p + strlen("\nhostlist ");

		at += strspn(at, " ");
		if (strncmp(at, name, len) == 0 && strchr(" =", at[len]) != NULL) {
			at += len;
			at += strspn(at, " =");
			return at;
		}
	}
	return NULL;
}

static enum match
item_match(struct host_items *m, const char *item, size_t len, unsigned depth)
{
	bool negated = len > 0 && item[0] == '!';
	bool hit = false;
	struct network n;

	if (negated) {
		item++;
		len--;
		while (len > 0 && *item == ' ') {
			item++;
			len--;
		}
	}
	if (len == 1 && item[0] == '*') {
		hit = true;
	} else if (len > 1 && item[0] == '+') {
		const char *list = named_list(m->exim, item + 1, len - 1);

		hit = list != NULL && depth < LIST_DEPTH_MAX &&
		    items_match(m, list, depth + 1) == MATCH_YES;
	} else {
		hit = network_parse(&n, item, len) && network_contains(&n, m->address);
	}
	m->last_negated = negated;
	if (!hit) {
		return MATCH_END;
	}
	return negated ? MATCH_NO : MATCH_YES;
}

/* As Exim: the first item that fits decides; none does: the opposite of the last one. */
static enum match
items_match(struct host_items *m, const char *list, unsigned depth)
{
	size_t end = strcspn(list, "\n");
	char separator = ':';
	size_t at = 0;

	if (list[0] == '<' && end > 1) {
		separator = list[1];
		at = 2;
	}
	while (at < end) {
		size_t len = 0, trimmed;
		enum match match;

		at += strspn(list + at, " ");
		while (at + len < end && list[at + len] != separator) {
			len++;
		}
		for (trimmed = len; trimmed > 0 && list[at + trimmed - 1] == ' ';) {
			trimmed--;
		}
		match = item_match(m, list + at, trimmed, depth);
		if (match != MATCH_END) {
			return match;
		}
		at += len + 1;
	}
	return m->last_negated ? MATCH_YES : MATCH_NO;
}

/* The value of a router's option; its text ends with the line. NULL: not set. */
static const char *
option_value(const char *router, const char *end, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = router; (p = strchr(p, '\n')) != NULL && p < end;) {
		p++;
		p += strspn(p, " ");
		if (strncmp(p, name, n) == 0 && p[n + strspn(p + n, " ")] == '=') {
			p += n + strspn(p + n, " ") + 1;
			return p + strspn(p, " ");
		}
	}
	return NULL;
}

static bool
value_is(const char *value, const char *word)
{
	size_t n = strlen(word);

	return value != NULL && strncmp(value, word, n) == 0 && (value[n] == '\n' || value[n] == 0);
}

struct inside_ignored {
	struct exim *exim;
	const char *list;
	const char *name;
	int name_len;
};

static void
ask_ignored(void *context, const struct host_list *list)
{
	const struct inside_ignored *x = context;

	for (size_t i = 0; i < list->network_count; i++) {
		struct address a = list->networks[i].base;
		struct host_items m = {x->exim, &a, false};
		char text[ADDRESS_TEXT_MAX];

		if (list->networks[i].bits < 128) {
			a.byte[15] |= 1;
		}
		if (items_match(&m, x->list, 0) == MATCH_YES) {
			address_format(&a, text);
			findings_error(&x->exim->findings,
			    "router %.*s: ignore_target_hosts has %s, which is in "
			    "primary-networks: "
			    "mail for it waits for ever",
			    x->name_len, x->name, text);
			return;
		}
	}
}

/* A router that looks the MX up must not find more than the primaries. */
static void
check_router(struct exim *x, const char *name, int name_len, const char *end)
{
	const char *driver = option_value(name, end, "driver");
	const char *condition = option_value(name, end, "condition");
	const char *list = option_value(name, end, "ignore_target_hosts");
	struct inside_ignored inside = {x, list, name, name_len};
	char text[ADDRESS_TEXT_MAX];
	struct address a;

	if (value_is(driver, "manualroute")) {
		findings_warning(&x->findings,
		    "router %.*s is a manualroute: mail for backup domains must not go to a "
		    "smarthost",
		    name_len, name);
	}
	if (!value_is(driver, "dnslookup") ||
	    (condition != NULL &&
	        memmem(condition, strcspn(condition, "\n"), "sender_host_address", 19) != NULL)) {
		return; /* or one for mail of this host's own */
	}
	for (unsigned i = 0; delivery_filter_stranger(x->config, i, &a); i++) {
		struct host_items m = {x, &a, false};

		if (list == NULL || items_match(&m, list, 0) != MATCH_YES) {
			address_format(&a, text);
			findings_error(&x->findings,
			    "dangerous: router %.*s does not bind the delivery: Exim looks the MX "
			    "up "
			    "again, and sends backup mail wherever DNS points by then, such as to "
			    "%s; "
			    "give it ignore_target_hosts = what 'print-delivery-filter exim' "
			    "prints",
			    name_len, name, text);
			return;
		}
	}
	delivery_filter_each_list(x->config, ask_ignored, &inside);
}

static void
check_routers(struct exim *x)
{
	const char *p = strstr(x->text, "\nbegin routers"), *end;

	if (p == NULL) {
		findings_error(&x->findings, "no routers: nothing is ever delivered");
		return;
	}
	if (x->config->relay.mode == RELAY_STATIC) {
		return; /* an administrator's list: no stranger's domain is in it */
	}
	if (!delivery_filter_has_networks(x->config)) {
		findings_error(&x->findings,
		    "dangerous: 'primary-networks: any' names nothing that the delivery could be "
		    "bound to: whoever names this host in DNS can send mail through it; name the "
		    "networks");
		return;
	}
	p = strchr(p + 1, '\n');
	end = p != NULL ? strstr(p, "\nbegin ") : NULL;
	end = end != NULL ? end : x->text + strlen(x->text);
	while (p != NULL && p < end) {
		const char *line = p + 1 + strspn(p + 1, " "), *next = strchr(line, '\n');
		const char *stop = next;

		/* A router is "  NAME:", and ends with an empty line. */
		if (next != NULL && next > line && next[-1] == ':') {
			stop = strstr(next, "\n\n");
			check_router(x, line, (int)(next - line) - 1,
			    stop != NULL && stop < end ? stop : end);
		}
		p = stop;
	}
}

static void
check_routing(struct exim *x)
{
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

/* The configuration as Exim reads it, with .include and macros followed. False: said why. */
static bool
exim_says(const char *exim_config, char **text)
{
	static const char *const names[] = {"exim4", "exim"};
	char *complaint = NULL;
	int status = -ENOENT;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && status == -ENOENT; i++) {
		const char *own[] = {names[i], "-bP", "config", NULL};
		const char *given[] = {names[i], "-C", exim_config, "-bP", "config", NULL};

		status = command_output(exim_config != NULL ? given : own, text, &complaint);
	}
	if (status != 0) {
		(void)fprintf(stderr,
		    "mailgraft-policyd: cannot ask Exim for its configuration: %s\n",
		    status < 0 ? strerror(-status) : complaint);
	}
	free(complaint);
	return status == 0;
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
	if (!exim_says(exim_config, &text)) {
		status = EX_UNAVAILABLE;
		goto out;
	}
	x.text = text;
	call = strstr(text, "${readsocket");
	if (call == NULL) {
		findings_error(
		    &x.findings, "no ${readsocket in any ACL: the daemon is never asked");
	}
	for (; call != NULL; call = strstr(call + 1, "${readsocket")) {
		check_call(&x, call);
	}
	check_routing(&x);
	check_routers(&x);
	status = findings_status(&x.findings);
out:
	free(text);
	config_free(c);
	return status;
}
