/*
 * policyd-main.c - the program mailgraft-policyd: its arguments, nothing else
 */
#include "policy/check-mta.h"
#include "policy/config-file.h"
#include "policy/control-answer.h"
#include "policy/control-client.h"
#include "policy/delivery-filter.h"
#include "policy/explain.h"
#include "policy/metrics.h"
#include "policy/server.h"
#include "policy/start-check.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static const char default_config[] = "/etc/mailgraft/policyd.yaml";

static int
usage(FILE *to)
{
	(void)fprintf(to,
	    "usage: mailgraft-policyd [--config FILE]\n"
	    "       mailgraft-policyd --check-config [--config FILE]\n"
	    "       mailgraft-policyd explain [--config FILE] RECIPIENT [--client IP]\n"
	    "                         [--sender ADDR] [--helo NAME]\n"
	    "       mailgraft-policyd print-delivery-filter [--config FILE] postfix|exim\n"
	    "       mailgraft-policyd check-postfix [--config FILE] [MAIN.CF-DIRECTORY]\n"
	    "       mailgraft-policyd check-exim [--config FILE] [EXIM-CONFIGURATION]\n"
	    "       mailgraft-policyd status|reload|dump [NAME]|forget NAME [--config FILE]\n");
	return to == stdout ? EX_OK : EX_USAGE;
}

static void
print_warning(void *context, const char *text)
{
	(void)fprintf(context, "warning: %s\n", text);
}

/* Reads the recipient files to their end. */
static bool
check_recipients(const struct config *c, char *error)
{
	struct recipient_load *load;
	enum recipient_step step = RECIPIENT_STEP_FAILED;

	if (c->recipient_file_count == 0) {
		return true;
	}
	snprintf(error, CONFIG_ERROR_MAX, "out of memory");
	load = recipient_load_begin(c->recipient_files, c->recipient_file_count);
	if (load != NULL) {
		do {
			step = recipient_load_step(load, error);
		} while (step == RECIPIENT_STEP_MORE);
	}
	recipient_load_free(load);
	return step == RECIPIENT_STEP_DONE;
}

/* The exit status that the daemon would have; 0 where it would serve. */
static int
check_config(const char *path)
{
	char error[CONFIG_ERROR_MAX];
	struct config *c = config_from_file(path, error);
	int status = EX_CONFIG;

	if (c == NULL || !check_recipients(c, error)) {
		goto out;
	}
	status = start_check(c, error);
	if (status != EX_OK) {
		goto out;
	}
	config_warnings(c, print_warning, stdout);
	if (c->state != NULL && access(c->state, W_OK | X_OK) != 0) {
		printf("warning: state folder '%s': %s: nothing will survive a restart\n", c->state,
		    strerror(errno));
	}
	printf("%s: valid, mode %s\n", path, config_mode_name(c->relay.mode));
out:
	if (status != EX_OK) {
		(void)fprintf(stderr, "mailgraft-policyd: %s\n", error);
	}
	config_free(c);
	return status;
}

struct arguments {
	const char *config;
	bool check;
	struct explain_request explain;
};

static int
run_command(const struct arguments *a, int argc, char **argv)
{
	const char *command = argv[0], *word = argc > 1 ? argv[1] : NULL;

	if (strcmp(command, "explain") == 0 && argc == 2) {
		struct explain_request e = a->explain;

		e.config_path = a->config;
		e.recipient = word;
		return explain_run(&e);
	}
	if (strcmp(command, "print-delivery-filter") == 0 && argc == 2 &&
	    (strcmp(word, "postfix") == 0 || strcmp(word, "exim") == 0)) {
		return delivery_filter_run(
		    a->config, strcmp(word, "postfix") == 0 ? DELIVERY_POSTFIX : DELIVERY_EXIM);
	}
	if (strcmp(command, "check-postfix") == 0 && argc <= 2) {
		return check_mta_postfix(a->config, word);
	}
	if (strcmp(command, "check-exim") == 0 && argc <= 2) {
		return check_mta_exim(a->config, word);
	}
	if ((strcmp(command, "status") == 0 || strcmp(command, "reload") == 0) && argc == 1) {
		return control_client_ask(a->config, command, NULL);
	}
	if ((strcmp(command, "dump") == 0 && argc <= 2) ||
	    (strcmp(command, "forget") == 0 && argc == 2)) {
		return control_client_ask(a->config, command, word);
	}
	return usage(stderr);
}

/* Abbreviations are refused: one that is unique today may not be so in the next release. */
static bool
is_spelled_out(const char *word, const char *name)
{
	size_t len = strlen(name);

	return strncmp(word, "--", 2) == 0 && strncmp(word + 2, name, len) == 0 &&
	    (word[2 + len] == '\0' || word[2 + len] == '=');
}

/* The next option, as getopt_long says it. */
static int
next_option(int argc, char **argv, const struct option *options)
{
	int which = 0, option = getopt_long(argc, argv, "", options, &which);
	const char *word;

	if (option == -1 || option == '?') {
		return option;
	}
	word = argv[optarg == argv[optind - 1] ? optind - 2 : optind - 1];
	if (!is_spelled_out(word, options[which].name)) {
		(void)fprintf(stderr, "mailgraft-policyd: there is no option '%s'\n", word);
		return '?';
	}
	return option;
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {
	    {"config", required_argument, NULL, 'c'},
	    {"check-config", no_argument, NULL, 'k'},
	    {"client", required_argument, NULL, 'C'},
	    {"sender", required_argument, NULL, 's'},
	    {"helo", required_argument, NULL, 'h'},
	    {"version", no_argument, NULL, 'V'},
	    {"help", no_argument, NULL, '?' + 256},
	    {NULL, 0, NULL, 0},
	};
	static const struct server_faces faces = {control_answer, metrics_answer};
	struct arguments a = {.config = default_config};
	int option;

	while ((option = next_option(argc, argv, options)) != -1) {
		switch (option) {
		case 'c':
			a.config = optarg;
			break;
		case 'k':
			a.check = true;
			break;
		case 'C':
			a.explain.client = optarg;
			break;
		case 's':
			a.explain.sender = optarg;
			break;
		case 'h':
			a.explain.helo = optarg;
			break;
		case 'V':
			printf("mailgraft-policyd %s\n", MAILGRAFT_VERSION);
			return EX_OK;
		case '?' + 256:
			return usage(stdout);
		default:
			return usage(stderr);
		}
	}
	if (a.check) {
		return optind == argc ? check_config(a.config) : usage(stderr);
	}
	if (optind < argc) {
		return run_command(&a, argc - optind, argv + optind);
	}
	return server_run(a.config, &faces);
}
