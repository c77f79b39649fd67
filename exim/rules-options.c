/*
 * rules-options.c - rules for Exim's version, its main section, its ACLs
 */
#include <stdlib.h>
#include <string.h>

#include "exim/rules.h"

/* The tests run 4.94, 4.96 and 4.98. 4.100 was tried once; the releases between were only read. */

static void
check_version(const struct check *k)
{
	const char *at = strstr(k->exim->version, "Exim version 4.");
	long minor = at == NULL ? 0 : strtol(at + strlen("Exim version 4."), NULL, 10);

	if (minor < RULE_OLDEST) {
		check_danger(k, "version", "Exim", NULL,
		    "before 4.96, ${run} and transport_filter take header text apart into "
		    "arguments",
		    "use Exim 4.96 or later");
	} else if (minor > RULE_NEWEST) {
		check_advice(k, "version-new", "Exim", NULL, "later than 4.100, which nobody tried",
		    "try it on a test host first");
	}
	if (strstr(k->exim->version, "I18N") == NULL) {
		check_advice(k, "no-i18n", "Exim", NULL,
		    "built without internationalisation: utf8_domain_to_alabel fails, and with it "
		    "delivery",
		    "write $original_domain alone in Graft-Recipient");
	}
}

static void
check_flags(const struct check *k, const struct section *s)
{
	if (option_on(s, "spool_wireformat")) {
		check_danger(k, "wireformat", "main section", NULL,
		    "spool_wireformat with a filter delivers messages without their body",
		    "no_spool_wireformat");
	}
	if (option_on(s, "mua_wrapper")) {
		check_danger(k, "mua-wrapper", "main section", NULL,
		    "mua_wrapper turns a deferral into a failure: what waits for its attachments "
		    "is lost",
		    "no_mua_wrapper");
	}
	if (option_on(s, "deliver_drop_privilege")) {
		check_advice(k, "drop-privilege", "main section", NULL,
		    "deliver_drop_privilege: initgroups and group of a transport do nothing",
		    "give Exim's own group to the spool, or leave privilege to Exim");
	}
}

static void
check_values(const struct check *k, const struct section *s)
{
	char value[OPTION_BYTES];

	if (option_value(s, "system_filter", value, sizeof(value))[0] != '\0') {
		check_advice(k, "system-filter", "main section", NULL,
		    "what a system filter sends to a pipe or a file passes no router: raw",
		    "let it leave messages with $h_Graft: and $h_Graft-Attach: alone");
	}
	if (strstr(option_value(s, "delay_warning_condition", value, sizeof(value)), "h_Graft") ==
	    NULL) {
		check_advice(k, "delay-warning", "main section", NULL,
		    "the sender of each message that waits for its attachments gets a warning "
		    "after a day",
		    "add {def:h_Graft:}{def:h_Graft-Attach:} to delay_warning_condition");
	}
}

/* A marker in a submitter's message that has no Graft field: is it looked for? */
static void
check_markers(const struct check *k, const struct section *s)
{
	const char *file = k->exim->file;
	char value[OPTION_BYTES], *unit;
	uint64_t bytes;

	if (strstr(file, "begin acl") == NULL ||
	    strstr(file, "MAILGRAFT_ALLOW_MARKERS =") != NULL) {
		return;
	}
	if (strstr(file, "graft:[") == NULL) {
		check_advice(k, "lone-marker", "ACLs", NULL,
		    "none refuses a submitter's message with a marker but no Graft field: the "
		    "marker leaves raw",
		    "the ACL of doc/exim/mailgraft/acl");
		return;
	}
	bytes = strtoul(option_value(s, "message_body_visible", value, sizeof(value)), &unit, 10);
	bytes *= *unit == 'K' ? 1024 : *unit == 'M' ? 1024 * 1024 : 1;
	if (bytes < RULE_BODY_SEEN) {
		check_advice(k, "body-visible", "main section", NULL,
		    "a marker without a Graft field is looked for in the first bytes only",
		    "message_body_visible = 256K, or MAILGRAFT_ALLOW_MARKERS = yes");
	}
}

static bool
deals(const char *line, size_t len)
{
	return memmem(line, len, "acl_mailgraft", 13) != NULL ||
	    memmem(line, len, "Graft-Attach", 12) != NULL;
}

/* The condition `hosts =`, wherever it stands in the line. */
static bool
asks_hosts(const char *line, size_t len)
{
	const char *at = line, *end = line + len;

	while ((at = memmem(at, (size_t)(end - at), "hosts", 5)) != NULL) {
		bool word = at == line || strchr(" \t!", at[-1]) != NULL;

		at += 5;
		if (word && at[strspn(at, " \t")] == '=') {
			return true;
		}
	}
	return false;
}

/* Whether one of the lines of a named ACL in the file, up to the next name, is like that. */
static bool
acl_has(const char *file, const char *name, bool (*like)(const char *line, size_t len))
{
	size_t len = strlen(name);
	const char *at = file;
	bool inside = false;

	for (; at != NULL && *at != '\0'; at = strchr(at, '\n'), at = at == NULL ? NULL : at + 1) {
		size_t line;
		bool label;

		at += strspn(at, " \t");
		line = strcspn(at, "\n");
		label = line > 1 && at[line - 1] == ':' && strcspn(at, " \t=:") == line - 1;
		if (label || strncmp(at, "begin ", 6) == 0) {
			inside = label && line == len + 1 && memcmp(at, name, len) == 0;
		} else if (inside && like(at, line)) {
			return true;
		}
	}
	return false;
}

static void
check_acl(const struct check *k, const struct section *s, const char *option)
{
	char value[OPTION_BYTES];

	option_value(s, option, value, sizeof(value));
	if (value[0] == '\0') {
		check_danger(k, "no-acl", "main section", option,
		    "not set: whoever may send mail may ask for attachments with a token that "
		    "leaked",
		    "acl_mailgraft, as doc/exim shows");
	} else if (k->exim->file[0] == '\0' || strstr(k->exim->file, "begin ") == NULL) {
		check_advice(k, "acl-unseen", "main section", option,
		    "Exim shows its ACLs to root only", "run check-exim as root");
	} else if (!acl_has(k->exim->file, value, deals)) {
		check_danger(k, "no-acl", "ACL", value,
		    "lets strangers' Graft fields pass, and opted-in mail that can never be "
		    "grafted",
		    "begin it with: require acl = acl_mailgraft");
	}
	if (strcmp(option, "acl_not_smtp") == 0 && acl_has(k->exim->file, value, asks_hosts)) {
		check_danger(k, "acl-hosts", "ACL", value,
		    "'hosts =' has no meaning for mail that does not come by SMTP: Exim refuses "
		    "all of it",
		    "a condition with match_ip");
	}
}

void
check_main(const struct check *k)
{
	const struct section *s = &k->exim->main.section[0];

	check_version(k);
	check_flags(k, s);
	check_values(k, s);
	check_markers(k, s);
	check_acl(k, s, "acl_smtp_data");
	check_acl(k, s, "acl_not_smtp");
}
