/*
 * input.c - lines and counted bytes from one descriptor
 */
#include "cli/input.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static bool
would_wait(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0) == 0;
}

/* Reads once, at least one byte. False at the end. */
static bool
fill(struct input *r)
{
	ssize_t n;

	if (r->eof) {
		return false;
	}
	if (r->at > 0) {
		memmove(r->buf, r->buf + r->at, r->end - r->at);
		r->end -= r->at;
		r->at = 0;
	}
	if (would_wait(r->fd)) {
		r->before_wait(r->arg);
	}
	do {
		n = read(r->fd, r->buf + r->end, BATCH_LINE_MAX - r->end);
	} while (n < 0 && errno == EINTR);
	if (n <= 0) {
		r->error = n < 0 ? errno : 0;
		r->eof = true;
		return false;
	}
	r->end += (size_t)n;
	return true;
}

static void
take(struct input *r, size_t len)
{
	r->at += len;
	r->taken += len;
}

/* Skips the rest of a line that is too long. */
static void
skip_line(struct input *r)
{
	const char *lf;

	do {
		lf = memchr(r->buf + r->at, '\n', r->end - r->at);
		take(r, lf == NULL ? r->end - r->at : (size_t)(lf + 1 - (r->buf + r->at)));
	} while (lf == NULL && fill(r));
}

enum input_kind
input_line(struct input *r, char **line_r, size_t *len_r)
{
	char *lf;

	while ((lf = memchr(r->buf + r->at, '\n', r->end - r->at)) == NULL) {
		if (r->end - r->at == BATCH_LINE_MAX) {
			skip_line(r);
			return INPUT_TOO_LONG;
		}
		if (!fill(r)) {
			break;
		}
	}
	if (lf == NULL && r->at == r->end) {
		return INPUT_END;
	}
	*line_r = r->buf + r->at;
	*len_r = lf == NULL ? r->end - r->at : (size_t)(lf - *line_r);
	take(r, *len_r + (lf == NULL ? 0 : 1));
	(*line_r)[*len_r] = '\0';
	return INPUT_LINE;
}

size_t
input_bytes(struct input *r, void *buf, size_t cap)
{
	size_t len;

	if (r->at == r->end && !fill(r)) {
		return 0;
	}
	len = r->end - r->at < cap ? r->end - r->at : cap;
	memcpy(buf, r->buf + r->at, len);
	take(r, len);
	return len;
}

void
input_skip_to(struct input *r, uint64_t offset)
{
	while (r->taken < offset) {
		uint64_t left = offset - r->taken;
		if (r->at == r->end && !fill(r)) {
			return;
		}
		take(r, r->end - r->at < left ? r->end - r->at : (size_t)left);
	}
}
