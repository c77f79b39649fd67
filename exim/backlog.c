/*
 * backlog.c - see backlog.h
 */
#include "exim/backlog.h"

#include <sys/stat.h>
#include <unistd.h>

#include "exim/judge.h"
#include "exim/needed.h"

struct wanted {
	const struct id_set *set;
	bool found;
};

static void
look_up(void *arg, const uint8_t id[ENTRY_ID_BYTES])
{
	struct wanted *w = arg;

	w->found = w->found || id_set_has(w->set, id);
}

static uint64_t
file_size(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 ? (uint64_t)st.st_size : 0;
}

static int
measure(const struct backlog *b, struct queued *q, struct backlog_row *row, struct queue_fail *why)
{
	for (size_t i = 0; i < q->recipients; i++) {
		const struct span *to = &q->recipient[i];
		int message = queue_message(q, to->text, to->len, why);
		struct refusal refusal;
		uint64_t bytes;

		if (message < 0) {
			return -1;
		}
		if (judge_size(message, b->spool, b->now, &bytes, &refusal) == 0) {
			row->grafted += bytes;
		} else {
			row->refused++;
		}
		close(message);
	}
	return 0;
}

/* 0, or -1 where the message cannot be read. */
static int
one_message(const struct backlog *b, struct queued *q, const char *queue, struct queue_fail *why)
{
	struct wanted wanted = {.set = b->wanted, .found = b->wanted == NULL};
	struct backlog_row row = {
	    .queue = queue,
	    .id = q->id,
	    .received = q->received,
	    .recipients = q->recipients,
	    .queued = file_size(q->header_file) + file_size(q->data_file),
	};

	if (!wanted.found && needed_by(q, look_up, &wanted, why) < 0) {
		return -1;
	}
	if (!wanted.found) {
		return 0;
	}
	if (measure(b, q, &row, why) < 0) {
		return -1;
	}
	b->found(b->arg, &row);
	return 0;
}

static int
each_message(void *arg, const char *queue, int directory, const char *id)
{
	struct backlog *b = arg;
	struct queue_fail why = {.what = NULL};
	struct queued q;
	int ret;

	b->step(b->arg);
	ret = queue_open_listed(directory, id, &q, &why);
	if (ret == 0) {
		ret = queue_read(&q, &why);
	}
	if (ret == 0 && q.recipients > 0 && queue_asks(&q)) {
		ret = one_message(b, &q, queue, &why);
	}
	queue_close(&q);
	b->unreadable += ret < 0 && !why.gone;
	return 0;
}

int
backlog_find(struct backlog *b, struct queue_fail *why)
{
	b->unreadable = 0;
	return queue_walk(b->exim_spool, QUEUE_HEADERS, each_message, b, why);
}
