/*
 * check-exim.c - `mailgraft check-exim`: reads Exim's configuration, says what is dangerous
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/complain-exim.h"
#include "cli/findings.h"
#include "exim/program.h"
#include "exim/rules.h"

_Static_assert((int)RULE_TOKEN_LIFE == (int)EXPIRES_DEFAULT, "the life of a token");

static const char usage[] =
    "usage: mailgraft check-exim [-C FILE] [--exim PROGRAM] [--json]\n"
    "\n"
    "Reads what Exim says about its configuration (-bP, -bV) and lists what is dangerous\n"
    "or missing, each with the reason and the cure. Exit 1 if anything is dangerous. Run\n"
    "it as root: it sees more.\n"
    "\n"
    "  -C FILE          this configuration instead of the installed one\n"
    "  --exim PROGRAM   this Exim\n"
    "  --json           one object a line: level, word, where, reason, cure\n";

static void
show(void *arg, const struct finding *f)
{
	findings_add(arg, f->dangerous, f->word, f->where, f->reason, f->cure);
}

static int
run(const char *program, const char *file, bool json)
{
	struct findings_shown t = {.command = "check-exim", .json = json};
	struct exim_config exim = {.version = NULL};
	struct check k = {.exim = &exim, .spool = spool_path(NULL), .report = show, .arg = &t};
	struct exim_fail why;
	struct complaint c;

	program = exim_program(program, &why);
	if (program == NULL || exim_config_read(program, file, &exim, &why) < 0) {
		exim_config_free(&exim);
		complain_exim(&c, &why);
		return complain_aloud("check-exim", &c);
	}
	check_main(&k);
	check_routers(&k);
	check_transports(&k);
	check_spools(&k);
	exim_config_free(&exim);
	return findings_end(&t);
}

int
check_exim_main(int argc, char **argv)
{
	/* "-C" as Exim has it; the options of mailgraft are long ones. */
	static const struct option options[] = {
	    COMMON_OPTIONS,
	    {"exim", required_argument, NULL, 'e'},
	    {"config", required_argument, NULL, 'C'},
	    {0},
	};
	static char config[] = "--config";
	struct command_line line = {.name = "check-exim", .usage = usage};
	const char *program = NULL, *file = NULL;
	struct complaint c;
	int option, code;

	for (int i = 1; i < argc; i++) {
		argv[i] = strcmp(argv[i], "-C") == 0 ? config : argv[i];
	}
	while ((option = command_option(argc, argv, options, &line, &code)) > 0) {
		*(option == 'e' ? &program : &file) = optarg;
	}
	if (option == 0) {
		return code;
	}
	if (optind < argc) {
		complain(&c, EX_USAGE, "check-exim takes no argument, and got '%s'", argv[optind]);
		return complain_aloud("check-exim", &c);
	}
	return run(program, file, line.json);
}
