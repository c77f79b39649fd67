/*
 * stuck.c - see stuck.h
 */
#include "exim/stuck.h"

#include <sysexits.h>
#include <unistd.h>

#include "exim/judge.h"

struct search {
	const char *spool;
	int64_t now;
	stuck_report *report;
	stuck_step *step;
	void *arg;
};

static void
report_unreadable(const struct search *s, const struct queued *q, const char *queue, const char *id,
    const struct queue_fail *why)
{
	struct stuck_row row = {
	    .queue = queue,
	    .id = id,
	    .received = q->received,
	    .recipient = {"", 0},
	    .exit = EX_IOERR,
	    .word = "unreadable",
	    .reason = why->what,
	    .error = why->error,
	};

	s->report(s->arg, &row);
}

/* Plans the message for one recipient. */
static void
try_recipient(
    const struct search *s, const char *queue, struct queued *q, const struct span *recipient)
{
	struct queue_fail fail = {.what = NULL};
	struct refusal why;
	char text[QUEUE_REASON_BYTES];
	int message = queue_message(q, recipient->text, recipient->len, &fail);

	if (message < 0) {
		report_unreadable(s, q, queue, q->id, &fail);
		return;
	}
	if (judge_message(message, s->spool, s->now, &why) < 0) {
		struct stuck_row row = {
		    .queue = queue,
		    .id = q->id,
		    .received = q->received,
		    .recipient = *recipient,
		    .exit = refusal_exit(&why),
		    .lasting = refusal_is_lasting(&why),
		    .word = refusal_word(&why),
		    .reason = text,
		};

		refusal_sentence(&why, text, sizeof(text));
		s->report(s->arg, &row);
	}
	close(message);
}

static int
each_message(void *arg, const char *queue, int directory, const char *id)
{
	const struct search *s = arg;
	struct queue_fail why = {.what = NULL};
	struct queued q;

	s->step(s->arg);
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

int
stuck_find(const char *exim_spool, const char *spool, int64_t now, stuck_report *report,
    stuck_step *step, void *arg, struct queue_fail *why)
{
	struct search s = {.spool = spool, .now = now, .report = report, .step = step, .arg = arg};

	return queue_walk(exim_spool, QUEUE_HEADERS, each_message, &s, why);
}
