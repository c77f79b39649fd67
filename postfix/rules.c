/*
 * rules.c - see rules.h
 */
#include "postfix/rules.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Each way to write a field that asks for attachments; all must lead to the relay. */
static const char *const spellings[] = {
    "Graft: 1",
    "graft: 1",
    "GRAFT:1",
    "Graft : 1",
    "Graft\t:1",
    "Graft-Attach: x",
    "Graft-Attach : x",
    "Graft-Campaign: x",
};

struct postfix_check {
	const struct postfix_place_names *where;
	long relay_ms;
	postfix_report *report;
	void *arg;
	char *object;
	char *services;  /* postconf -M: one a line */
	char *overrides; /* postconf -P: SERVICE/TYPE/PARAMETER = VALUE, one a line */
	/* The transport that the tables name, "mailgraft"; empty: none. */
	char transport[128];
};

static void
report(const struct postfix_check *k, bool dangerous, const char *word, const char *where,
    const char *reason, const char *cure)
{
	struct postfix_finding f = {dangerous, word, where, reason, cure};

	k->report(k->arg, &f);
}

/*
 * Asks. Exit code 1 without a complaint is an answer, "not found". -errno, or -EBADMSG where the
 * command complained and gave no answer.
 */
static int
ask(struct postfix_check *k, const char *command, const char *const *arguments, char **said_r)
{
	char trouble[POSTFIX_OBJECT_MAX];
	int ret = postfix_ask(k->where, command, arguments, said_r, trouble);

	if (ret < 0) {
		snprintf(k->object, POSTFIX_OBJECT_MAX, "%s", command);
		return ret;
	}
	if (ret > 1 || (ret == 1 && trouble[0] != '\0')) {
		snprintf(k->object, POSTFIX_OBJECT_MAX, "%s", trouble);
		free(*said_r);
		*said_r = NULL;
		return -EBADMSG;
	}
	return ret;
}

/* A parameter of main.cf, expanded, in `value`. 0 where postconf does not know it. */
static int
parameter(struct postfix_check *k, const char *name, char *value, size_t cap)
{
	const char *arguments[] = {"-x", "-h", name, NULL};
	char *said;
	int ret = ask(k, "postconf", arguments, &said);

	if (ret < 0) {
		return ret;
	}
	said[strcspn(said, "\n")] = '\0';
	snprintf(value, cap, "%s", said);
	free(said);
	return value[0] != '\0';
}

/* The next table of a list, "TYPE:NAME", separated by blanks and commas. NULL: there are no more.
 */
static char *
next_table(char **list)
{
	char *table = *list + strspn(*list, " \t,");

	*list = table + strcspn(table, " \t,");
	if (**list != '\0') {
		*(*list)++ = '\0';
	}
	return table[0] == '\0' ? NULL : table;
}

/* What the tables of a parameter answer to a header line. 1 and the answer, 0: nothing, or -errno.
 */
static int
look_up(struct postfix_check *k, const char *tables, const char *line, char *answer, size_t cap)
{
	char list[POSTFIX_VALUE_MAX], *rest = list, *table;
	int found = 0;

	snprintf(list, sizeof(list), "%s", tables);
	while (found == 0 && (table = next_table(&rest)) != NULL) {
		const char *arguments[] = {"-q", line, table, NULL};
		char *said;
		int ret = ask(k, "postmap", arguments, &said);

		if (ret < 0) {
			return ret;
		}
		said[strcspn(said, "\n")] = '\0';
		found = ret == 0 && said[0] != '\0';
		snprintf(answer, cap, "%s", said);
		free(said);
	}
	return found;
}

/* Whether an answer hands the message over: "FILTER transport:destination". */
static bool
is_filter(const char *answer)
{
	return strncasecmp(answer, "FILTER", 6) == 0 && (answer[6] == ' ' || answer[6] == '\t');
}

static void
remember_transport(struct postfix_check *k, const char *answer)
{
	const char *name = answer + 6 + strspn(answer + 6, " \t");
	size_t n = strcspn(name, ":");

	if (n < sizeof(k->transport)) {
		memcpy(k->transport, name, n);
		k->transport[n] = '\0';
	}
}

