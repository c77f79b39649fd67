/*
 * rules-transports.c - rules for transports that run the filter
 */
#include <ctype.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exim/rules.h"
#include "filter/limits.h"

_Static_assert((int)RULE_PATIENCE > (int)SILENCE_MAX, "the filter gives up before Exim does");

static const char program[] = "mailgraft-filter";

bool
check_is_filtered(const struct section *t)
{
	char value[OPTION_BYTES];

	return strstr(option_value(t, "transport_filter", value, sizeof(value)), program) != NULL;
}

bool
check_misses_spellings(const char *text)
{
	return strstr(text, "h_Graft") != NULL && strstr(text, "message_headers") == NULL;
}

/* The path that ends in the program's name, wherever it stands in the command. */
static void
program_path(const char *command, char path[RULE_PATH_BYTES])
{
	const char *name = strstr(command, program), *start = name;
	size_t len;

	while (start > command &&
	    (isalnum((unsigned char)start[-1]) || strchr("/._+-", start[-1]) != NULL)) {
		start--;
	}
	len = (size_t)(name - start) + sizeof(program) - 1;
	len = len < RULE_PATH_BYTES - 1 ? len : RULE_PATH_BYTES - 1;
	memcpy(path, start, len);
	path[len] = '\0';
}

/* A variable that a sender or a receiver decides: Exim bounces a message whose filter gets one. */
static bool
is_tainted(const char *command)
{
	static const char *const tainted[] = {
	    "h_",
	    "rh_",
	    "bh_",
	    "lh_",
	    "header_",
	    "rheader_",
	    "bheader_",
	    "sender_",
	    "return_path",
	    "local_part",
	    "domain",
	    "original_",
	    "recipients",
	    "authenticated_",
	    "parent_",
	    "home",
	};

	for (const char *at = strchr(command, '$'); at != NULL; at = strchr(at + 1, '$')) {
		const char *name = at + 1 + (at[1] == '{');
		size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz_");

		if (len > 5 && memcmp(name + len - 5, "_data", 5) == 0) {
			continue;
		}
		for (size_t i = 0; i < sizeof(tainted) / sizeof(tainted[0]); i++) {
			if (strncmp(name, tainted[i], strlen(tainted[i])) == 0) {
				return true;
			}
		}
	}
	return false;
}

static void
check_command(const struct check *k, const struct section *t, const char *command)
{
	char path[RULE_PATH_BYTES];

	program_path(command, path);
	if (path[0] != '/') {
		check_danger(k, "relative-path", "transport", t->name,
		    "the filter's path is not absolute: Exim cannot run it (127)",
		    "/usr/lib/mailgraft/mailgraft-filter");
	} else if (access(path, X_OK) < 0) {
		check_danger(k, "no-program", "transport", t->name,
		    "the filter's path leads to no program that can be run",
		    "make install, or mend the path");
	}
	if (is_tainted(command)) {
		check_danger(k, "tainted", "transport", t->name,
		    "an argument is tainted: Exim bounces every message",
		    "no variable but $message_exim_id; the recipient goes into Graft-Recipient");
	}
}

static bool
in_group(const char *user, gid_t wanted)
{
	const struct passwd *pw = getpwnam(user);
	gid_t groups[RULE_GROUPS_MAX];
	int n = RULE_GROUPS_MAX;

	if (pw == NULL || getgrouplist(user, pw->pw_gid, groups, &n) < 0) {
		return false;
	}
	for (int i = 0; i < n; i++) {
		if (groups[i] == wanted) {
			return true;
		}
	}
	return false;
}

const char *
check_spool(const struct section *t, char path[RULE_PATH_BYTES])
{
	char command[OPTION_BYTES];
	const char *at = strstr(
	    option_value(t, "transport_filter", command, sizeof(command)), "--spool");
	size_t len;

	snprintf(path, RULE_PATH_BYTES, "/var/spool/mailgraft");
	if (at != NULL) {
		at += strlen("--spool");
		at += strspn(at, " =\"'");
		snprintf(path, RULE_PATH_BYTES, "%.*s", (int)strcspn(at, " \"'"), at);
	}
	for (len = strlen(path); len > 1 && path[len - 1] == '/'; len--) {
		path[len - 1] = '\0';
	}
	return path;
}

const char *
check_program(const struct section *t, char path[RULE_PATH_BYTES])
{
	char command[OPTION_BYTES];

	program_path(option_value(t, "transport_filter", command, sizeof(command)), path);
	return path;
}

