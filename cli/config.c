/*
 * config.c - `mailgraft config`: shows what is in force, and puts limits into the spool
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/complain-spool.h"
#include "cli/duration.h"
#include "cli/settings.h"
#include "cli/size.h"
#include "spool/apply.h"
#include "spool/spool.h"

static const char usage[] =
    "usage: mailgraft config [--spool DIR] [apply]\n"
    "\n"
    "Checks the configuration file and prints the values in force, as such a file.\n"
    "\n"
    "  apply     put the limits of messages (attachments, expanded) into the spool,\n"
    "            where the filter reads them\n";

static void
print_bytes(const char *name, uint64_t bytes)
{
	if (bytes < INT64_MAX) {
		char text[SIZE_TEXT_MAX];

		printf("%s: %s\n", name, size_exact(bytes, text));
	}
}

static void
print_limits(const char *before, const struct format_limits *l)
{
	if (l->attachments > 0) {
		printf("%sattachments: %" PRIu64 "\n", before, l->attachments);
	}
	if (l->expanded > 0) {
		char text[SIZE_TEXT_MAX];

		printf("%sexpanded: %s\n", before, size_exact(l->expanded, text));
	}
}

/* The limits that the filter obeys. They are in the spool, not in the file. */
static void
print_applied(const char *path)
{
	struct spool_fail why = {0};
	struct spool *spool = NULL;
	const struct format_limits *file = &settings()->messages;
	struct format_limits applied;
	struct complaint c;

	if (spool_open(path, &spool, &why) != 0) {
		complain_spool(&c, path, &why, "cannot say what is applied");
		printf("# %s\n", c.text);
		return;
	}
	applied = spool_limits(spool);
	spool_close(&spool);
	if (applied.attachments == file->attachments && applied.expanded == file->expanded) {
		if (file->attachments > 0 || file->expanded > 0) {
			printf("# attachments and expanded are applied in the spool\n");
		}
		return;
	}
	printf("# the spool differs (run 'mailgraft config apply'); in force are%s\n",
	    applied.attachments == 0 && applied.expanded == 0 ? " no limits of messages" : ":");
	print_limits("#   ", &applied);
}

static int
show(const char *path)
{
	const struct settings *conf = settings();
	char expires[DURATION_TEXT_MAX], grace[DURATION_TEXT_MAX];

	printf("# %s\nspool: %s\nexpires: %s\ngrace: %s\n", settings_file(), path,
	    duration_text(conf->expires, expires), duration_text(conf->grace, grace));
	print_bytes("largest-file", conf->largest_file);
	print_bytes("total", conf->total);
	print_limits("", &conf->messages);
	print_applied(path);
	return finish_output("config");
}

/* A damaged format may be replaced. */
static int
open_spool(const char *path, struct spool **spool_r, struct spool_fail *why)
{
	int ret = spool_open(path, spool_r, why);

	return ret == -EPROTONOSUPPORT && why->check == FAIL_DAMAGE
	    ? spool_open_unchecked(path, spool_r, why)
	    : ret;
}

static int
apply(const char *path)
{
	struct spool_fail why = {0};
	struct spool *spool = NULL;
	struct complaint c;
	int ret = open_spool(path, &spool, &why);

	if (ret == 0) {
		ret = apply_limits(spool, &settings()->messages, &why);
	}
	spool_close(&spool);
	if (ret != 0) {
		complain_spool(&c, path, &why, "cannot apply the configuration");
		return complain_aloud("config", &c);
	}
	return EX_OK;
}

int
config_main(int argc, char **argv)
{
	static const struct option options[] = {COMMON_OPTIONS, {0}};
	struct command_line line = {.name = "config", .usage = usage};
	struct complaint c;
	bool applies;
	int code;

	if (command_option(argc, argv, options, &line, &code) == 0) {
		return code;
	}
	applies = optind < argc && strcmp(argv[optind], "apply") == 0;
	if (optind + applies < argc) {
		complain(&c, EX_USAGE, "config takes no argument but 'apply', and got '%s'",
		    argv[optind + applies]);
		return complain_aloud("config", &c);
	}
	return applies ? apply(spool_path(line.spool)) : show(spool_path(line.spool));
}
