/*
 * pass.c - see pass.h
 */
#include "filter/pass.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "mime/header.h"

enum { SPLICE_BYTES = 1024 * 1024 };

/* The header less Graft-Recipient. A line that is no field is copied like any other. */
static void
pass_header(const uint8_t *header, size_t len, struct sink *s)
{
	enum header_next next;
	struct field f;
	size_t at = 0, from = 0;

	for (;;) {
		size_t start = at;

		next = header_next(header, len, &at, &f);
		if (next == HEADER_END) {
			break;
		}
		if (next == HEADER_BAD) {
			const uint8_t *lf = memchr(header + at, '\n', len - at);

			at = lf == NULL ? len : (size_t)(lf - header) + 1;
		} else if (header_is(&f, "graft-recipient")) {
			sink_write(s, header + from, start - from);
			from = at;
		}
	}
	sink_write(s, header + from, len - from);
}

static int
failed(struct refusal *why, const char *call, const char *object, int error)
{
	spool_fail(&why->fail, call, object, error);
	return refuse(why, REFUSED_IO);
}

/* A descriptor that does not block had nothing, or no room: waits for both. */
static int
wait_for_both(int in, int out, struct refusal *why)
{
	struct pollfd p[2] = {{.fd = in, .events = POLLIN}, {.fd = out, .events = POLLOUT}};

	for (int i = 0; i < 2; i++) {
		if (poll(&p[i], 1, -1) < 0 && errno != EINTR) {
			return failed(
			    why, "poll", i == 0 ? "standard input" : "standard output", errno);
		}
	}
	return 0;
}

/*
 * The rest, from pipe to pipe within the kernel. 1: these descriptors cannot;
 * nothing has been taken from them then.
 */
static int
pass_by_splice(struct hold *h, struct sink *s, struct refusal *why)
{
	uint64_t passed = 0;

	for (;;) {
		ssize_t n = splice(
		    h->in, NULL, s->fd, NULL, SPLICE_BYTES, SPLICE_F_MOVE | SPLICE_F_MORE);

		if (n == 0) {
			return 0;
		}
		if (n < 0 && errno == EINVAL && passed == 0) {
			return 1;
		}
		if (n < 0 && errno == EAGAIN) {
			if (wait_for_both(h->in, s->fd, why) < 0) {
				return -1;
			}
		} else if (n < 0 && errno != EINTR) {
			return failed(why, "splice", "standard input to standard output", errno);
		} else if (n > 0) {
			if (passed <= SINK_LARGE && passed + (uint64_t)n > SINK_LARGE) {
				/* both: a large pipe beside a small one is never full */
				pace_enlarge(h->in);
				pace_enlarge(s->fd);
			}
			passed += (uint64_t)n;
			h->size += (uint64_t)n;
			s->bytes += (uint64_t)n;
		}
	}
}

static int
pass_by_copy(struct hold *h, struct sink *s, struct refusal *why)
{
	ssize_t n;

	while ((n = hold_input(h, s->buffer, sizeof(s->buffer), why)) > 0) {
		h->size += (uint64_t)n;
		s->bytes += (uint64_t)n;
		s->buffered = (size_t)n;
		if (refuse_output(why, sink_flush(s)) < 0) {
			return -1;
		}
	}
	return (int)n;
}

int
pass_through(struct hold *h, struct sink *s, struct refusal *why)
{
	int result;

	pass_header(h->buf, h->header_len, s);
	sink_write(s, h->buf + h->header_len, h->buffered - h->header_len);
	h->size = h->buffered;
	if (refuse_output(why, sink_flush(s)) < 0) {
		return -1;
	}
	if (h->eof) {
		return 0;
	}
	result = pass_by_splice(h, s, why);
	return result == 1 ? pass_by_copy(h, s, why) : result;
}
