/*
 * mail.c - see mail.h
 */
#include "postfix/mail.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/fields.h"
#include "postfix/record.h"

/* The header, gathered from the content's beginning. */
struct header {
	uint8_t *text;
	size_t len, cap;
	bool whole, line_start;
};

static int
add_recipient(struct postfix_mail *m, const uint8_t *p, size_t len)
{
	char **more, *text;

	if (m->recipients == POSTFIX_RECIPIENTS_MAX) {
		return -EMSGSIZE;
	}
	if ((m->recipients & (m->recipients - 1)) == 0) {
		size_t room = m->recipients == 0 ? 1 : 2 * m->recipients;

		more = realloc(m->recipient, room * sizeof(*more));
		if (more == NULL) {
			return -ENOMEM;
		}
		m->recipient = more;
	}
	text = malloc(len + 1);
	if (text == NULL) {
		return -ENOMEM;
	}
	memcpy(text, p, len);
	text[len] = '\0';
	m->recipient[m->recipients++] = text;
	return 0;
}

/* Gathers a line of the header; from the empty line on nothing more. */
static int
add_to_header(struct header *h, const uint8_t *p, size_t len, bool line_end)
{
	if (h->whole) {
		return 0;
	}
	if (h->line_start && len == 0 && line_end) {
		h->whole = true;
		return 0;
	}
	if (h->len + len + 1 > h->cap) {
		size_t room = 2 * (h->len + len + 1);
		uint8_t *more;

		if (room > POSTFIX_FIELDS_MAX) {
			h->whole = true;
			return 0;
		}
		more = realloc(h->text, room);
		if (more == NULL) {
			return -ENOMEM;
		}
		h->text = more;
		h->cap = room;
	}
	assert(h->text != NULL);
	memcpy(h->text + h->len, p, len);
	h->len += len;
	if (line_end) {
		h->text[h->len++] = '\n';
	}
	h->line_start = line_end;
	return 0;
}

static int64_t
read_time(const uint8_t *p, size_t len)
{
	int64_t t = 0;

	for (size_t i = 0; i < len && i < 18 && p[i] >= '0' && p[i] <= '9'; i++) {
		t = t * 10 + (p[i] - '0');
	}
	return t;
}

static int
take_record(struct postfix_mail *m, struct header *h, int type, const uint8_t *p, size_t len,
    bool *in_message)
{
	switch (type) {
	case RECORD_MESSAGE:
		*in_message = true;
		return 0;
	case RECORD_EXTRACTED:
		*in_message = false;
		return 0;
	case RECORD_LINE:
		return *in_message ? add_to_header(h, p, len, true) : 0;
	case RECORD_PART:
		return *in_message ? add_to_header(h, p, len, false) : 0;
	case RECORD_RECIPIENT:
		return *in_message ? 0 : add_recipient(m, p, len);
	case RECORD_TIME:
		m->received = m->received == 0 ? read_time(p, len) : m->received;
		return 0;
	default:
		return 0;
	}
}

int
postfix_mail_open(int directory, const char *name, struct postfix_mail *m)
{
	return postfix_mail_read(
	    openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), m);
}

int
postfix_mail_read(int fd, struct postfix_mail *m)
{
	struct record_reader *r = malloc(sizeof(*r));
	struct header h = {.line_start = true};
	bool in_message = false;
	const uint8_t *p;
	struct stat st;
	int ret, type = 0;
	size_t len;

	*m = (struct postfix_mail){.fd = fd};
	if (fd < 0 || fstat(fd, &st) < 0) {
		ret = -errno;
		goto out;
	}
	if (r == NULL) {
		ret = -ENOMEM;
		goto out;
	}
	if (!S_ISREG(st.st_mode)) {
		ret = -EBADMSG;
		goto out;
	}
	record_begin(r, fd);
	while ((ret = record_next(r, &type, &p, &len)) > 0) {
		ret = take_record(m, &h, type, p, len, &in_message);
		if (ret < 0) {
			goto out;
		}
	}
	m->complete = ret == 0 && type == RECORD_END;
	/* A file that breaks off is one that Postfix is writing at this moment. */
	ret = ret == -EBADMSG && (st.st_mode & S_IXUSR) == 0 ? 0 : ret;
	m->asks = fields_opt_in(h.text, h.len);
out:
	free(h.text);
	free(r);
	return ret;
}

void
postfix_mail_close(struct postfix_mail *m)
{
	for (size_t i = 0; i < m->recipients; i++) {
		free(m->recipient[i]);
	}
	free(m->recipient);
	if (m->fd >= 0) {
		close(m->fd);
	}
	*m = (struct postfix_mail){.fd = -1};
}

int
postfix_mail_content(const struct postfix_mail *m, postfix_content *each, void *arg)
{
	struct record_reader *r = malloc(sizeof(*r));
	bool in_message = false;
	const uint8_t *p;
	size_t len;
	int ret, type;

	if (r == NULL) {
		return -ENOMEM;
	}
	record_begin(r, m->fd);
	while ((ret = record_next(r, &type, &p, &len)) > 0) {
		in_message = type == RECORD_MESSAGE || (in_message && type != RECORD_EXTRACTED);
		if (!in_message || (type != RECORD_LINE && type != RECORD_PART)) {
			continue;
		}
		ret = len > 0 ? each(arg, p, len) : 0;
		if (ret == 0 && type == RECORD_LINE) {
			ret = each(arg, (const uint8_t *)"\n", 1);
		}
		if (ret != 0) {
			break;
		}
	}
	free(r);
	return ret;
}
