/*
 * batch.c - serves requests from standard input
 */
#include "cli/batch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/json.h"
#include "cli/progress.h"
#include "cli/reader.h"
#include "cli/request.h"

struct answer {
	bool json;
	bool stored;            /* its receipt comes from the commit; or else `reason` */
	struct complaint reason;
};

struct batch {
	struct intake *in;
	bool json;
	int status;
	uint64_t group_bytes;
	struct progress progress;
	size_t count;
	struct answer answers[STORE_GROUP_MAX];
	struct reader reader;
};

static void
answer_failure(struct batch *b, const struct answer *a, const struct complaint *c)
{
	int first = 1;

	if (b->status == EX_OK) {
		b->status = c->code;
	}
	if (a->json) {
		json_text(stdout, &first, "error", c->text, strlen(c->text));
		puts("}");
	} else {
		printf("!\t%s\n", c->text);
	}
}

/* Makes everything durable that was taken in, and answers it. */
static void
flush(struct batch *b)
{
	struct complaint failed;
	bool committed = intake_pending(b->in) == 0 || intake_commit(b->in, &failed) == 0;
	size_t receipt = 0;

	for (size_t i = 0; i < b->count; i++) {
		const struct answer *a = &b->answers[i];
		if (!a->stored) {
			answer_failure(b, a, &a->reason);
		} else if (!committed) {
			answer_failure(b, a, &failed);
		} else {
			const struct receipt *r = intake_receipt(b->in, receipt++);
			receipt_print(r, a->json);
			progress_add(&b->progress, r->size, b->reader.taken);
		}
	}
	b->count = 0;
	b->group_bytes = 0;
	if (fflush(stdout) != 0) {
		/* Nobody hears the answers any more. */
		complain(&failed, EX_IOERR, "cannot write the answer: %s", reason(errno));
		exit(complain_aloud("put", &failed));
	}
}

static void
flush_before_wait(void *arg)
{
	struct batch *b = arg;

	if (b->count > 0) {
		flush(b);
	}
}

static void
serve(struct batch *b, char *line, size_t len, const struct request *defaults)
{
	struct request_line r;
	struct complaint c;
	uint64_t end;
	bool stored = false;

	request_read(line, len, defaults, &r);
	end = b->reader.taken + (r.has_bytes ? r.request.bytes : 0);
	if (r.wrong != NULL) {
		complain(&c, EX_DATAERR, "bad request: %s", r.wrong);
	} else {
		if (r.has_bytes) {
			/* Not its name: the line is gone when more is read. */
			r.request.file = "bytes";
			r.request.reader = &b->reader;
		}
		stored = intake_add(b->in, &r.request, &c) == 0;
	}
	if (r.has_bytes) {
		reader_skip_to(&b->reader, end);
	}
	b->answers[b->count].json = b->json || r.json;
	b->answers[b->count].stored = stored;
	if (!stored) {
		b->answers[b->count].reason = c;
	} else {
		b->group_bytes += intake_last_size(b->in);
	}
	b->count++;
	if (b->count == STORE_GROUP_MAX || intake_full(b->in) || b->group_bytes >= BATCH_GROUP_BYTES) {
		flush(b);
	}
}

static void
serve_too_long(struct batch *b)
{
	struct answer *a = &b->answers[b->count++];

	a->json = b->json;
	a->stored = false;
	complain(&a->reason, EX_DATAERR, "bad request: over %d bytes", BATCH_LINE_MAX);
	if (b->count == STORE_GROUP_MAX) {
		flush(b);
	}
}

int
batch_run(struct intake *in, const struct request *defaults, bool json)
{
	struct batch *b = calloc(1, sizeof *b);
	struct complaint c;
	char *line;
	size_t len;
	int ret;

	if (b == NULL) {
		complain(&c, EX_TEMPFAIL, "out of memory");
		return complain_aloud("put", &c);
	}
	b->in = in;
	b->json = json;
	b->reader.fd = STDIN_FILENO;
	b->reader.before_wait = flush_before_wait;
	b->reader.arg = b;
	progress_begin(&b->progress, STDIN_FILENO);
	for (;;) {
		enum reader_line kind = reader_line(&b->reader, &line, &len);
		if (kind == READER_END) {
			break;
		}
		if (kind == READER_TOO_LONG) {
			serve_too_long(b);
		} else {
			serve(b, line, len, defaults);
		}
	}
	flush(b);
	progress_end(&b->progress);
	ret = b->status;
	if (b->reader.error != 0) {
		complain(&c, EX_IOERR, "cannot read requests: %s", reason(b->reader.error));
		ret = complain_aloud("put", &c);
	}
	free(b);
	return ret;
}
