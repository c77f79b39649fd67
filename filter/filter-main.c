/*
 * filter-main.c - mailgraft-filter: Exim's transport_filter
 *
 * What Exim demands is here and only here: nothing on descriptor 2, which is
 * the message; exit codes; one log line; no silence for longer than Exim
 * waits. The work is graft.h's, and chain.h's where a command comes after it.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "filter/chain.h"
#include "filter/graft.h"
#include "filter/limits.h"
#include "filter/log.h"
#include "filter/options.h"
#include "filter/sandbox.h"
#include "filter/spool-prover.h"

static const char USAGE[] =
    "usage: mailgraft-filter --spool DIR [--id EXIM-ID] [--check] [--stderr]\n"
    "                        [--log-socket PATH] [-- COMMAND [ARGUMENT...]]\n"
    "                        < message > message\n";
static const char DEFAULT_SPOOL[] = "/var/spool/mailgraft";
static const char DEFAULT_LOG[] = "/dev/log";

struct options {
	const char *spool, *id, *log_socket;
	bool check, speak;
	char **command; /* what the output goes through; NULL: nothing */
};

static char id_shown[40]; /* Exim's id, for the log */
static struct sink output;
static struct spool_prover spool;
static struct chain chain;

/* Standard input and output must be open: else the next file that is opened would be taken for one
 * of them. */
static void
demand_descriptors(void)
{
	if (fcntl(0, F_GETFD) < 0 || fcntl(1, F_GETFD) < 0) {
		_exit(EX_IOERR);
	}
}

/*
 * Under Exim descriptor 2 is the message. From the first moment nothing that
 * prints, not even the C library, reaches it. Returns a copy of the old one.
 */
static int
silence_stderr(void)
{
	int copy = fcntl(2, F_DUPFD_CLOEXEC, 3);
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0) {
		/* in a jail without devices: a descriptor that takes no bytes */
		null = open("/", O_PATH | O_CLOEXEC);
	}
	if (null != 2 && dup2(null, 2) < 0) {
		_exit(EX_TEMPFAIL);
	}
	if (null > 2) {
		close(null);
	}
	return copy;
}

/* Whether a complaint about the command line may be shown: never where it would become the message.
 */
static bool
may_complain(int old_stderr)
{
	struct stat out, err;

	return isatty(0) ||
	    (fstat(1, &out) == 0 && fstat(old_stderr, &err) == 0 &&
	        (out.st_dev != err.st_dev || out.st_ino != err.st_ino));
}

static int
usage(int old_stderr, const char *sentence)
{
	char line[1024];
	int n = snprintf(line, sizeof(line), "mailgraft-filter: %s\n%s", sentence, USAGE);

	if (n > 0 && may_complain(old_stderr) && write(old_stderr, line, (size_t)n) < 0) {
		return EX_USAGE; /* there is nobody left to tell */
	}
	return EX_USAGE;
}

static int
say(const char *text)
{
	return write(1, text, strlen(text)) < 0 ? EX_IOERR : EX_OK;
}

/* -1: go on; else the exit code. */
static int
read_options(int argc, char **argv, int old_stderr, struct options *o)
{
	static const struct option options[] = {
	    {"spool", required_argument, NULL, 's'},
	    {"id", required_argument, NULL, 'i'},
	    {"log-socket", required_argument, NULL, 'l'},
	    {"check", no_argument, NULL, 'c'},
	    {"stderr", no_argument, NULL, 'e'},
	    {"help", no_argument, NULL, 'h'},
	    {"version", no_argument, NULL, 'v'},
	    {0},
	};
	char sentence[OPTION_SENTENCE_MAX];
	int option;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--") == 0) {
			o->command = argv + i + 1;
			argc = i;
		}
	}
	if (o->command != NULL && o->command[0] == NULL) {
		return usage(old_stderr, "no command after '--'");
	}
	while ((option = option_next(argc, argv, options, sentence)) != -1) {
		switch (option) {
		case 's':
			o->spool = optarg;
			break;
		case 'i':
			o->id = optarg;
			break;
		case 'l':
			o->log_socket = optarg;
			break;
		case 'c':
			o->check = true;
			break;
		case 'e':
			o->speak = true;
			break;
		case 'h':
			return say(USAGE);
		case 'v':
			return say("mailgraft-filter " MAILGRAFT_VERSION "\n");
		default:
			return usage(old_stderr, sentence);
		}
	}
	if (optind < argc) {
		return usage(old_stderr, "it takes options only; the message is standard input");
	}
	return o->spool[0] == '\0' ? usage(old_stderr, "--spool names no directory") : -1;
}

