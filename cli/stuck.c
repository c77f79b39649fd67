/*
 * stuck.c - `mailgraft stuck`: which queued messages cannot be grafted, and why
 *
 * Plans every message of Exim's queues that asks for attachments, for each
 * recipient who has not got it yet, as the filter will. Nothing is changed.
 *
 * Not here: when Exim tries again, or whether the receiver will take it
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/exim.h"
#include "cli/json.h"
#include "cli/queue.h"
#include "filter/graft.h"
#include "filter/spool-prover.h"

static const char usage[] =
    "usage: mailgraft stuck [--spool DIR] [--exim PROGRAM] [--exim-spool DIR] [--json]\n"
    "\n"
    "Lists the messages in Exim's queues whose attachments cannot be added: id, age,\n"
    "recipient, reason. Exit 1 if there are any. Run it as root, or as Exim's user.\n"
    "\n"
    "  --exim PROGRAM     the Exim to ask where its queue is\n"
    "  --exim-spool DIR   where it is\n"
    "  --json             one object a line: id, queue, age, recipient, exit, word, reason\n";

enum { FOUND = 1, REASON_BYTES = 1024 };

struct stuck {
	char path[QUEUE_NAME_BYTES * 4]; /* Exim's spool, where Exim was asked for it */
	const char *spool, *exim, *exim_spool;
	bool json;
	int64_t now;
	size_t found;
};

struct row {
	const char *queue, *id, *word, *reason;
	int64_t age;
	struct span recipient;
	int exit;
};

static void
print_json(const struct row *r)
{
	int first = 1;

	json_text(stdout, &first, "id", r->id, strlen(r->id));
	json_text(stdout, &first, "queue", r->queue, strlen(r->queue));
	json_number(stdout, &first, "age", (uint64_t)r->age);
	json_text(stdout, &first, "recipient", r->recipient.text, r->recipient.len);
	json_number(stdout, &first, "exit", (uint64_t)r->exit);
	json_text(stdout, &first, "word", r->word, strlen(r->word));
	json_text(stdout, &first, "reason", r->reason, strlen(r->reason));
	puts("}");
}

static void
print_line(const struct row *r)
{
	struct complaint line; /* which leaves no control character in what it holds */
	bool days = r->age >= INT64_C(2) * 86400, hours = !days && r->age >= INT64_C(2) * 3600;
	int64_t unit = days ? 86400 : hours ? 3600 : 60;

	complain(&line, EX_OK, "%s %lld%c %.*s: %s%s%s", r->id, (long long)(r->age / unit),
	    days        ? 'd'
	        : hours ? 'h'
	                : 'm',
	    (int)(r->recipient.len > 300 ? 300 : r->recipient.len), r->recipient.text, r->reason,
	    r->queue[0] == '\0' ? "" : ", queue ", r->queue);
	puts(line.text);
}

static void
report(struct stuck *s, struct row *r, int64_t received)
{
	r->age = received > 0 && received < s->now ? s->now - received : 0;
	s->found++;
	if (s->json) {
		print_json(r);
	} else {
		print_line(r);
	}
}

static void
report_unreadable(struct stuck *s, const struct queued *q, const char *queue, const char *id,
    const struct queue_fail *why)
{
	char text[REASON_BYTES];
	struct row r = {
	    .queue = queue,
	    .id = id,
	    .word = "unreadable",
	    .reason = text,
	    .recipient = {"", 0},
	    .exit = EX_IOERR,
	};

	snprintf(text, sizeof(text), "%s%s%s", why->what, why->error == 0 ? "" : ": ",
	    why->error == 0 ? "" : reason(why->error));
	report(s, &r, q->received);
}

/* Plans an opened message. 0, or -1 with *why filled in. */
static int
plan(const struct stuck *s, struct graft *g, int message, struct refusal *why)
{
	struct spool_prover spool;
	struct prover prover;
	int ret = graft_from_fd(g, message, "the message");

	if (ret == 0 && graft_opts_in(g)) {
		if (spool_prover_open(&spool, s->spool, s->now, &prover, why) < 0) {
			return -1;
		}
		ret = graft_plan(g, &prover, NULL);
		spool_prover_close(&spool);
	}
	*why = *graft_refusal(g);
	return ret;
}

