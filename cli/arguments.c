/*
 * arguments.c - options, spans of time, the spool's place
 */
#include "cli/arguments.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "cli/config.h"

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
	return environment != NULL && environment[0] != '\0' ? environment : config()->spool;
}

int
parse_span(const char *text, uint64_t *seconds_r)
{
	static const struct {
		char letter;
		uint32_t seconds;
	} units[] = {{'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
	uint64_t value = 0;
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > 6 || text[digits] == '\0' || text[digits + 1] != '\0') {
		return -1;
	}
	for (size_t i = 0; i < digits; i++) {
		value = value * 10 + (uint64_t)(text[i] - '0');
	}
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (units[i].letter == text[digits]) {
			*seconds_r = value * units[i].seconds;
			return 0;
		}
	}
	return -1;
}

uint32_t
now_units(void)
{
	return (uint32_t)(time(NULL) / EXPIRY_UNIT);
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
