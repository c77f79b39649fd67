/*
 * arguments.c - options and the spool's place
 */
#include "cli/arguments.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/settings.h"

int
next_option(int argc, char **argv, const struct option *options, struct complaint *c)
{
	char sentence[OPTION_SENTENCE_MAX];
	int option = option_next(argc, argv, options, sentence);

	if (option == '?') {
		complain(c, EX_USAGE, "%s", sentence);
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
		case 'P':
			line->porcelain = true;
			break;
		case 'S':
			line->sort = optarg;
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

int
table_form_choose(
    const struct command_line *line, struct table_options *options, struct complaint *c)
{
	options->sort = line->sort;
	if (line->json && line->porcelain) {
		return complain(c, EX_USAGE, "--json and --porcelain are two forms: give one");
	}
	options->form = line->json                          ? TABLE_JSON
	    : line->porcelain || isatty(STDOUT_FILENO) == 0 ? TABLE_TABS
	                                                    : TABLE_PEOPLE;
	return 0;
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
