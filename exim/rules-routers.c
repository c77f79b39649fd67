/*
 * rules-routers.c - rules for routers: can a message that asks for attachments get past?
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exim/rules.h"

static bool
for_graft(const struct section *r)
{
	char value[OPTION_BYTES];

	return strstr(option_value(r, "condition", value, sizeof(value)), "h_Graft") != NULL;
}

static bool
is_redirect(const struct section *r)
{
	char value[OPTION_BYTES];

	return strcmp(option_value(r, "driver", value, sizeof(value)), "redirect") == 0;
}

/* What restricts a router to some addresses only. */
static bool
for_everybody(const struct section *r)
{
	static const char *const restrictions[] = {
	    "domains",
	    "local_parts",
	    "senders",
	    "local_part_prefix",
	    "local_part_suffix",
	    "require_files",
	};
	char value[OPTION_BYTES];

	for (size_t i = 0; i < sizeof(restrictions) / sizeof(restrictions[0]); i++) {
		if (option_value(r, restrictions[i], value, sizeof(value))[0] != '\0') {
			return false;
		}
	}
	return !option_on(r, "check_local_user") && !option_on(r, "verify_only");
}

/* Whether everything that asks for attachments and gets here goes no further. */
static bool
is_guard(const struct section *r)
{
	char value[OPTION_BYTES];

	if (!for_graft(r) || !for_everybody(r) || !is_redirect(r)) {
		return false;
	}
	option_value(r, "data", value, sizeof(value));
	return strncmp(value, ":defer:", 7) == 0 || strncmp(value, ":fail:", 6) == 0;
}

static const struct section *
transport_named(const struct check *k, const char *name)
{
	for (size_t i = 0; i < k->exim->transports.count; i++) {
		if (strcmp(k->exim->transports.section[i].name, name) == 0) {
			return &k->exim->transports.section[i];
		}
	}
	return NULL;
}

/* Whether a value names no transport, or one that has the filter. What is computed is not believed,
 * but for ours. */
static bool
leads_to_filter(const struct check *k, const char *value)
{
	const struct section *t = transport_named(k, value);

	return value[0] == '\0' || (t != NULL && check_is_filtered(t));
}

/* A router that comes after no guard, not made for such mail: where does it lead? */
static void
check_leak(const struct check *k, const struct section *r)
{
	static const struct {
		const char *option, *forbidden;
	} ways[] = {
	    {"transport", NULL},
	    {"pipe_transport", "forbid_pipe"},
	    {"file_transport", "forbid_file"},
	    {"directory_transport", "forbid_file"},
	};
	char value[OPTION_BYTES], text[OPTION_BYTES + 128];

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		option_value(r, ways[i].option, value, sizeof(value));
		if ((ways[i].forbidden != NULL && option_on(r, ways[i].forbidden)) ||
		    leads_to_filter(k, value)) {
			continue;
		}
		snprintf(text, sizeof(text),
		    "%s '%.200s' has no filter, and no guard stands before it: "
		    "markers leave raw",
		    ways[i].option, value);
		check_danger(k, "no-guard", "router", r->name, text,
		    "a twin with a grafting transport and a guard before it, as doc/exim/debian "
		    "shows");
	}
}

/* A value of a field in a condition: when it cannot be evaluated the router is passed over. */
static bool
can_fail(const char *condition)
{
	static const char *const fields[] = {
	    "h_", "rh_", "bh_", "lh_", "header_", "rheader_", "bheader_"};

	for (const char *at = strchr(condition, '$'); at != NULL; at = strchr(at + 1, '$')) {
		const char *name = at + 1 + (at[1] == '{');

		for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
			if (strncmp(name, fields[i], strlen(fields[i])) == 0) {
				return true;
			}
		}
	}
	return false;
}