/* Every spelling of a Graft field in the message's own header leads to the relay. */
static int
check_rule(struct postfix_check *k)
{
	char tables[POSTFIX_VALUE_MAX], answer[POSTFIX_VALUE_MAX], reason[256];
	int ret = parameter(k, "header_checks", tables, sizeof(tables));
	const size_t count = sizeof(spellings) / sizeof(spellings[0]);

	for (size_t i = 0; i < count && ret >= 0; i++) {
		ret = look_up(k, tables, spellings[i], answer, sizeof(answer));
		if (ret > 0 && is_filter(answer)) {
			remember_transport(k, answer);
			continue;
		}
		if (ret < 0) {
			return ret;
		}
		snprintf(reason, sizeof(reason),
		    "no FILTER rule matches '%s': such a message leaves without its attachment",
		    spellings[i]);
		report(k, true, "no-filter-rule", "header_checks", reason,
		    "/^Graft(-Attach|-Campaign)?[[:space:]]*:/ FILTER "
		    "mailgraft:unix:private/mailgraft "
		    "in "
		    "a regexp table of header_checks");
		return 0;
	}
	return ret < 0 ? ret : 0;
}

/* A field in an attached message must not send the whole message to the relay. */
static int
check_inner(struct postfix_check *k)
{
	static const char *const names[] = {"nested_header_checks", "mime_header_checks"};
	char tables[POSTFIX_VALUE_MAX], answer[POSTFIX_VALUE_MAX];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int ret = parameter(k, names[i], tables, sizeof(tables));

		ret = ret < 0 ? ret : look_up(k, tables, spellings[0], answer, sizeof(answer));
		if (ret < 0) {
			return ret;
		}
		if (ret > 0 && is_filter(answer)) {
			report(k, true, "inner-filter-rule", names[i],
			    "a bounce or a forwarded mail with a Graft field inside goes to the "
			    "relay, mail to local users too",
			    i == 0 ? "nested_header_checks =" : "mime_header_checks =");
		}
	}
	return 0;
}

/* The value of SERVICE/TYPE/PARAMETER in master.cf. Whether it stands there. */
static bool
override(
    const struct postfix_check *k, const char *service, const char *name, char *value, size_t cap)
{
	size_t s = strlen(service), n = strlen(name);

	for (const char *line = k->overrides; *line != '\0';) {
		size_t len = strcspn(line, "\n");
		const char *type = line + s + 1;

		if (len > s + n && strncmp(line, service, s) == 0 && line[s] == '/') {
			const char *at = type + strcspn(type, "/\n");

			if (*at == '/' && strncmp(at + 1, name, n) == 0 && at[1 + n] == ' ') {
				at += 1 + n + strspn(at + 1 + n, " =");
				snprintf(value, cap, "%.*s", (int)(line + len - at), at);
				return true;
			}
		}
		line += len + (line[len] == '\n');
	}
	return false;
}

/* A duration as Postfix writes it: a number and s, m, h, d or w; without a letter, seconds. */
static long
milliseconds(const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);
	long unit = *end == 'm' ? 60
	    : *end == 'h'       ? 3600
	    : *end == 'd'       ? 86400
	    : *end == 'w'       ? 604800
	                        : 1;

	return n > 1000000 ? 1000000L * 1000 : n * unit * 1000;
}

/* The service of master.cf that the rule names: it is there, and waits as long as the relay needs.
 */