/* Plans the message for one recipient. */
static void
try_recipient(struct stuck *s, const char *queue, struct queued *q, const struct span *recipient)
{
	struct queue_fail fail = {.what = NULL};
	struct graft *g = graft_new();
	struct refusal why = {.reason = REFUSED_LATER};
	char text[REASON_BYTES];
	int message = queue_message(q, recipient->text, recipient->len, &fail);

	if (message < 0) {
		report_unreadable(s, q, queue, q->id, &fail);
	} else if (g == NULL || plan(s, g, message, &why) < 0) {
		struct row r = {
		    .queue = queue,
		    .id = q->id,
		    .word = refusal_word(&why),
		    .reason = text,
		    .recipient = *recipient,
		    .exit = refusal_exit(&why),
		};

		refusal_sentence(&why, text, sizeof(text));
		report(s, &r, q->received);
	}
	graft_free(&g);
	if (message >= 0) {
		close(message);
	}
}

static int
each_message(void *arg, const char *queue, int directory, const char *id)
{
	struct stuck *s = arg;
	struct queue_fail why = {.what = NULL};
	struct queued q;

	if (queue_open_listed(directory, id, &q, &why) < 0 || queue_read(&q, &why) < 0) {
		if (!why.gone) {
			report_unreadable(s, &q, queue, id, &why);
		}
	} else if (queue_asks(&q)) {
		for (size_t i = 0; i < q.recipients; i++) {
			try_recipient(s, queue, &q, &q.recipient[i]);
		}
	}
	queue_close(&q);
	return 0;
}

/* As root: Exim's user, with the spool's group, as the filter has them. */
static int
become_exim(const struct stuck *s, struct complaint *c)
{
	struct stat spool;

	if (geteuid() != 0) {
		return 0;
	}
	if (stat(s->spool, &spool) < 0) {
		return complain(c, EX_CONFIG,
		    "there is no spool at '%s': make one with 'mailgraft init'", s->spool);
	}
	return exim_become(s->exim_spool, &spool.st_gid, c);
}

static int
run(struct stuck *s)
{
	struct queue_fail why = {.what = NULL};
	struct complaint c;

	s->now = time(NULL);
	if (s->exim_spool == NULL) {
		s->exim = exim_program(s->exim, &c);
		if (s->exim == NULL ||
		    exim_spool(s->exim, NULL, s->path, sizeof(s->path), &c) < 0) {
			return complain_aloud("stuck", &c);
		}
		s->exim_spool = s->path;
	}
	if (become_exim(s, &c) < 0) {
		return complain_aloud("stuck", &c);
	}
	if (queue_walk(s->exim_spool, QUEUE_HEADERS, each_message, s, &why) < 0) {
		complain(&c, why.error == EACCES ? EX_NOPERM : EX_NOINPUT, "%s '%s': %s", why.what,
		    s->exim_spool, reason(why.error));
		return complain_aloud("stuck", &c);
	}
	if (finish_output("stuck") != EX_OK) {
		return EX_IOERR;
	}
	return s->found > 0 ? FOUND : EX_OK;
}

int
stuck_main(int argc, char **argv)
{
	static const struct option options[] = {
	    COMMON_OPTIONS,
	    {"exim", required_argument, NULL, 'e'},
	    {"exim-spool", required_argument, NULL, 'q'},
	    {0},
	};
	struct command_line line = {.name = "stuck", .usage = usage};
	struct stuck s = {.spool = NULL};
	struct complaint c;
	int option, code;

	while ((option = command_option(argc, argv, options, &line, &code)) > 0) {
		*(option == 'e' ? &s.exim : &s.exim_spool) = optarg;
	}
	if (option == 0) {
		return code;
	}
	if (optind < argc) {
		complain(&c, EX_USAGE, "stuck takes no argument, and got '%s'", argv[optind]);
		return complain_aloud("stuck", &c);
	}
	s.json = line.json;
	s.spool = spool_path(line.spool);
	return run(&s);
}
