/*
 * pass.c - see pass.h
 */
#include "filter/pass.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "mime/header.h"

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

int
pass_through(struct hold *h, struct sink *s, struct refusal *why)
{
	pass_header(h->buf, h->header_len, s);
	sink_write(s, h->buf + h->header_len, h->buffered - h->header_len);
	h->size = h->buffered;
	for (;;) {
		ssize_t n;

		if (sink_flush(s) < 0) {
			spool_fail(&why->fail, "write", "standard output", -s->error);
			return refuse(why, REFUSED_IO);
		}
		n = read(h->in, s->buffer, sizeof(s->buffer));
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			spool_fail(&why->fail, "read", "standard input", errno);
			return refuse(why, REFUSED_IO);
		}
		if (n == 0) {
			return 0;
		}
		h->size += (size_t)n;
		s->bytes += (size_t)n;
		s->buffered = (size_t)n;
	}
}
