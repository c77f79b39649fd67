/* check-binding.c - see check-binding.h */
#include "policy/check-binding.h"
#include "policy/command-output.h"
#include "policy/delivery-filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char cure[] =
    "give the smtpd service content_filter=primaries: and make a transport 'primaries' with "
    "smtp_dns_reply_filter (master.cf in the documents)";

struct binding {
	struct findings *findings;
	const struct config *config;
	const struct postfix_settings *settings;
	const char *directory;
	const char *transport;
	const char *tables;
};

enum answer { ANSWER_KEEPS, ANSWER_IGNORES, ANSWER_UNKNOWN };

/* What the tables say about one address of some host, as Postfix asks them. */
static enum answer
ask_tables(const struct binding *b, const struct address *a)
{
	char address[ADDRESS_TEXT_MAX], key[128], tables[1024], *save = NULL;

	address_format(a, address);
	(void)snprintf(key, sizeof(key), "host.invalid. 60 IN %s %s",
	    address_is_ipv4(a) ? "A" : "AAAA", address);
	(void)snprintf(tables, sizeof(tables), "%s", b->tables);
	for (char *t = strtok_r(tables, " ,", &save); t != NULL; t = strtok_r(NULL, " ,", &save)) {
		const char *argv[7] = {"postmap", "-q", key};
		unsigned n = 3;
		char *out = NULL, *complaint = NULL;
		int status;
		bool found;

		if (b->directory != NULL) {
			argv[n++] = "-c";
			argv[n++] = b->directory;
		}
		argv[n] = t;
		status = command_output(argv, &out, &complaint);
		found = status == 0 && strncasecmp(out, "IGNORE", 6) == 0;
		if (status < 0 || status > 1 || (status == 1 && complaint[0] != 0)) {
			free(out);
			free(complaint);
			return ANSWER_UNKNOWN;
		}
		free(out);
		free(complaint);
		if (found) {
			return ANSWER_IGNORES;
		}
	}
	return ANSWER_KEEPS;
}

/* The one table is what print-delivery-filter prints now. */
static bool
table_is_printed(const struct binding *b)
{
	size_t len = 0;
	char *want = NULL, *have = NULL;
	bool same = false;
	FILE *f;

	if (strncmp(b->tables, "regexp:/", 8) != 0 || strpbrk(b->tables, " ,") != NULL ||
	    (f = open_memstream(&want, &len)) == NULL) {
		return false;
	}
	delivery_filter_print(b->config, DELIVERY_POSTFIX, f);
	if (fclose(f) == 0) {
		have = findings_read_file(b->tables + strlen("regexp:"));
		same = have != NULL && strcmp(have, want) == 0;
	}
	free(want);
	free(have);
	return same;
}

struct inside {
	struct binding *binding;
	bool wrong;
};

static void
ask_inside(void *context, const struct host_list *list)
{
	struct inside *x = context;

	for (size_t i = 0; i < list->network_count && i < 8 && !x->wrong; i++) {
		struct address a = list->networks[i].base;
		char text[ADDRESS_TEXT_MAX];

		if (list->networks[i].bits < 128) {
			a.byte[15] |= 1;
		}
		if (ask_tables(x->binding, &a) == ANSWER_IGNORES) {
			address_format(&a, text);
			findings_error(x->binding->findings,
			    "%s ignores %s, which is in primary-networks: mail for it waits for "
			    "ever",
			    x->binding->tables, text);
			x->wrong = true;
		}
	}
}

static void
check_tables(struct binding *b)
{
	struct inside x = {b, false};
	char text[ADDRESS_TEXT_MAX];
	struct address a;

	if (table_is_printed(b)) {
		return;
	}
	for (unsigned i = 0; delivery_filter_stranger(b->config, i, &a); i++) {
		enum answer answer = ask_tables(b, &a);

		if (answer == ANSWER_IGNORES) {
			continue;
		}
		address_format(&a, text);
		findings_error(b->findings,
		    answer == ANSWER_KEEPS
		        ? "dangerous: %s lets backup mail go to %s, outside primary-networks; make "
		          "it again with print-delivery-filter postfix"
		        : "dangerous: %s is not what print-delivery-filter postfix prints now, and "
		          "postmap cannot ask it about %s; make it again",
		    b->tables, text);
		return;
	}
	delivery_filter_each_list(b->config, ask_inside, &x);
}

/* A transport that does not ask DNS is not bound by a filter of DNS. */
static void
check_transport(struct binding *b, const struct postfix_service *transport)
{
	const char *fallback = postfix_settings_value(
	    b->settings, transport, "smtp_fallback_relay");
	const char *lookup = postfix_settings_value(b->settings, transport, "smtp_host_lookup");

	b->tables = postfix_settings_value(b->settings, transport, "smtp_dns_reply_filter");
	if (b->tables[0] == 0) {
		findings_error(b->findings,
		    "dangerous: transport '%s' has no smtp_dns_reply_filter: Postfix looks the MX "
		    "up again, and sends backup mail wherever DNS points by then; %s",
		    b->transport, cure);
		return;
	}
	if (strstr(lookup, "native") != NULL) {
		findings_error(b->findings,
		    "dangerous: smtp_host_lookup=%s lets transport '%s' look past its "
		    "smtp_dns_reply_filter; set it to dns",
		    lookup, b->transport);
	}
	if (fallback[0] != 0) {
		findings_error(b->findings,
		    "dangerous: smtp_fallback_relay takes backup mail to %s; give transport '%s' "
		    "an empty one",
		    fallback, b->transport);
	}
	check_tables(b);
}

void
check_binding(struct findings *f, const struct config *c, const struct postfix_settings *settings,
    const struct postfix_service *service, const char *directory)
{
	struct binding b = {f, c, settings, directory, NULL, NULL};
	const char *filter = postfix_settings_value(settings, service, "content_filter");
	const char *colon = strchr(filter, ':');
	char name[128];

	if (c->relay.mode == RELAY_STATIC) {
		return; /* an administrator's list: no stranger's domain is in it */
	}
	if (c->relay.any_network) {
		findings_error(f,
		    "dangerous: 'primary-networks: any' names nothing that the delivery could be "
		    "bound to: whoever names this host in DNS can send mail through it; name the "
		    "networks");
		return;
	}
	if (filter[0] == 0) {
		findings_error(f,
		    "dangerous: %s/%s does not bind the delivery: Postfix looks the MX up again, "
		    "and sends backup mail wherever DNS points by then; %s",
		    service->name, service->type, cure);
		return;
	}
	(void)snprintf(name, sizeof(name), "%.*s",
	    colon != NULL ? (int)(colon - filter) : (int)strlen(filter), filter);
	if (colon != NULL && colon[1] != 0) {
		findings_error(f,
		    "dangerous: content_filter=%s hands backup mail to a filter, and what comes "
		    "back is not bound; give the smtpd that takes it back "
		    "content_filter=primaries:, and let that one ask the daemon, too",
		    filter);
		return;
	}
	b.transport = name;
	for (size_t i = 0; i < settings->service_count; i++) {
		const struct postfix_service *s = &settings->services[i];

		if (strcmp(s->name, name) == 0 && strcmp(s->type, "unix") == 0) {
			check_transport(&b, s);
			return;
		}
	}
	findings_error(
	    f, "content_filter=%s, but master.cf has no transport '%s'; %s", filter, name, cure);
}
