/*
 * queue.c - see queue.h
 */
#include "exim/queue.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int
fail(struct queue_fail *why, const char *what, int error)
{
	*why = (struct queue_fail){.what = what, .error = error};
	return -1;
}

static int
malformed(struct queue_fail *why)
{
	return fail(why, "the -H file is not what Exim writes", 0);
}

static bool
alphanumeric(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!isalnum((unsigned char)text[i])) {
			return false;
		}
	}
	return true;
}

bool
queue_is_id(const char *text, size_t len)
{
	size_t middle = len == 16 ? 6 : 11;

	return (len == 16 || len == QUEUE_ID_MAX) && alphanumeric(text, 6) && text[6] == '-' &&
	    alphanumeric(text + 7, middle) && text[7 + middle] == '-' &&
	    alphanumeric(text + 8 + middle, len - 8 - middle);
}

static int
open_file(int directory, const char *id, const char *suffix)
{
	char name[QUEUE_ID_MAX + 3];
	size_t len = strlen(id);
	struct stat st;
	int fd;

	memcpy(name, id, len);
	memcpy(name + len, suffix, 3);
	fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))) {
		close(fd);
		errno = EINVAL;
		return -1;
	}
	return fd;
}

int
queue_open_at(int directory, const char *id, struct queued *q, struct queue_fail *why)
{
	size_t len = strlen(id);

	memset(q, 0, sizeof(*q));
	q->header_file = q->data_file = -1;
	if (!queue_is_id(id, len)) {
		return fail(why, "that is no message id of Exim", 0);
	}
	memcpy(q->id, id, len);
	q->header_file = open_file(directory, id, "-H");
	if (q->header_file < 0) {
		fail(why, "cannot open the -H file", errno);
		why->gone = why->error == ENOENT;
		return -1;
	}
	q->data_file = open_file(directory, id, "-D");
	if (q->data_file < 0) {
		return fail(why, "cannot open the -D file", errno);
	}
	return 0;
}

int
queue_open_listed(int directory, const char *id, struct queued *q, struct queue_fail *why)
{
	int ret = queue_open_at(directory, id, q, why);

	if (ret < 0 && why->error == ENOENT && !why->gone) {
		queue_close(q);
		poll(NULL, 0, QUEUE_RECHECK_MS);
		ret = queue_open_at(directory, id, q, why);
	}
	return ret;
}