bool
check_group(const struct check *k, const struct section *t)
{
	char group[OPTION_BYTES], user[OPTION_BYTES], driver[OPTION_BYTES], path[RULE_PATH_BYTES];
	const struct group *gr;
	struct stat spool;

	if (stat(check_spool(t, path), &spool) < 0) {
		return false;
	}
	if (spool.st_gid == 0) {
		check_danger(k, "group", "transport", t->name,
		    "its spool belongs to group root: the filter cannot read it",
		    "mailgraft-exim-setup install, which gives it to user and group mailgraft");
		return true;
	}
	option_value(t, "driver", driver, sizeof(driver));
	option_value(t, "group", group, sizeof(group));
	if (group[0] != '\0') {
		gr = isdigit((unsigned char)group[0]) ? getgrgid((gid_t)strtoul(group, NULL, 10))
		                                      : getgrnam(group);
		if (gr != NULL && gr->gr_gid == spool.st_gid) {
			return false;
		}
		check_danger(k, "group", "transport", t->name,
		    "its group is not the spool's: the filter cannot read the spool (mail_spool "
		    "needs group mail and cannot graft)",
		    "group = mailgraft, with maildir_home or lmtp");
		return true;
	}
	if (strcmp(driver, "smtp") != 0) {
		check_danger(k, "group", "transport", t->name,
		    "no group: the filter runs as the recipient and cannot read the spool",
		    "group = mailgraft");
		return true;
	}
	if (!option_on(t, "initgroups")) {
		check_danger(k, "initgroups", "transport", t->name,
		    "no initgroups: Exim drops its supplementary groups, and the filter cannot "
		    "read the spool",
		    "initgroups");
		return true;
	}
	option_value(&k->exim->main.section[0], "exim_user", user, sizeof(user));
	if (in_group(user, spool.st_gid)) {
		return false;
	}
	check_danger(k, "membership", "transport", t->name,
	    "Exim's user is not in the spool's group: the filter cannot read the spool",
	    "usermod -aG mailgraft Debian-exim");
	return true;
}

static void
check_fields(const struct check *k, const struct section *t)
{
	char removed[OPTION_BYTES], added[OPTION_BYTES], command[OPTION_BYTES];

	option_value(t, "transport_filter", command, sizeof(command));
	if (check_misses_spellings(command)) {
		check_danger(k, "spelling", "transport", t->name,
		    "its condition does not see a Graft field with a blank before its colon: the "
		    "marker leaves raw",
		    "MAILGRAFT_MAY_ASK, as doc/exim/mailgraft-transport.conf has it");
	}

	if (strstr(option_value(t, "headers_remove", removed, sizeof(removed)),
	        "Graft-Recipient") == NULL) {
		check_danger(k, "headers-remove", "transport", t->name,
		    "a forged Graft-Recipient passes: a bound token is good for anybody who writes "
		    "one",
		    "headers_remove = Graft-Recipient");
	}
	if (strstr(option_value(t, "headers_add", added, sizeof(added)), "Graft-Recipient") ==
	    NULL) {
		check_advice(k, "headers-add", "transport", t->name,
		    "no Graft-Recipient: tokens made with 'put --to' are refused",
		    "headers_add, as doc/exim/mailgraft-transport.conf has it");
	}
}

static void
check_numbers(const struct check *k, const struct section *t, const char *driver)
{
	bool smtp = strcmp(driver, "smtp") == 0;
	const char *one = smtp ? "max_rcpt" : "batch_max";
	char value[OPTION_BYTES];
	uint64_t patience;

	if (smtp && option_value(t, "size_addition", value, sizeof(value))[0] == '-') {
		check_danger(k, "size-addition", "transport", t->name,
		    "size_addition = -1 does not switch SIZE off: it announces one byte less than "
		    "the queued message",
		    "size_addition = 1M");
	}
	if (option_value(t, one, value, sizeof(value))[0] != '\0' && strcmp(value, "1") != 0) {
		check_advice(k, "recipients", "transport", t->name,
		    "several recipients share a delivery: tokens made with 'put --to' are refused",
		    smtp ? "max_rcpt = 1" : "batch_max = 1");
	}
	patience = exim_time(option_value(t, "transport_filter_timeout", value, sizeof(value)));
	if (patience > 0 && patience < RULE_PATIENCE) {
		check_danger(k, "timeout", "transport", t->name,
		    "transport_filter_timeout is shorter than the filter's own (120 s): a slow "
		    "disk delays the whole host",
		    "transport_filter_timeout = 5m");
	}
	if (option_on(t, "body_only") || option_on(t, "headers_only")) {
		check_danger(k, "half", "transport", t->name, "the filter gets half a message",
		    "neither body_only nor headers_only");
	}
}

void
check_transports(const struct check *k)
{
	char command[OPTION_BYTES], driver[OPTION_BYTES];
	size_t filtered = 0;

	for (size_t i = 0; i < k->exim->transports.count; i++) {
		const struct section *t = &k->exim->transports.section[i];

		if (!check_is_filtered(t)) {
			continue;
		}
		filtered++;
		option_value(t, "transport_filter", command, sizeof(command));
		option_value(t, "driver", driver, sizeof(driver));
		if (strcmp(driver, "pipe") == 0) {
			check_danger(k, "pipe", "transport", t->name,
			    "a pipe's command takes a truncated message for a whole one when the "
			    "filter fails late",
			    "reach the delivery agent by lmtp");
		}
		check_command(k, t, command);
		check_fields(k, t);
		check_numbers(k, t, driver);
	}
	if (filtered == 0) {
		check_danger(k, "no-filter", "transports", NULL,
		    "none runs mailgraft-filter: markers leave raw",
		    "mailgraft-exim-setup install, or the lines of "
		    "doc/exim/mailgraft-transport.conf");
	}
}