/* Exim's id goes into the log: letters, digits and hyphens, no more than an id has. */
static void
show_id(const char *id)
{
	size_t n = 0;

	for (; id[n] != '\0' && n + 1 < sizeof(id_shown); n++) {
		char c = id[n];
		bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		    (c >= 'a' && c <= 'z') || c == '-';

		id_shown[n] = (char)(plain ? c : '?');
	}
	id_shown[n] = '\0';
}

static void
give_up(int signal_number)
{
	char line[96];
	size_t n = strlen(id_shown);
	static const char TEXT[] = ": refused exit=75 reason=timeout: gave up waiting";

	(void)signal_number;
	memcpy(line, id_shown, n);
	memcpy(line + n, TEXT, sizeof(TEXT) - 1);
	/* NOLINTNEXTLINE(bugprone-signal-handler): it calls sendmsg and writev, which are safe */
	filter_log_line(true, line, n + sizeof(TEXT) - 1);
	_exit(EX_TEMPFAIL);
}

/* From here on Exim may be waiting for a slow peer, which is no business of ours. */
static void
first_byte(void)
{
	alarm(0);
}

/* Says why; returns the exit code. */
static int
log_refusal(const struct refusal *r, const struct options *o)
{
	char sentence[LOG_LINE_MAX - 256], line[LOG_LINE_MAX];
	int n;

	refusal_sentence(r, sentence, sizeof(sentence));
	n = snprintf(line, sizeof(line), "%s: refused exit=%d reason=%s: %s", id_shown,
	    refusal_exit(r), refusal_word(r), sentence);
	filter_log_line(true, line, n > 0 ? (size_t)n : 0);
	if (o->check) {
		n = snprintf(line, sizeof(line), "%s\n", sentence);
		/* where nobody reads it, the exit code still says that it is refused */
		(void)!write(1, line, n > 0 ? (size_t)n : 0);
	}
	return refusal_exit(r);
}

static void
log_grafted(const struct graft *g, const struct timespec *start)
{
	struct graft_summary sum;
	struct timespec now;
	char line[LOG_LINE_MAX], entry[GRAFT_ENTRY_CHARS + 1];
	size_t n;
	int64_t us;

	clock_gettime(CLOCK_MONOTONIC, &now);
	us = (int64_t)(now.tv_sec - start->tv_sec) * 1000000 +
	    (now.tv_nsec - start->tv_nsec) / 1000;
	graft_summary(g, &sum);
	n = (size_t)snprintf(line, sizeof(line),
	    "%s: grafted attachments=%zu in=%" PRIu64 " out=%" PRIu64 " ms=%" PRId64 ".%03" PRId64
	    " entries=",
	    id_shown, sum.attachments, sum.in, sum.out, us / 1000, us % 1000);
	for (size_t i = 0; i < sum.entries && i < LOGGED_ENTRIES; i++) {
		graft_entry(g, i, entry);
		n += (size_t)snprintf(line + n, sizeof(line) - n, "%s%s", i > 0 ? "," : "", entry);
	}
	if (sum.entries > LOGGED_ENTRIES) {
		n += (size_t)snprintf(line + n, sizeof(line) - n, ",...");
	}
	if (sum.breaks_signature) {
		n += (size_t)snprintf(line + n, sizeof(line) - n,
		    "; the DKIM or ARC signature it came with no longer holds");
	}
	filter_log_line(false, line, n);
}