/* The longest time of the retry rules in the file, "F,4d,6h"; 0 where it is not to be seen. */
static uint64_t
last_retry(const char *file)
{
	const char *at = strstr(file, "begin retry");
	uint64_t longest = 0;

	at = at == NULL ? NULL : strchr(at, '\n');
	for (; at != NULL && *at != '\0' && strncmp(at, "\nbegin", 6) != 0;
	     at = strchr(at + 1, '\n')) {
		size_t len = strcspn(at + 1, "\n");

		for (size_t i = 2; i + 3 < len; i++) {
			char span[32];
			size_t n;

			if (strchr("FGH", at[i]) == NULL || at[i + 1] != ',') {
				continue;
			}
			n = strspn(at + i + 2, "0123456789smhdw");
			if (n > 0 && n < sizeof(span)) {
				memcpy(span, at + i + 2, n);
				span[n] = '\0';
				longest = exim_time(span) > longest ? exim_time(span) : longest;
			}
		}
	}
	return longest;
}

static void
check_age(const struct check *k, const struct section *r, const char *data)
{
	static const char age[] = "{$message_age}{";
	const char *at = strstr(data, age);
	uint64_t limit = at == NULL ? 0 : strtoull(at + sizeof(age) - 1, NULL, 10);
	uint64_t last = last_retry(k->exim->file);

	if (limit > 0 && last > 0 && limit <= last) {
		check_danger(k, "age-below-retries", "router", r->name,
		    "ends messages before the last retry of the retry rules",
		    "an age above the last retry, below a token's life");
	}
	if (limit >= RULE_TOKEN_LIFE || last >= RULE_TOKEN_LIFE) {
		check_danger(k, "expiry-below-retries", "router", r->name,
		    "messages are tried for longer than a token lives: the last attempts cannot "
		    "succeed",
		    "shorter retries and a lower age limit, or 'mailgraft put --expires'");
	}
}

static void
check_one(const struct check *k, const struct section *r)
{
	char condition[OPTION_BYTES];

	if (can_fail(option_value(r, "condition", condition, sizeof(condition)))) {
		check_danger(k, "condition", "router", r->name,
		    "its condition computes with a field: where that fails the router is passed "
		    "over, "
		    "and the next one sends the marker raw",
		    "only def: in conditions; what is computed stands in transport or data");
	}
	if (check_misses_spellings(condition)) {
		check_danger(k, "spelling", "router", r->name,
		    "its condition does not see a Graft field with a blank before its colon: the "
		    "marker leaves raw",
		    "MAILGRAFT_WANTED, as doc/exim/mailgraft/macros has it");
	}
	if (option_on(r, "same_domain_copy_routing")) {
		check_advice(k, "copy-routing", "router", r->name,
		    "same_domain_copy_routing spares further recipients the preflight",
		    "leave it out of this router");
	}
}

void
check_routers(const struct check *k)
{
	bool guarded = false, aged = false, asked = false;
	char data[OPTION_BYTES];

	for (size_t i = 0; i < k->exim->routers.count; i++) {
		const struct section *r = &k->exim->routers.section[i];

		if (!for_graft(r)) {
			if (!guarded && !option_on(r, "verify_only")) {
				check_leak(k, r);
			}
			continue;
		}
		check_one(k, r);
		option_value(r, "data", data, sizeof(data));
		asked = asked ||
		    (strstr(data, "mailgraft-preflight") != NULL &&
		        strstr(data, "--expired") == NULL && strstr(data, "--unseen") == NULL);
		if (strstr(data, "$message_age") != NULL && !guarded) {
			aged = true;
			check_age(k, r, data);
		}
		guarded = guarded || is_guard(r);
	}
	if (!aged) {
		check_danger(k, "no-age-limit", "routers", NULL,
		    "none ends messages that keep failing: a failing filter leaves no retry "
		    "record, "
		    "so they are tried for ever",
		    "the router 'mailgraft_expired' of doc/exim/mailgraft/routers");
	}
	if (!asked) {
		check_advice(k, "no-preflight", "routers", NULL,
		    "none looks at a message before an SMTP session is opened: a bad one aborts it",
		    "the router 'mailgraft_preflight' of doc/exim/mailgraft/routers");
	}
}
