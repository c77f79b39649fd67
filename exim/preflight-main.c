/*
 * preflight-main.c - mailgraft-preflight: can this queued message be grafted for this recipient?
 *
 * What a router of Exim runs through ${run} before any SMTP session is opened
 * (doc/exim/mailgraft/routers). It reads the message from the queue, since
 * ${run} gives no standard input, and does what the filter does short of
 * writing. Nothing is changed anywhere.
 *
 * Exim runs it as root, with hostile text in its arguments and in the queue:
 * it opens the two files, becomes the spool's owner, and only then reads.
 *
 * Prints:  the reason on standard output, without a line end; and to syslog, as the filter does
 * Exits:   0 yes, or nothing is asked for; 65 and 77 no, and no retry can mend it; any
 *          other code no, and Exim must try again. Which refusal is lasting is for
 *          filter/refusal.h to say; the codes are the filter's where that allows it
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "exim/judge.h"
#include "exim/queue.h"
#include "filter/options.h"
#include "spool/seen.h"

static const char usage[] =
    "usage: mailgraft-preflight [--unseen | --expired] --spool=DIR --exim-spool=DIR\n"
    "                           --queue=NAME --id=EXIM-ID --recipient=ADDRESS\n";

struct options {
	bool unseen;  /* Exim saw no Graft field */
	bool expired; /* it found the message too old */
	const char *spool, *exim_spool, *queue, *id, *recipient;
};

static int
say(int code, const char *what, const char *why)
{
	char text[QUEUE_REASON_BYTES];
	int n = snprintf(text, sizeof(text), "%s%s%s", what, why[0] == '\0' ? "" : ": ", why);

	if (n > 0 && write(1, text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1) < 0) {
		return code;
	}
	return code;
}

/* Each of them once. Exim gives each in one argument, so nothing hostile is taken for an option. */
static bool
read_options(int argc, char **argv, struct options *o)
{
	static const struct option options[] = {
	    {"spool", required_argument, NULL, 's'},
	    {"exim-spool", required_argument, NULL, 'e'},
	    {"queue", required_argument, NULL, 'q'},
	    {"id", required_argument, NULL, 'i'},
	    {"recipient", required_argument, NULL, 'r'},
	    {"unseen", no_argument, NULL, 'u'},
	    {"expired", no_argument, NULL, 'x'},
	    {0},
	};
	char sentence[OPTION_SENTENCE_MAX];
	int option;

	while ((option = option_next(argc, argv, options, sentence)) != -1) {
		const char **value = NULL;

		switch (option) {
		case 's':
			value = &o->spool;
			break;
		case 'e':
			value = &o->exim_spool;
			break;
		case 'q':
			value = &o->queue;
			break;
		case 'i':
			value = &o->id;
			break;
		case 'r':
			value = &o->recipient;
			break;
		case 'u':
			o->unseen = true;
			continue;
		case 'x':
			o->expired = true;
			continue;
		default:
			return false;
		}
		if (*value != NULL) {
			return false;
		}
		*value = optarg;
	}
	return optind == argc && o->spool != NULL && o->exim_spool != NULL && o->queue != NULL &&
	    o->id != NULL && o->recipient != NULL;
}

/* Exim may start us with descriptors closed; what we open must not take their places. */
static int
fill_descriptors(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	} while (fd >= 0 && fd <= 2);
	return fd < 0 ? -1 : close(fd);
}

/*
 * As root: for good the user and group that own the spool; where none is needed, it is not there,
 * or it is root's, those that own the message: Exim's.
 */
static int
become_owner(const char *spool, int message)
{
	struct stat st;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    ((spool == NULL || stat(spool, &st) < 0 || st.st_uid == 0) &&
	        fstat(message, &st) < 0)) {
		return -1;
	}
	if (geteuid() != 0) {
		return 0;
	}
	if (setgroups(1, &st.st_gid) < 0 || setresgid(st.st_gid, st.st_gid, st.st_gid) < 0 ||
	    setresuid(st.st_uid, st.st_uid, st.st_uid) < 0) {
		return -1;
	}
	if (st.st_uid != 0 && setuid(0) == 0) {
		errno = EPERM;
		return -1;
	}
	return 0;
}

/* The filter's line, for whoever counts. One datagram that nobody waits for: a log that hangs is
 * not our failure. */
