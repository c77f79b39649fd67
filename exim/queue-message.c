/*
 * queue-message.c - see queue.h: a queued message as the filter would get it
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#include "exim/queue.h"

static int
fail(struct queue_fail *why, const char *what, int error)
{
	*why = (struct queue_fail){.what = what, .error = error};
	return -1;
}

static int
put(int fd, const void *data, size_t len, struct queue_fail *why)
{
	const char *p = data;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return fail(why, "cannot hold the message", errno);
		}
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Whether a field has this name; white space may stand before its colon. */
static bool
is_named(const struct span *field, const char *name)
{
	size_t n = strlen(name);

	if (field->len <= n || strncasecmp(field->text, name, n) != 0) {
		return false;
	}
	while (n < field->len && (field->text[n] == ' ' || field->text[n] == '\t')) {
		n++;
	}
	return n < field->len && field->text[n] == ':';
}

/*
 * Whether a field could have this name for any reader: Exim takes even line ends
 * before a colon. A message with such a field is refused, and must not be missed.
 */
static bool
is_like(const struct span *field, const char *name)
{
	size_t n = strlen(name);

	if (field->len <= n || strncasecmp(field->text, name, n) != 0) {
		return false;
	}
	while (n < field->len && isspace((unsigned char)field->text[n])) {
		n++;
	}
	return n < field->len && field->text[n] == ':';
}

bool
queue_asks(const struct queued *q)
{
	size_t at = q->fields;
	struct span field;
	char flag;

	while (queue_field(q, &at, &flag, &field) > 0) {
		if (flag != '*' && (is_like(&field, "Graft") || is_like(&field, "Graft-Attach"))) {
			return true;
		}
	}
	return false;
}

static int
put_header(
    const struct queued *q, const char *recipient, size_t len, int out, struct queue_fail *why)
{
	static const char name[] = "Graft-Recipient: ";
	char line[QUEUE_RECIPIENT_BYTES], flag;
	size_t at = q->fields;
	struct span text;

	while (queue_field(q, &at, &flag, &text) > 0) {
		if (flag != '*' && !is_named(&text, "Graft-Recipient") &&
		    put(out, text.text, text.len, why) < 0) {
			return -1;
		}
	}
	if (put(out, name, sizeof(name) - 1, why) < 0) {
		return -1;
	}
	/* One line, whatever it is: it may not end the header. What is cut is no address anyway. */
	len = len < sizeof(line) ? len : sizeof(line);
	for (size_t i = 0; i < len; i++) {
		bool plain = recipient[i] != '\n' && recipient[i] != '\r' && recipient[i] != '\0';

		line[i] = (char)(plain ? recipient[i] : '?');
	}
	if (put(out, line, len, why) < 0) {
		return -1;
	}
	return put(out, "\n\n", 2, why);
}

ssize_t
queue_body(const struct queued *q, uint64_t at, void *out, size_t cap, struct queue_fail *why)
{
	char first[QUEUE_ID_MAX + 3];
	size_t len = strlen(q->id) + 3; /* "ID-D\n" */
	ssize_t n;

	if (at == 0 &&
	    (pread(q->data_file, first, len, 0) != (ssize_t)len ||
	        memcmp(first, q->id, len - 3) != 0 || memcmp(first + len - 3, "-D\n", 3) != 0)) {
		return fail(why, "the -D file is not what Exim writes", 0);
	}
	do {
		n = pread(q->data_file, out, cap, (off_t)(at + len));
	} while (n < 0 && errno == EINTR);
	return n < 0 ? fail(why, "cannot read the -D file", errno) : n;
}

static int
put_body(const struct queued *q, int out, struct queue_fail *why)
{
	char chunk[EXIM_CHUNK];
	uint64_t at = 0;
	ssize_t n = 0;

	while (at < QUEUE_BODY_MAX && (n = queue_body(q, at, chunk, sizeof(chunk), why)) > 0) {
		if (put(out, chunk, (size_t)n, why) < 0) {
			return -1;
		}
		at += (uint64_t)n;
	}
	return n < 0 ? -1 : 0;
}

int
queue_message(struct queued *q, const char *recipient, size_t len, struct queue_fail *why)
{
	int out;

	if (q->wireformat) {
		return fail(
		    why, "spool_wireformat is on: Exim would deliver this without its body", 0);
	}
	out = memfd_create("message", MFD_CLOEXEC);
	if (out < 0) {
		return fail(why, "cannot hold the message", errno);
	}
	if (put_header(q, recipient, len, out, why) < 0 || put_body(q, out, why) < 0 ||
	    lseek(out, 0, SEEK_SET) < 0) {
		close(out);
		return -1;
	}
	return out;
}