static int
check_service(struct postfix_check *k)
{
	char value[POSTFIX_VALUE_MAX], where[160], name[192], reason[256];
	bool found = false;
	int ret;

	if (k->transport[0] == '\0') {
		return 0;
	}
	for (const char *line = k->services; *line != '\0' && !found;) {
		char service[128], type[16], command[64];

		found = sscanf(line, "%127s %15s %*s %*s %*s %*s %*s %63s", service, type,
		            command) == 3 &&
		    strcmp(service, k->transport) == 0 && strcmp(type, "unix") == 0;
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	snprintf(where, sizeof(where), "service '%s' in master.cf", k->transport);
	if (!found) {
		report(k, true, "no-service", where,
		    "the FILTER rule names it, and it is not there: the mail waits for ever",
		    "mailgraft unix - - y - 100 lmtp, with the options of the documents");
		return 0;
	}
	ret = override(k, k->transport, "lmtp_data_done_timeout", value, sizeof(value))
	    ? 1
	    : parameter(k, "lmtp_data_done_timeout", value, sizeof(value));
	if (ret < 0) {
		return ret;
	}
	if (milliseconds(value) <= k->relay_ms) {
		snprintf(reason, sizeof(reason),
		    "lmtp_data_done_timeout is %.20s, and the relay may take %ld s: Postfix then "
		    "sends "
		    "again what the receiver has got",
		    value, k->relay_ms / 1000);
		report(k, true, "short-timeout", where, reason, "-o lmtp_data_done_timeout=3600s");
	}
	ret = override(k, k->transport, "lmtp_send_xforward_command", value, sizeof(value))
	    ? 1
	    : parameter(k, "lmtp_send_xforward_command", value, sizeof(value));
	if (ret >= 0 && strcasecmp(value, "yes") != 0) {
		report(k, false, "no-xforward", where,
		    "the relay does not get the queue id, which it needs to know a repeat",
		    "-o lmtp_send_xforward_command=yes");
	}
	snprintf(name, sizeof(name), "%s_destination_recipient_limit", k->transport);
	ret = ret < 0 ? ret : parameter(k, name, value, sizeof(value));
	if (ret > 0 && strcmp(value, "1") == 0) {
		report(k, false, "recipient-limit-1", name,
		    "with 1 Postfix counts each recipient as a destination of its own, and knows "
		    "no limit for a host any more",
		    "leave it at its default");
	}
	return ret < 0 ? ret : 0;
}

/* A way in on which header_checks are switched off. */
static int
check_ways_in(struct postfix_check *k)
{
	static const char reason[] =
	    "header_checks are switched off for what comes in here: a message with a Graft field "
	    "leaves without its attachment";
	static const char cure[] = "take no_header_body_checks out of receive_override_options";
	char value[POSTFIX_VALUE_MAX], where[160];
	int ret = parameter(k, "receive_override_options", value, sizeof(value));

	if (ret < 0) {
		return ret;
	}
	if (strstr(value, "no_header_body_checks") != NULL) {
		report(k, true, "no-header-checks", "receive_override_options", reason, cure);
	}
	for (const char *line = k->overrides; *line != '\0';) {
		size_t len = strcspn(line, "\n"), service = strcspn(line, "/\n");
		static const char name[] = "/receive_override_options ";
		const char *at = strstr(line, name), *off = strstr(line, "no_header_body_checks");

		if (at != NULL && at < line + len && off != NULL && off < line + len) {
			snprintf(where, sizeof(where), "service '%.*s' in master.cf",
			    (int)(service < 100 ? service : 100), line);
			report(k, true, "no-header-checks", where, reason, cure);
		}
		line += len + (line[len] == '\n');
	}
	return 0;
}

int
postfix_check(const struct postfix_place_names *where, long relay_ms, postfix_report *report_it,
    void *arg, char object_r[POSTFIX_OBJECT_MAX])
{
	static const char *const services[] = {"-x", "-M", NULL},
	                         *const overrides[] = {"-x", "-P", NULL};
	struct postfix_check k = {
	    .where = where,
	    .relay_ms = relay_ms,
	    .report = report_it,
	    .arg = arg,
	    .object = object_r,
	};
	int ret = ask(&k, "postconf", services, &k.services);

	if (ret >= 0) {
		ret = ask(&k, "postconf", overrides, &k.overrides);
	}
	ret = ret < 0 ? ret : check_rule(&k);
	ret = ret < 0 ? ret : check_inner(&k);
	ret = ret < 0 ? ret : check_service(&k);
	ret = ret < 0 ? ret : check_ways_in(&k);
	free(k.services);
	free(k.overrides);
	return ret < 0 ? ret : 0;
}
