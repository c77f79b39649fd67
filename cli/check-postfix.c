/*
 * check-postfix.c - `mailgraft check-postfix`: says what is dangerous in Postfix's configuration
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/complaint.h"
#include "cli/duration.h"
#include "cli/findings.h"
#include "postfix/rules.h"

static const char usage[] =
    "usage: mailgraft check-postfix [-c DIR] [--commands DIR] [--within SPAN] [--json]\n"
    "\n"
    "Asks postconf and postmap what Postfix will do with a message that asks for\n"
    "attachments, and lists what is dangerous or missing, each with the reason and the\n"
    "cure. Exit 1 if anything is dangerous.\n"
    "\n"
    "  -c DIR           this configuration instead of the installed one\n"
    "  --commands DIR   where postconf and postmap are, if not in /usr/sbin\n"
    "  --within SPAN    the relay's limit recipient-within, if not 50m\n"
    "  --json           one object a line: level, word, where, reason, cure\n";

static void
show(void *arg, const struct postfix_finding *f)
{
	findings_add(arg, f->dangerous, f->word, f->where, f->reason, f->cure);
}

static int
run(const struct postfix_place_names *where, uint64_t within, bool json)
{
	struct findings_shown t = {.command = "check-postfix", .json = json};
	char object[POSTFIX_OBJECT_MAX] = "";
	struct complaint c;
	int ret = postfix_check(where, (long)within * 1000, show, &t, object);

	if (ret == -EBADMSG) {
		complain(&c, EX_CONFIG, "Postfix refuses its configuration: %s", object);
		return complain_aloud("check-postfix", &c);
	}
	if (ret < 0) {
		complain(&c, EX_UNAVAILABLE, "cannot run '%s': %s", object, reason(-ret));
		return complain_aloud("check-postfix", &c);
	}
	return findings_end(&t);
}

int
check_postfix_main(int argc, char **argv)
{
	/* "-c" as Postfix has it; the options of mailgraft are long ones. */
	static const struct option options[] = {
	    COMMON_OPTIONS,
	    {"commands", required_argument, NULL, 'p'},
	    {"config", required_argument, NULL, 'C'},
	    {"within", required_argument, NULL, 'w'},
	    {0},
	};
	static char config[] = "--config";
	struct command_line line = {.name = "check-postfix", .usage = usage};
	struct postfix_place_names where = {.commands = NULL};
	uint64_t within = 50 * 60;
	struct complaint c;
	int option, code;

	for (int i = 1; i < argc; i++) {
		argv[i] = strcmp(argv[i], "-c") == 0 ? config : argv[i];
	}
	while ((option = command_option(argc, argv, options, &line, &code)) > 0) {
		if (option == 'w' && duration_parse(optarg, &within) < 0) {
			complain(&c, EX_USAGE, "--within takes a span such as 50m, and got '%s'",
			    optarg);
			return complain_aloud("check-postfix", &c);
		}
		if (option == 'p') {
			where.commands = optarg;
		} else if (option == 'C') {
			where.configuration = optarg;
		}
	}
	if (option == 0) {
		return code;
	}
	if (optind < argc) {
		complain(
		    &c, EX_USAGE, "check-postfix takes no argument, and got '%s'", argv[optind]);
		return complain_aloud("check-postfix", &c);
	}
	return run(&where, within, line.json);
}
