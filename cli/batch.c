/*
 * batch.c - serves requests from standard input
 */
#include "cli/batch.h"

#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/committer.h"
#include "cli/input.h"
#include "cli/request.h"

struct batch {
	struct intake *in;
	struct committer *committer;
	struct input input;
};

static void
answer_before_wait(void *arg)
{
	struct batch *b = arg;

	committer_hand_over(b->committer, b->input.taken);
}

/* False if the next bytes may be content, so that no further line can be read. */
static bool
serve(struct batch *b, char *line, size_t len, const struct put_request *defaults)
{
	struct request_line r;
	struct complaint c;
	uint64_t end;

	request_read(line, len, defaults, &r);
	end = b->input.taken + (r.has_bytes ? r.request.bytes : 0);
	if (r.wrong) {
		complain(&c, EX_DATAERR, "bad request: %s%s", r.reason,
		    r.ends_batch ? "; nothing after it was read, since it may be content" : "");
		committer_refuse(b->committer, r.json, &c);
	} else {
		if (r.has_bytes) {
			/* A constant, since the line is overwritten when more is read. */
			r.request.file = "bytes";
			r.request.input = &b->input;
		}
		committer_add(b->committer, b->in, &r.request, r.json);
	}
	if (r.has_bytes) {
		input_skip_to(&b->input, end);
	}
	request_free(&r);
	return !r.ends_batch;
}

static void
refuse_too_long(struct batch *b)
{
	struct complaint c;

	complain(&c, EX_DATAERR, "bad request: over %d bytes", BATCH_LINE_MAX);
	committer_refuse(b->committer, false, &c);
}

int
batch_run(
    struct intake *in, const struct put_request *defaults, bool json, struct progress *progress)
{
	struct batch *b = calloc(1, sizeof(*b));
	struct complaint c;
	enum input_kind kind;
	bool goes_on = true;
	char *line;
	size_t len;
	int ret;

	if (b == NULL) {
		complain(&c, EX_TEMPFAIL, "out of memory");
		return complain_aloud("put", &c);
	}
	if (committer_start(in, json, progress, &b->committer, &c) != 0) {
		free(b);
		return complain_aloud("put", &c);
	}
	b->in = in;
	b->input.fd = STDIN_FILENO;
	b->input.before_wait = answer_before_wait;
	b->input.arg = b;
	while (goes_on && (kind = input_line(&b->input, &line, &len)) != INPUT_END) {
		if (kind == INPUT_TOO_LONG) {
			refuse_too_long(b);
		} else {
			goes_on = serve(b, line, len, defaults);
		}
		if (committer_full(b->committer)) {
			committer_hand_over(b->committer, b->input.taken);
		}
	}
	committer_hand_over(b->committer, b->input.taken);
	ret = committer_end(&b->committer);
	if (b->input.error != 0) {
		complain(&c, EX_IOERR, "cannot read requests: %s", reason(b->input.error));
		ret = complain_aloud("put", &c);
	}
	free(b);
	return ret;
}
