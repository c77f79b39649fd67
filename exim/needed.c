/*
 * needed.c - see needed.h
 *
 * The child writes records to a pipe: RECORD_ID and an id, each; at the end
 * RECORD_END and a struct ending.
 */
#include "exim/needed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "exim/queue.h"
#include "exim/rights.h"
#include "mime/mention.h"

enum { RECORD_ID = 'i', RECORD_END = 'e' };

struct ending {
	int failed; /* not bool: the bytes come from another process */
	struct exim_fail why;
};

struct collector {
	const char *directory;
	FILE *out;
	struct ending end;
};

struct reader {
	needed_found *found;
	void *arg;
	struct mention_search search;
	uint8_t chunk[EXIM_CHUNK];
};

/* A token that could be one of ours. Whose it is does not matter: a stranger's id is nobody's. */
static void
mentioned(void *arg, const uint8_t text[MARKER_TOKEN_CHARS])
{
	const struct reader *r = arg;
	struct token token;

	if (token_decode(text, MARKER_TOKEN_CHARS, &token) == TOKEN_OK) {
		r->found(r->arg, token.entry_id);
	}
}

int
needed_by(const struct queued *q, needed_found *found, void *arg, struct queue_fail *why)
{
	struct reader *r = calloc(1, sizeof(*r));
	struct span field;
	size_t at = q->fields;
	uint64_t body = 0;
	ssize_t n;
	char flag;

	if (r == NULL) {
		*why = (struct queue_fail){.what = "cannot read the message", .error = ENOMEM};
		return -1;
	}
	r->found = found;
	r->arg = arg;
	while (queue_field(q, &at, &flag, &field) > 0) {
		const char *colon = memchr(field.text, ':', field.len);
		size_t name = colon == NULL ? 0 : (size_t)(colon - field.text) + 1;

		mention_field((const uint8_t *)field.text + name, field.len - name, mentioned, r);
	}
	mention_begin(&r->search, mentioned, r);
	while ((n = queue_body(q, body, r->chunk, sizeof(r->chunk), why)) > 0) {
		mention_body(&r->search, r->chunk, (size_t)n);
		body += (uint64_t)n;
	}
	free(r);
	return n < 0 ? -1 : 0;
}

static void
found(void *arg, const uint8_t id[ENTRY_ID_BYTES])
{
	struct collector *k = arg;

	putc(RECORD_ID, k->out);
	fwrite(id, ENTRY_ID_BYTES, 1, k->out);
}

static int
each_message(void *arg, const char *queue, int directory, const char *id)
{
	struct collector *k = arg;
	struct queue_fail why = {.what = NULL};
	struct queued q;
	int ret = queue_open_listed(directory, id, &q, &why);

	(void)queue;
	if (ret == 0) {
		ret = queue_read(&q, &why);
	}
	if (ret == 0 && queue_asks(&q)) {
		ret = needed_by(&q, found, k, &why);
	}
	queue_close(&q);
	if (ret == 0 || why.gone) {
		return 0;
	}
	k->end.failed = true;
	return exim_fail(&k->end.why, EXIM_CANNOT_READ_MAIL, why.error, id, why.what);
}

/*
 * Twice: by the files whose names do not change while Exim works on a message,
 * then by those whose message has nothing else. So the second also sees a
 * message that was moved to a queue that the first had read already.
 */
static int
read_queues(struct collector *k)
{
	static const enum queue_file files[] = {QUEUE_DATA, QUEUE_HEADERS};
	char input[EXIM_OBJECT_BYTES];
	struct exim_fail *failed = &k->end.why;
	struct queue_fail why = {.what = NULL};
	int fd;

	if (exim_become(k->directory, failed) < 0) {
		return -1;
	}
	/* A wrong directory is not an empty queue. */
	snprintf(input, sizeof(input), "%s/input", k->directory);
	fd = open(input, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		return exim_fail(failed, EXIM_CANNOT_READ_QUEUE, errno, input, NULL);
	}
	close(fd);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (queue_walk(k->directory, files[i], each_message, k, &why) < 0) {
			return k->end.failed ? -1
			                     : exim_fail(failed, EXIM_CANNOT_READ_QUEUE, why.error,
			                           k->directory, NULL);
		}
	}
	return 0;
}

static void __attribute__((noreturn)) child(const char *directory, int out)
{
	struct collector *k = calloc(1, sizeof(*k));

	if (k == NULL || (k->out = fdopen(out, "w")) == NULL) {
		_exit(EX_OSERR);
	}
	k->directory = directory;
	k->end.failed = read_queues(k) < 0;
	putc(RECORD_END, k->out);
	fwrite(&k->end, sizeof(k->end), 1, k->out);
	_exit(fclose(k->out) == 0 ? EX_OK : EX_IOERR);
}

/* What the child says, to its last record. */
static int
listen_to(FILE *in, struct id_set *set, struct exim_fail *why)
{
	struct spool_fail full = {0};
	uint8_t id[ENTRY_ID_BYTES];
	struct ending end;
	int record;

	while ((record = getc(in)) == RECORD_ID && fread(id, sizeof(id), 1, in) == 1) {
		if (id_set_add(set, id, &full) != 0) {
			return exim_fail(why, EXIM_NO_MEMORY, full.error, NULL, NULL);
		}
	}
	if (record != RECORD_END || fread(&end, sizeof(end), 1, in) != 1) {
		return exim_fail(why, EXIM_CHILD_BROKE_OFF, 0, NULL, NULL);
	}
	if (end.failed) {
		*why = end.why;
		why->object[sizeof(why->object) - 1] = '\0';
		why->detail[sizeof(why->detail) - 1] = '\0';
		return -1;
	}
	return 0;
}

int
needed_collect(const char *directory, struct id_set *set, struct exim_fail *why)
{
	int ends[2], ret;
	pid_t pid;
	FILE *in;

	if (pipe(ends) < 0) {
		return exim_fail(why, EXIM_CANNOT_START_CHILD, errno, NULL, NULL);
	}
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		child(directory, ends[1]);
	}
	close(ends[1]);
	in = pid < 0 ? NULL : fdopen(ends[0], "r");
	if (in == NULL) {
		ret = exim_fail(why, EXIM_CANNOT_START_CHILD, errno, NULL, NULL);
		close(ends[0]);
	} else {
		ret = listen_to(in, set, why);
		fclose(in);
	}
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
	}
	return ret;
}
