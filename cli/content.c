/*
 * content.c - see content.h
 */
#include "cli/content.h"

#include <errno.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/complain-spool.h"
#include "cli/scanner.h"
#include "cli/settings.h"
#include "cli/source.h"
#include "mime/charset-check.h"
#include "mime/message-check.h"

struct transfer {
	struct content_sink *sink;
	const struct put_request *request;
	struct source source;
	uint64_t size; /* bytes so far */
	struct message_check check;
	struct charset_check charset;
	struct complaint *c;
};

static int
spool_failed(const struct transfer *t, const struct spool_fail *why)
{
	return complain_spool(t->c, t->sink->path, why, "cannot store '%.200s'", t->request->file);
}

/* The next chunk from the file or the batch: its length, 0 at the end, -1 with errno. */
static ssize_t
read_source(const struct transfer *t)
{
	uint64_t left = t->request->bytes - t->size;
	size_t cap = sizeof(t->sink->chunk);
	ssize_t n;

	if (t->request->input != NULL) {
		cap = left < cap ? (size_t)left : cap;
		return cap == 0 ? 0 : (ssize_t)input_bytes(t->request->input, t->sink->chunk, cap);
	}
	do {
		n = read(t->source.fd, t->sink->chunk, cap);
	} while (n < 0 && errno == EINTR);
	return n;
}

/* Counts a chunk and looks at it. */
static int
look_at_chunk(struct transfer *t, size_t len)
{
	uint64_t most = settings()->largest_file;

	t->size += len;
	if (t->size > most) {
		return complain(t->c, EX_DATAERR,
		    "cannot store '%.200s': over the %llu bytes that largest-file allows",
		    t->request->file, (unsigned long long)most);
	}
	message_check_add(&t->check, t->sink->chunk, len);
	charset_check_add(&t->charset, t->sink->chunk, len);
	progress_add(t->sink->progress, 0, len);
	return 0;
}

/* The spool has the blocks already. Hashes the bytes in the spool, not those in the file. */
static int
read_clone(struct transfer *t)
{
	struct spool_fail why = {0};
	uint8_t *chunk = t->sink->chunk;
	ssize_t n;

	while ((n = store_read(t->sink->store, chunk, sizeof(t->sink->chunk), &why)) > 0) {
		if (look_at_chunk(t, (size_t)n) != 0) {
			return -1;
		}
	}
	return n == 0 ? 0 : spool_failed(t, &why);
}

/* Stops at most one chunk after `limit` bytes: a file that grows without end must not fill the
 * disk. */
static int
copy_bytes(struct transfer *t, uint64_t limit)
{
	struct spool_fail why = {0};

	for (;;) {
		ssize_t n = read_source(t);

		if (n < 0) {
			return complain(t->c, EX_NOINPUT, "cannot read '%.200s': %s",
			    t->request->file, reason(errno));
		}
		if (n == 0 || t->size + (uint64_t)n > limit) {
			t->size += (uint64_t)n;
			return 0;
		}
		if (look_at_chunk(t, (size_t)n) != 0) {
			return -1;
		}
		if (store_write(t->sink->store, t->sink->chunk, (size_t)n, &why) != 0) {
			return spool_failed(t, &why);
		}
	}
}

/* Tries to make the file itself the blob. If it cannot, it says why, once. */
static bool
take_source(struct transfer *t)
{
	struct content_sink *sink = t->sink;
	enum take_over how = t->source.how;
	struct taken taken;

	if (how == TAKE_OVER_DONE) {
		how = take_over(sink->spool, t->source.fd, &taken);
	}
	if (how == TAKE_OVER_DONE) {
		store_take(sink->store, t->source.fd, &taken);
		t->source.given = true;
		return true;
	}
	if (!sink->said_copied) {
		progress_pause(sink->progress);
		source_say_copied(&t->source, how);
		progress_resume(sink->progress);
		sink->said_copied = true;
	}
	return false;
}

static int
get_bytes(struct transfer *t)
{
	const struct put_request *r = t->request;
	const struct source *from = &t->source;
	struct spool_fail why = {0};

	if (r->take_over && from->fd >= 0 && take_source(t)) {
		return read_clone(t);
	}
	if (store_begin(t->sink->store, &why) != 0) {
		return spool_failed(t, &why);
	}
	if (r->reflink && from->regular && store_clone(t->sink->store, from->fd)) {
		return read_clone(t);
	}
	return copy_bytes(t, from->regular ? (uint64_t)from->st.st_size : UINT64_MAX);
}

static int
get_whole(struct transfer *t)
{
	const struct put_request *r = t->request;

	message_check_begin(&t->check);
	charset_check_begin(&t->charset);
	if (get_bytes(t) != 0) {
		return -1;
	}
	if (r->input != NULL && t->size < r->bytes) {
		return complain(t->c, EX_DATAERR,
		    "cannot store '%.200s': %llu of its %llu bytes came", r->file,
		    (unsigned long long)t->size, (unsigned long long)r->bytes);
	}
	return t->source.regular ? source_unchanged(&t->source, t->size, t->c) : 0;
}

int
content_store(struct content_sink *sink, const struct put_request *r, struct content_facts *facts,
    struct complaint *c)
{
	struct transfer t = {
	    .sink = sink,
	    .request = r,
	    .source = {.file = r->file, .fd = -1},
	    .c = c,
	};
	int ret;

	if (r->input == NULL && source_open(r->file, r->take_over, &t.source, c) != 0) {
		return -1;
	}
	ret = get_whole(&t);
	source_close(&t.source);
	if (ret != 0) {
		return ret;
	}
	store_end(sink->store, &facts->stored);
	if (r->scanner != NULL && scanner_run(r->scanner, store_fd(sink->store), r->file, c) != 0) {
		return -1;
	}
	facts->charset = charset_check_end(&t.charset);
	facts->message = message_check_end(&t.check);
	facts->crs = t.check.crs;
	facts->taken = t.source.given;
	facts->st = t.source.st;
	return 0;
}
