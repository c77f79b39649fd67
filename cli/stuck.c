/*
 * stuck.c - `mailgraft stuck`: prints which queued messages cannot be grafted
 *
 * Not here: the judgement (exim/stuck.h)
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/complain-exim.h"
#include "cli/exim-queue.h"
#include "cli/json.h"
#include "cli/progress.h"
#include "exim/config.h"
#include "exim/rights.h"
#include "exim/stuck.h"

static const char usage[] =
    "usage: mailgraft stuck [--spool DIR] [--exim PROGRAM] [--exim-spool DIR] [--json]\n"
    "\n"
    "Lists the messages in Exim's queues whose attachments cannot be added: id, age,\n"
    "recipient, reason. Exit 1 if there are any. Run it as root, or as Exim's user.\n"
    "\n"
    "  --exim PROGRAM     the Exim program that says where the queue is\n"
    "  --exim-spool DIR   Exim's spool directory\n"
    "  --json             one object a line: id, queue, age, recipient, exit,\n"
    "                     lasting (no retry can mend it), word, reason\n";

enum { FOUND = 1 };

struct stuck {
	const char *spool;
	struct exim_queue exim;
	bool json;
	int64_t now;
	size_t found;
	struct progress progress;
	uint64_t messages; /* that are queued; 0: not counted */
};

static void
print_json(const struct stuck_row *r, int64_t age, const char *why)
{
	int first = 1;

	json_text(stdout, &first, "id", r->id, strlen(r->id));
	json_text(stdout, &first, "queue", r->queue, strlen(r->queue));
	json_number(stdout, &first, "age", (uint64_t)age);
	json_text(stdout, &first, "recipient", r->recipient.text, r->recipient.len);
	json_number(stdout, &first, "exit", (uint64_t)r->exit);
	json_flag(stdout, &first, "lasting", r->lasting);
	json_text(stdout, &first, "word", r->word, strlen(r->word));
	json_text(stdout, &first, "reason", why, strlen(why));
	puts("}");
}

static void
print_line(const struct stuck_row *r, int64_t age, const char *why)
{
	struct complaint line; /* complain() removes control characters */
	bool days = age >= INT64_C(2) * 86400, hours = !days && age >= INT64_C(2) * 3600;
	int64_t unit = days ? 86400 : hours ? 3600 : 60;

	complain(&line, EX_OK, "%s %lld%c %.*s: %s%s%s", r->id, (long long)(age / unit),
	    days        ? 'd'
	        : hours ? 'h'
	                : 'm',
	    (int)(r->recipient.len > 300 ? 300 : r->recipient.len), r->recipient.text, why,
	    r->queue[0] == '\0' ? "" : ", queue ", r->queue);
	puts(line.text);
}

static void
report(void *arg, const struct stuck_row *r)
{
	struct stuck *s = arg;
	int64_t age = r->received > 0 && r->received < s->now ? s->now - r->received : 0;
	char why[QUEUE_REASON_BYTES];

	snprintf(why, sizeof(why), "%s%s%s", r->reason, r->error == 0 ? "" : ": ",
	    r->error == 0 ? "" : reason(r->error));
	s->found++;
	progress_pause(&s->progress);
	if (s->json) {
		print_json(r, age, why);
	} else {
		print_line(r, age, why);
	}
	progress_resume(&s->progress);
}

static void
step(void *arg)
{
	struct stuck *s = arg;

	progress_reach(&s->progress, s->progress.count, s->messages);
	progress_add(&s->progress, 1, 0);
}

/* Tells `step` of the queue's size, which nobody needs where no progress is shown. */
static int
find(struct stuck *s, struct queue_fail *why)
{
	int ret;

	progress_begin(&s->progress, "messages", 0);
	if (s->progress.on && queue_count(s->exim.spool, &s->messages, why) < 0) {
		s->messages = 0;
	}
	ret = stuck_find(s->exim.spool, s->spool, s->now, report, step, s, why);
	progress_end(&s->progress);
	return ret;
}

/* As root: takes the rights that Exim's filters have; those of the queue's owner if Exim cannot be
 * asked. */
static int
become_exim(const struct stuck *s, struct complaint *c)
{
	struct exim_config exim = {.version = NULL};
	struct exim_fail why;
	struct rights rights;
	bool asked = s->exim.program != NULL &&
	    exim_config_read(s->exim.program, NULL, &exim, &why) == 0;

	if (asked) {
		rights_of_all(&exim, &rights);
	}
	exim_config_free(&exim);
	if (!asked) {
		return exim_become(s->exim.spool, &why) < 0 ? complain_exim(c, &why) : 0;
	}
	return rights_take(&rights) == 0
	    ? 0
	    : complain(c, EX_OSERR, "cannot become Exim's user: %s", reason(errno));
}

static int
run(struct stuck *s)
{
	struct queue_fail why = {.what = NULL};
	struct complaint c;

	s->now = time(NULL);
	if (exim_queue_locate(&s->exim, &c) < 0 || (geteuid() == 0 && become_exim(s, &c) < 0)) {
		return complain_aloud("stuck", &c);
	}
	if (find(s, &why) < 0) {
		complain(&c, why.error == EACCES ? EX_NOPERM : EX_NOINPUT, "%s '%s': %s", why.what,
		    s->exim.spool, reason(why.error));
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
		*(option == 'e' ? &s.exim.program : &s.exim.spool) = optarg;
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