static void
log_refusal(const struct refusal *why, const char *id, const char *sentence)
{
	static const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
	char line[2 * QUEUE_REASON_BYTES], when[32] = "";
	time_t now = time(NULL);
	struct tm tm;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), n;

	if (localtime_r(&now, &tm) != NULL) {
		strftime(when, sizeof(when), "%b %e %H:%M:%S", &tm);
	}
	n = snprintf(line, sizeof(line),
	    "<%d>%s mailgraft-preflight[%d]: %s: refused exit=%d reason=%s: %s",
	    LOG_MAIL | LOG_WARNING, when, (int)getpid(), id, refusal_exit(why), refusal_word(why),
	    sentence);
	if (fd >= 0 && n > 0) {
		sendto(fd, line, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL,
		    (const struct sockaddr *)&address, sizeof(address));
	}
	if (fd >= 0) {
		close(fd);
	}
}

/* The router bounces on 65 and 77 only. */
static int
exit_of(const struct refusal *why)
{
	int code = refusal_exit(why);
	bool bounces = code == EX_DATAERR || code == EX_NOPERM;

	if (refusal_is_lasting(why)) {
		return bounces ? code : EX_DATAERR;
	}
	return bounces ? EX_TEMPFAIL : code;
}

static const char too_late[] =
    "the attachments could not be added in time; the message was not delivered";

/* Whether the spool is there, and has seen about this time: else the clock may have jumped, and a
 * message be younger than it looks. */
static bool
clock_is_good(const char *path)
{
	struct spool_fail why = {.call = NULL};
	struct spool *spool;
	bool good;

	if (spool_open(path, &spool, &why) != 0) {
		return false;
	}
	good = seen_believes(spool, time(NULL));
	spool_close(&spool);
	return good;
}

static int
check(int message, int64_t received, const struct options *o)
{
	struct refusal why;
	char sentence[QUEUE_REASON_BYTES];

	if (judge_message(message, o->spool, time(NULL), &why) == 0) {
		return EX_OK;
	}
	/* What a router defers, Exim bounces once it is older than the last retry; what the filter
	 * refuses, it keeps. */
	if (!refusal_is_lasting(&why) && time(NULL) - received > PREFLIGHT_OLD &&
	    !clock_is_good(o->spool)) {
		return EX_OK;
	}
	refusal_sentence(&why, sentence, sizeof(sentence));
	log_refusal(&why, o->id, sentence);
	return say(exit_of(&why), sentence, "");
}

static const char unseen[] = "a Graft field has a blank before its colon in a header of more than "
                             "64 KiB, where Exim does not "
                             "see it: write none";

static int
check_queued(struct queued *q, const struct options *o)
{
	struct queue_fail why = {.what = NULL};
	int message = -1, code;

	if (o->unseen && queue_read(q, &why) == 0) {
		return queue_asks(q) ? say(EX_DATAERR, unseen, "") : EX_OK;
	}
	if (!o->unseen && queue_read(q, &why) == 0) {
		message = queue_message(q, o->recipient, strlen(o->recipient), &why);
	}
	if (message < 0) {
		return say(EX_TEMPFAIL, why.what, why.error == 0 ? "" : strerror(why.error));
	}
	code = check(message, q->received, o);
	close(message);
	return code;
}

int
main(int argc, char **argv)
{
	struct options o = {.spool = NULL};
	struct queue_fail why = {.what = NULL};
	struct queued q;
	int code;

	if (fill_descriptors() < 0) {
		return EX_OSERR;
	}
	if (!read_options(argc, argv, &o)) {
		return say(EX_USAGE, usage, "");
	}
	signal(SIGPIPE, SIG_IGN);
	alarm(PREFLIGHT_SECONDS);
	if (queue_open(o.exim_spool, o.queue, o.id, &q, &why) < 0) {
		code = say(EX_TEMPFAIL, why.what, why.error == 0 ? "" : strerror(why.error));
	} else if (become_owner(o.unseen ? NULL : o.spool, q.header_file) < 0) {
		code = say(EX_CONFIG, "cannot give up root", strerror(errno));
	} else {
		code = !o.expired            ? check_queued(&q, &o)
		    : clock_is_good(o.spool) ? say(EX_DATAERR, too_late, "")
		                             : EX_OK;
	}
	queue_close(&q);
	return code;
}
