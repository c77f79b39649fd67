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

/* The header less what transports add. A line that is no field is copied like any other. */
static void
pass_header(const uint8_t *header, size_t len, const struct field_veto *veto, struct sink *s)
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
		} else if (header_is(&f, "graft-recipient") || header_is(&f, "graft-id") ||
		    fields_is_vetoed(veto, &f)) {
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
wait_for_both(const struct hold *h, const struct sink *s, struct refusal *why)
{
	struct pollfd p[2] = {{.fd = h->in, .events = POLLIN}, {.fd = s->fd, .events = POLLOUT}};

	for (int i = 0; i < 2; i++) {
		if (poll(&p[i], 1, -1) < 0 && errno != EINTR) {
			return failed(why, "poll", i == 0 ? h->name : s->name, errno);
		}
	}
	return 0;
}

/*
 * The rest, from pipe to pipe within the kernel. 1: it cannot be done so with these descriptors,
 * or here; nothing has been taken from them then.
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
		if (n < 0 && errno == EAGAIN) {
			if (wait_for_both(h, s, why) < 0) {
				return -1;
			}
		} else if (n < 0 && errno != EINTR && passed == 0) {
			return 1; /* what is wrong with a descriptor, copying will say */
		} else if (n < 0 && errno != EINTR) {
			return failed(why, "splice", h->name, errno);
		} else if (n > 0) {
			if (passed <= SINK_LARGE && passed + (uint64_t)n > SINK_LARGE) {
				/* both: a large pipe beside a small one is never full */
				sink_enlarge_pipe(h->in);
				sink_enlarge_pipe(s->fd);
			}
			passed += (uint64_t)n;
			h->size += (uint64_t)n;
			s->bytes += (uint64_t)n;
			s->wire += (uint64_t)n;
		}
	}
}

static int
pass_by_copy(struct hold *h, struct sink *s, struct refusal *why)
{
	ssize_t n;

	while ((n = hold_input(h, h->chunk, sizeof(h->chunk), why)) > 0) {
		h->size += (uint64_t)n;
		if (sink_write(s, h->chunk, (size_t)n) < 0 || sink_flush(s) < 0) {
			return refuse_output(why, s);
		}
	}
	return (int)n;
}

int
pass_through(struct hold *h, const struct field_veto *veto, struct sink *s, struct refusal *why)
{
	int result = 0;

	pass_header(h->head, h->header_len, veto, s);
	sink_write(s, h->head + h->header_len, h->head_len - h->header_len);
	h->size = h->head_len;
	sink_flush(s);
	if (refuse_output(why, s) < 0) {
		return -1;
	}
	if (!h->eof && h->memory == NULL) {
		result = s->fd >= 0 ? pass_by_splice(h, s, why) : 1;
		result = result == 1 ? pass_by_copy(h, s, why) : result;
	}
	if (result < 0) {
		return -1;
	}
	sink_end(s);
	return refuse_output(why, s);
}
