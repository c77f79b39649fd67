/*
 * mailgraft-main.c - the mailgraft command: picks the subcommand
 *
 * Everything a person or an application types. Not here: the filter.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "cli/command.h"
#include "cli/complaint.h"
#include "cli/settings.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *what;
} commands[] = {
    {"init", init_main, "make a spool"},
    {"put", put_main, "store files, print tokens"},
    {"keys", keys_main, "list, add, retire and revoke keys"},
    {"ls", ls_main, "list what is stored"},
    {"stat", stat_main, "count what is stored"},
    {"gc", gc_main, "remove what has expired"},
    {"fsck", fsck_main, "check what is stored"},
    {"config", config_main, "check and show the configuration"},
    {"preview", preview_main, "show what the filter would make of a message"},
    {"check-exim", check_exim_main, "say what is dangerous in Exim's configuration"},
    {"check-postfix", check_postfix_main, "say what is dangerous in Postfix's configuration"},
    {"queue", queue_main, "count what waits in Exim's queues, or what needs a file"},
    {"stuck", stuck_main, "list queued messages that cannot be grafted"},
};

static void
usage(FILE *out)
{
	fputs("usage: mailgraft COMMAND [--spool DIR] [OPTION…] [ARGUMENT…]\n\n", out);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		fprintf(out, "  %-14s %s\n", commands[i].name, commands[i].what);
	}
	fputs("\n'mailgraft COMMAND --help' says more; so does mailgraft(1).\n", out);
}

int
main(int argc, char **argv)
{
	struct complaint c;

	umask(027);
	/* `ls | head` ends silently, even if our parent ignores the signal. */
	signal(SIGPIPE, SIG_DFL);
	if (argc < 2) {
		complain(&c, EX_USAGE, "no command given; 'mailgraft --help' lists them");
		return complain_aloud("", &c);
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("mailgraft " MAILGRAFT_VERSION);
		return EX_OK;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		usage(stdout);
		return EX_OK;
	}
	if (settings_load(&c) != 0) {
		return complain_aloud("", &c);
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(argv[1], commands[i].name) == 0) {
			return commands[i].run(argc - 1, argv + 1);
		}
	}
	complain(&c, EX_USAGE, "there is no command '%s'; 'mailgraft --help' lists them", argv[1]);
	return complain_aloud("", &c);
}
