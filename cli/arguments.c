/*
 * arguments.c - options and the spool's place
 */
#include "cli/arguments.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "cli/settings.h"

int
next_option(int argc, char **argv, const struct option *options, struct complaint *c)
{
	int at = optind == 0 ? 1 : optind, option;

	opterr = 0;
	option = getopt_long(argc, argv, ":", options, NULL);
	if (option == ':') {
		complain(c, EX_USAGE, "option '%s' needs a value", argv[optind - 1]);
		return '?';
	}
	if (option == '?' && optopt != 0 && strncmp(argv[optind - 1], "--", 2) == 0) {
		complain(c, EX_USAGE, "option '%s' takes no value", argv[optind - 1]);
	} else if (option == '?' && optopt != 0) {
		complain(c, EX_USAGE, "there is no option '-%c'", optopt);
	} else if (option == '?') {
		const char *name = argv[optind > at ? optind - 1 : at];
		complain(c, EX_USAGE, "there is no option '%s', or it is not unique", name);
	}
	return option;
}

int
command_option(
    int argc, char **argv, const struct option *options, struct command_line *line, int *code)
{
	struct complaint c;

	for (;;) {
		int option = next_option(argc, argv, options, &c);
		switch (option) {
		case 's':
			line->spool = optarg;
			break;
		case 'j':
			line->json = true;
			break;
		case 'h':
			fputs(line->usage, stdout);
			*code = EX_OK;
			return 0;
		case 'v':
			puts("mailgraft " MAILGRAFT_VERSION);
			*code = EX_OK;
			return 0;
		case '?':
			*code = complain_aloud(line->name, &c);
			return 0;
		default:
			return option;
		}
	}
}

const char *
spool_path(const char *option)
{
	const char *environment = getenv("MAILGRAFT_SPOOL");

	if (option != NULL) {
		return option;
	}
	return environment != NULL && environment[0] != '\0' ? environment : settings()->spool;
}

int
finish_output(const char *command)
{
	struct complaint c;

	if (fflush(stdout) == 0 && ferror(stdout) == 0) {
		return 0;
	}
	complain(&c, EX_IOERR, "cannot write the answer: %s", reason(errno));
	return complain_aloud(command, &c);
}
