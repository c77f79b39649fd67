/*
 * arguments.h - what every subcommand's command line has in common
 */
#ifndef CLI_ARGUMENTS_H
#define CLI_ARGUMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/complaint.h"
#include "cli/table.h"
#include "filter/options.h"

/* option_next() with its sentence as a complaint (EX_USAGE). */
int next_option(int argc, char **argv, const struct option *options, struct complaint *c);

/* The values of the options that most commands share. */
struct command_line {
	const char *name;  /* the command's name, for its complaints */
	const char *usage; /* for --help */
	const char *spool;
	bool json, porcelain;
	const char *sort;
};

#define COMMON_OPTIONS \
	{"spool", required_argument, NULL, 's'}, {"json", no_argument, NULL, 'j'}, \
	    {"help", no_argument, NULL, 'h'}, \
	{ \
		"version", no_argument, NULL, 'v' \
	}

/* And the options of commands that list things. */
#define TABLE_OPTIONS \
	{"porcelain", no_argument, NULL, 'P'}, \
	{ \
		"sort", required_argument, NULL, 'S' \
	}

#define TABLE_USAGE \
	"  --sort COLUMN   by this column; -COLUMN: largest first\n" \
	"  --porcelain     for programs: no header, separated by tabs, sizes in bytes, times in\n" \
	"                  UTC; also where standard output is no terminal\n"

/* The form that a listing has. */
int table_form_choose(
    const struct command_line *line, struct table_options *options_r, struct complaint *c);

/*
 * The next option that is not one of COMMON_OPTIONS or TABLE_OPTIONS; -1 after the last. 0: the
 * command is over, all is printed, and *code is its exit code.
 */
int command_option(
    int argc, char **argv, const struct option *options, struct command_line *line, int *code);

/* --spool, $MAILGRAFT_SPOOL, or what the configuration says. */
const char *spool_path(const char *option);

/* Ends stdout, which may be a full disk. 0, or EX_IOERR with a line on stderr. */
int finish_output(const char *command);

#endif
