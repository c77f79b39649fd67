/*
 * config-command.c - `mailgraft config`: what is in force
 */
#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/config.h"

static const char usage[] =
    "usage: mailgraft config [--spool DIR]\n"
    "\n"
    "Checks the configuration file and prints what is in force, as such a file.\n";

int
config_main(int argc, char **argv)
{
	static const struct option options[] = { COMMON_OPTIONS, { 0 } };
	struct command_line line = { .name = "config", .usage = usage };
	struct complaint c;
	int code;

	if (command_option(argc, argv, options, &line, &code) == 0) {
		return code;
	}
	if (optind < argc) {
		complain(&c, EX_USAGE, "config takes no argument, and got '%s'", argv[optind]);
		return complain_aloud("config", &c);
	}
	printf("# %s\nspool: %s\nexpires: %" PRIu64 "m\ngrace: %" PRIu64 "m\n", config_file(),
	    spool_path(line.spool), config()->expires / 60, config()->grace / 60);
	if (config()->largest_file < INT64_MAX) {
		printf("largest-file: %" PRIu64 "\n", config()->largest_file);
	}
	return finish_output("config");
}
