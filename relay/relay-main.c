/*
 * relay-main.c - the program mailgraft-relay: its arguments
 *
 * mailgraft-relay takes short messages from an MTA over LMTP, grafts the attachments in, and sends
 * them to the next hop over SMTP. It has no queue: the MTA gets the next hop's answer.
 *
 * Three kinds of process, all of this program:
 *
 *	master    accepts, forks, reads the configuration (master.c, listen.c, notify.c)
 *	keeper    has spool, keys and ledger, and no network (keeper.c, ledger.c, key-ring.c)
 *	session   one for each connection of the MTA's; talks to both sides and has nothing else;
 *	          asks the keeper over a socket of its own (keeper-ask.c)
 *
 * A session, from the MTA's side to the next hop's:
 *
 *	worker.c      who connects (peer.c); where to (socks5.c, or a name of relay.yaml); then it
 *	              gives up its rights (confine.c)
 *	session.c     LMTP: lmtp-command.c takes a line apart, lmtp-data.c finds a message's end;
 *	              envelope.c and held.c keep what came
 *	delivery.c    one message to its recipients: plan and emission are filter/graft.h's,
 *	              signatures signing.c's; what got an answer stands in the ledger under
 *	              delivery-key.c's key; delivery-log.c says it
 *	hop-*.c       SMTP: smtp-reply.c, smtp-offers.c; connections by dial.c, wire.c and tls.c,
 *	              and every wait by vigil.c
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "filter/options.h"
#include "relay/key-files.h"
#include "relay/log.h"
#include "relay/master.h"
#include "relay/settings-load.h"

static const char DEFAULT_CONFIG[] = "/etc/mailgraft/relay.yaml";
static const char DEFAULT_LOG[] = "/dev/log";

static int
usage(FILE *to)
{
	(void)fprintf(to,
	    "usage: mailgraft-relay [--config FILE] [--log-socket PATH] [--stderr]\n"
	    "       mailgraft-relay --check-config [--config FILE]\n"
	    "       mailgraft-relay dkim-key [--ed25519] DOMAIN SELECTOR KEY-FILE\n");
	return to == stdout ? EX_OK : EX_USAGE;
}

static int
check_config(const char *path)
{
	char error[SETTINGS_ERROR_MAX];
	struct relay_settings *s = relay_settings_load(path, error);

	if (s == NULL || !key_files_check(s, error)) {
		(void)fprintf(stderr, "mailgraft-relay: %s\n", error);
		settings_free(s);
		return EX_CONFIG;
	}
	(void)printf("%s: valid, %u listeners\n", path, s->listeners);
	settings_free(s);
	return EX_OK;
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {
	    {"config", required_argument, NULL, 'c'},
	    {"check-config", no_argument, NULL, 'k'},
	    {"log-socket", required_argument, NULL, 'l'},
	    {"stderr", no_argument, NULL, 'e'},
	    {"ed25519", no_argument, NULL, '2'},
	    {"version", no_argument, NULL, 'V'},
	    {"help", no_argument, NULL, 'h'},
	    {0},
	};
	const char *config = DEFAULT_CONFIG, *log = DEFAULT_LOG;
	char sentence[OPTION_SENTENCE_MAX];
	bool check = false, speak = false, ed25519 = false;
	int option;

	while ((option = option_next(argc, argv, options, sentence)) != -1) {
		switch (option) {
		case 'c':
			config = optarg;
			break;
		case 'k':
			check = true;
			break;
		case 'l':
			log = optarg;
			break;
		case 'e':
			speak = true;
			break;
		case '2':
			ed25519 = true;
			break;
		case 'V':
			(void)printf("mailgraft-relay %s\n", MAILGRAFT_VERSION);
			return EX_OK;
		case 'h':
			return usage(stdout);
		default:
			(void)fprintf(stderr, "mailgraft-relay: %s\n", sentence);
			return usage(stderr);
		}
	}
	if (argc - optind == 4 && strcmp(argv[optind], "dkim-key") == 0) {
		return key_file_show(argv[optind + 1], argv[optind + 2], argv[optind + 3], ed25519);
	}
	if (optind < argc || ed25519) {
		return usage(stderr);
	}
	if (check) {
		return check_config(config);
	}
	relay_log_open(log, speak || isatty(STDERR_FILENO));
	return master_run(config);
}