/* Opens SPOOL[/QUEUE]/input; -1 with errno. */
static int
open_input(const char *spool, const char *queue)
{
	int top = open(spool, O_PATH | O_DIRECTORY | O_CLOEXEC), named = -1, input = -1, saved;

	if (top < 0) {
		return -1;
	}
	if (queue[0] != '\0') {
		named = openat(top, queue, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	}
	if (queue[0] == '\0' || named >= 0) {
		input = openat(named >= 0 ? named : top, "input",
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	}
	saved = errno;
	if (named >= 0) {
		close(named);
	}
	close(top);
	errno = saved;
	return input;
}

int
queue_open(
    const char *spool, const char *queue, const char *id, struct queued *q, struct queue_fail *why)
{
	char split[2] = {'\0', '\0'};
	int input, shard, ret;

	memset(q, 0, sizeof(*q));
	q->header_file = q->data_file = -1;
	if (!queue_is_id(id, strlen(id)) || queue[0] == '.' || strchr(queue, '/') != NULL) {
		return fail(why, "that is no message id or no queue of Exim", 0);
	}
	input = open_input(spool, queue);
	if (input < 0) {
		return fail(why, "cannot open the queue", errno);
	}
	ret = queue_open_at(input, id, q, why);
	if (ret < 0 && why->gone) {
		/* split_spool_directory: by the last character of the time. */
		split[0] = id[5];
		queue_close(q);
		shard = openat(input, split, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (shard >= 0) {
			ret = queue_open_at(shard, id, q, why);
			close(shard);
		}
	}
	close(input);
	return ret;
}

static int
read_all(struct queued *q, struct queue_fail *why)
{
	struct stat st;
	ssize_t n;

	if (fstat(q->header_file, &st) < 0) {
		return fail(why, "cannot read the -H file", errno);
	}
	if (st.st_size > QUEUE_HEADER_MAX) {
		return fail(why, "the -H file is too large", 0);
	}
	q->raw = malloc((size_t)st.st_size + 1);
	if (q->raw == NULL) {
		return fail(why, "cannot read the -H file", ENOMEM);
	}
	while (q->raw_len < (size_t)st.st_size) {
		n = pread(q->header_file, q->raw + q->raw_len, (size_t)st.st_size - q->raw_len,
		    (off_t)q->raw_len);
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return fail(why, "cannot read the -H file", errno);
		}
		if (n == 0) {
			break;
		}
		q->raw_len += (size_t)n;
	}
	return 0;
}

/* The next line without its LF; false at the end. */
static bool
next_line(struct queued *q, struct span *line)
{
	const char *start = q->raw + q->at, *end;

	end = memchr(start, '\n', q->raw_len - q->at);
	if (end == NULL) {
		return false;
	}
	*line = (struct span){start, (size_t)(end - start)};
	q->at += line->len + 1;
	return true;
}

/* A number at the start of a text: how many characters it has, 0 for none. */
static size_t
number(const char *text, size_t len, uint64_t *value_r)
{
	size_t n = 0;

	*value_r = 0;
	while (n < len && n < 15 && isdigit((unsigned char)text[n])) {
		*value_r = *value_r * 10 + (uint64_t)(text[n++] - '0');
	}
	return n;
}

static bool
begins(const struct span *s, const char *with)
{
	size_t len = strlen(with);

	return s->len >= len && memcmp(s->text, with, len) == 0;
}

/*
 * "-name value" lines; "--name" is tainted, "--(lookup)name" quoted. The value
 * of an ACL variable follows on its own lines.
 */
static int
read_options(struct queued *q, struct queue_fail *why)
{
	while (q->at < q->raw_len && q->raw[q->at] == '-') {
		struct span line;
		uint64_t len;
		const char *space;

		if (!next_line(q, &line)) {
			return malformed(why);
		}
		while (line.len > 0 && line.text[0] == '-') {
			line.text++;
			line.len--;
		}
		if (begins(&line, "(")) {
			const char *end = memchr(line.text, ')', line.len);

			if (end == NULL) {
				return malformed(why);
			}
			line.len -= (size_t)(end + 1 - line.text);
			line.text = end + 1;
		}
		q->wireformat = q->wireformat || begins(&line, "spool_file_wireformat");
		if (!begins(&line, "aclc ") && !begins(&line, "aclm ") && !begins(&line, "acl ")) {
			continue;
		}
		space = memrchr(line.text, ' ', line.len);
		if (number(space + 1, (size_t)(line.text + line.len - space - 1), &len) == 0 ||
		    len >= q->raw_len - q->at || q->raw[q->at + len] != '\n') {
			return malformed(why);
		}
		q->at += len + 1;
	}
	return 0;
}

static int
compare(const void *a, const void *b)
{
	const struct span *x = a, *y = b;
	size_t shorter = x->len < y->len ? x->len : y->len;
	int order = memcmp(x->text, y->text, shorter);

	return order != 0 ? order : (x->len > y->len) - (x->len < y->len);
}

/* The tree of those who have it: "YN address", each with the branches that it says; "XX" is none.
 */
static int
read_delivered(struct queued *q, struct queue_fail *why)
{
	size_t open = 1, room = 0;

	while (open > 0) {
		struct span line;

		if (!next_line(q, &line) || line.len < 2) {
			return malformed(why);
		}
		if (line.len == 2 && line.text[0] == 'X' && q->deliveries == 0) {
			return 0;
		}
		if (line.len < 4 || line.text[2] != ' ') {
			return malformed(why);
		}
		open += (size_t)(line.text[0] == 'Y') + (size_t)(line.text[1] == 'Y');
		open--;
		if (q->deliveries == room) {
			struct span *more;

			room = room * 2 + 16;
			more = realloc(q->delivered, room * sizeof(*more));
			if (more == NULL) {
				return fail(why, "cannot read the -H file", ENOMEM);
			}
			q->delivered = more;
		}
		q->delivered[q->deliveries++] = (struct span){line.text + 3, line.len - 3};
	}
	qsort(q->delivered, q->deliveries, sizeof(*q->delivered), compare);
	return 0;
}

/* The address of a recipient's line: up to the first space that no quotes enclose. */
static size_t
address_len(const struct span *line)
{
	bool quoted = false;
	size_t i;

	for (i = 0; i < line->len && (quoted || line->text[i] != ' '); i++) {
		if (line->text[i] == '\\' && i + 1 < line->len) {
			i++;
		} else if (line->text[i] == '"') {
			quoted = !quoted;
		}
	}
	return i;
}

static int
read_recipients(struct queued *q, struct queue_fail *why)
{
	struct span line;
	uint64_t count;

	/* Each takes a line: more than bytes are left there cannot be. */
	if (!next_line(q, &line) || number(line.text, line.len, &count) == 0 ||
	    count > q->raw_len - q->at) {
		return malformed(why);
	}
	q->recipient = calloc(count + 1, sizeof(*q->recipient));
	if (q->recipient == NULL) {
		return fail(why, "cannot read the -H file", ENOMEM);
	}
	for (; count > 0; count--) {
		if (!next_line(q, &line) || line.len == 0) {
			return malformed(why);
		}
		line.len = address_len(&line);
		if (q->deliveries == 0 ||
		    bsearch(&line, q->delivered, q->deliveries, sizeof(line), compare) == NULL) {
			q->recipient[q->recipients++] = line;
		}
	}
	if (!next_line(q, &line) || line.len != 0) {
		return malformed(why);
	}
	return 0;
}

int
queue_field(const struct queued *q, size_t *at, char *flag_r, struct span *text_r)
{
	uint64_t len;
	size_t digits;

	if (*at == q->raw_len) {
		return 0;
	}
	digits = number(q->raw + *at, q->raw_len - *at, &len);
	if (digits == 0 || q->raw_len - *at < digits + 2 || len > q->raw_len - *at - digits - 2) {
		return -1;
	}
	*flag_r = q->raw[*at + digits];
	*text_r = (struct span){q->raw + *at + digits + 2, len};
	*at += digits + 2 + len;
	return 1;
}

int
queue_read(struct queued *q, struct queue_fail *why)
{
	struct span line, text;
	uint64_t seconds;
	size_t at;
	char flag;
	int more;

	if (read_all(q, why) < 0) {
		return -1;
	}
	if (!next_line(q, &line) || line.len != strlen(q->id) + 2 || !begins(&line, q->id) ||
	    !next_line(q, &line) || !next_line(q, &line) || !begins(&line, "<") ||
	    !next_line(q, &line) || number(line.text, line.len, &seconds) == 0) {
		return malformed(why);
	}
	q->received = (int64_t)seconds;
	if (read_options(q, why) < 0 || read_delivered(q, why) < 0 || read_recipients(q, why) < 0) {
		return -1;
	}
	q->fields = at = q->at;
	while ((more = queue_field(q, &at, &flag, &text)) > 0) {
	}
	/* Exim adds a Received field: none at all is a file cut short. */
	return more < 0 || at == q->fields ? malformed(why) : 0;
}

void
queue_close(struct queued *q)
{
	if (q->header_file >= 0) {
		close(q->header_file);
	}
	if (q->data_file >= 0) {
		close(q->data_file);
	}
	free(q->raw);
	free(q->recipient);
	free(q->delivered);
	q->header_file = q->data_file = -1;
	q->raw = NULL;
	q->recipient = q->delivered = NULL;
}
