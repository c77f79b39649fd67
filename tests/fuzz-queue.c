/*
 * fuzz-queue.c - any bytes as the -H file of a queued message
 *
 * The input is the file; where its first line is an id and "-H", that is the
 * message's id.
 *   - What does not parse says why.
 *   - What parses lies within the file: recipients are lines of it, fields fill it to its end.
 *   - The message for a recipient is made of the fields that count, one Graft-Recipient field,
 *     an empty line and the body, and of nothing else.
 * What does not hold ends in abort().
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#include "exim/queue.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char body[] = "A body,\nof two lines.\n";

static void
require(bool holds)
{
	if (!holds) {
		abort();
	}
}

static int
hold(const void *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	require(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	return fd;
}

static void
name_message(struct queued *q, const uint8_t *data, size_t size)
{
	static const char other[] = "1xUOo3-0000pH-1u";
	const uint8_t *lf = memchr(data, '\n', size);
	size_t len = lf == NULL ? 0 : (size_t)(lf - data);

	if (len >= 2 && queue_is_id((const char *)data, len - 2)) {
		memcpy(q->id, data, len - 2);
	} else {
		memcpy(q->id, other, sizeof(other));
	}
}

static bool
is_recipient(const struct span *field)
{
	static const char name[] = "Graft-Recipient";
	size_t n = sizeof(name) - 1;

	if (field->len <= n || strncasecmp(field->text, name, n) != 0) {
		return false;
	}
	while (n < field->len && (field->text[n] == ' ' || field->text[n] == '\t')) {
		n++;
	}
	return n < field->len && field->text[n] == ':';
}

static size_t
check_fields(const struct queued *q)
{
	size_t at = q->fields, bytes = 0, seen = q->fields;
	struct span field;
	char flag;
	int more;

	while ((more = queue_field(q, &at, &flag, &field)) > 0) {
		require(field.text >= q->raw + seen && field.text + field.len == q->raw + at);
		seen = at;
		bytes += flag != '*' && !is_recipient(&field) ? field.len : 0;
	}
	require(more == 0 && at == q->raw_len);
	return bytes;
}

/* `kept`: bytes of the fields that count. */
static void
check_message(struct queued *q, const struct span *to, size_t kept)
{
	static const char name[] = "Graft-Recipient: ";
	size_t len = to->len < QUEUE_RECIPIENT_BYTES ? to->len : QUEUE_RECIPIENT_BYTES, size, line;
	struct queue_fail why = {.what = NULL};
	int fd = queue_message(q, to->text, to->len, &why);
	char *text;

	if (q->wireformat) {
		require(fd < 0 && why.what != NULL);
		return;
	}
	require(fd >= 0);
	line = kept + sizeof(name) - 1;
	size = line + len + 2 + sizeof(body) - 1;
	require(lseek(fd, 0, SEEK_END) == (off_t)size);
	text = malloc(size);
	require(text != NULL && pread(fd, text, size, 0) == (ssize_t)size);
	require(memcmp(text + kept, name, sizeof(name) - 1) == 0);
	require(memchr(text + line, '\n', len) == NULL && memchr(text + line, '\r', len) == NULL);
	require(memcmp(text + line + len, "\n\n", 2) == 0);
	require(memcmp(text + line + len + 2, body, sizeof(body) - 1) == 0);
	free(text);
	close(fd);
}

static void
check(struct queued *q)
{
	size_t kept = check_fields(q);

	(void)queue_asks(q);
	for (size_t i = 0; i < q->recipients; i++) {
		const struct span *to = &q->recipient[i];

		require(to->text >= q->raw && to->text + to->len <= q->raw + q->fields);
		require(memchr(to->text, '\n', to->len) == NULL);
		if (i < 3) {
			check_message(q, to, kept);
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct queue_fail why = {.what = NULL};
	char data_file[QUEUE_ID_MAX + 4 + sizeof(body)];
	struct queued q;
	size_t len;

	memset(&q, 0, sizeof(q));
	name_message(&q, data, size);
	len = strlen(q.id);
	memcpy(data_file, q.id, len);
	memcpy(data_file + len, "-D\n", 3);
	memcpy(data_file + len + 3, body, sizeof(body) - 1);
	q.header_file = hold(data, size);
	q.data_file = hold(data_file, len + 3 + sizeof(body) - 1);
	if (queue_read(&q, &why) == 0) {
		check(&q);
	} else {
		require(why.what != NULL);
	}
	queue_close(&q);
	return 0;
}