static void
open_output(const struct options *o)
{
	if (o->command != NULL) {
		sink_to_function(&output, chain_write, &chain);
		output.name = chain.name;
	} else {
		sink_to_fd(&output, 1);
		output.name = "standard output";
	}
	output.first_byte = first_byte;
}

/* The output is written, or failed. A command that has ended on its own is the true reason why it
 * did not take more. 0; or -1 with `why` set. */
static int
close_output(const struct options *o, bool failed, struct refusal *why)
{
	alarm(SILENCE_MAX);
	if (o->command == NULL || (failed && output.error != -EPIPE)) {
		return failed ? -1 : 0;
	}
	return chain_end(&chain, why) < 0 || failed ? -1 : 0;
}

/* A message that asks for nothing. */
static int
pass_on(struct graft *g, const struct options *o, int log_stderr)
{
	struct refusal why = {.reason = REFUSED_NOT};
	bool failed = false;

	if (o->check) {
		return EX_OK;
	}
	if (o->command != NULL && chain_start(&chain, o->command, &why) < 0) {
		filter_log_open(o->log_socket, log_stderr);
		return log_refusal(&why, o);
	}
	open_output(o);
	if (graft_pass(g, &output) < 0) {
		why = *graft_refusal(g);
		failed = true;
	}
	if (close_output(o, failed, &why) < 0) {
		filter_log_open(o->log_socket, log_stderr);
		return log_refusal(&why, o);
	}
	return EX_OK;
}

static int
graft_message(struct graft *g, const struct options *o, const struct timespec *start)
{
	struct refusal why = {.reason = REFUSED_NOT};
	struct prover prover;
	bool failed = false;

	if (spool_prover_open(&spool, o->spool, time(NULL), &prover, &why) < 0) {
		return log_refusal(&why, o);
	}
	if (!o->check && o->command != NULL && chain_start(&chain, o->command, &why) < 0) {
		return log_refusal(&why, o);
	}
	sandbox_enter(spool_dirfd(spool.spool), spool_has_openat2(spool.spool));
	if (graft_plan(g, &prover, NULL) < 0) {
		return log_refusal(graft_refusal(g), o);
	}
	if (o->check) {
		return EX_OK;
	}
	open_output(o);
	if (graft_emit(g, &output) < 0) {
		why = *graft_refusal(g);
		failed = true;
	}
	if (close_output(o, failed, &why) < 0) {
		return log_refusal(&why, o);
	}
	log_grafted(g, start);
	return EX_OK;
}

int
main(int argc, char **argv)
{
	struct options o = {.spool = DEFAULT_SPOOL, .id = "-", .log_socket = DEFAULT_LOG};
	int old_stderr, code;
	struct timespec start;
	static struct graft *g; /* what is left is the kernel's to free */

	demand_descriptors();
	old_stderr = silence_stderr();
	clock_gettime(CLOCK_MONOTONIC, &start);
	code = read_options(argc, argv, old_stderr, &o);
	if (code >= 0) {
		return code;
	}
	show_id(o.id);
	if (!o.speak && !isatty(0)) {
		close(old_stderr);
		old_stderr = -1;
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGALRM, give_up);
	alarm(SILENCE_MAX);
	g = graft_new();
	if (g == NULL) {
		return EX_TEMPFAIL;
	}
	if (graft_from_fd(g, 0, "standard input") < 0) {
		filter_log_open(o.log_socket, old_stderr);
		return log_refusal(graft_refusal(g), &o);
	}
	if (!graft_opts_in(g)) {
		return pass_on(g, &o, old_stderr);
	}
	filter_log_open(o.log_socket, old_stderr);
	return graft_message(g, &o, &start);
}
