/*
 * hold.c - see hold.h
 */
#include "filter/hold.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void
hold_begin(struct hold *h, int in)
{
	struct stat st;

	h->in = in;
	h->spill = -1;
	h->eof = false;
	h->buffered = h->header_len = 0;
	h->size = 0;
	h->base = 0;
	h->seekable = fstat(in, &st) == 0 && S_ISREG(st.st_mode);
	if (h->seekable) {
		h->base = lseek(in, 0, SEEK_CUR);
		h->seekable = h->base >= 0;
	}
}

void
hold_end(struct hold *h)
{
	if (h->spill >= 0) {
		close(h->spill);
		h->spill = -1;
	}
}

static int
io_failed(struct refusal *why, const char *call, const char *object)
{
	spool_fail(&why->fail, call, object, errno);
	return refuse(
	    why, errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? REFUSED_LATER : REFUSED_IO);
}

ssize_t
hold_input(struct hold *h, void *p, size_t len, struct refusal *why)
{
	struct pollfd readable = {.fd = h->in, .events = POLLIN};
	ssize_t n;

	while ((n = read(h->in, p, len)) < 0) {
		if (errno == EAGAIN ? poll(&readable, 1, -1) < 0 && errno != EINTR
		                    : errno != EINTR) {
			return io_failed(why, "read", "standard input");
		}
	}
	return n;
}

/* One read into the buffer. */
static int
fill(struct hold *h, size_t limit, struct refusal *why)
{
	ssize_t n = hold_input(h, h->buf + h->buffered, limit - h->buffered, why);

	if (n < 0) {
		return -1;
	}
	h->eof = n == 0;
	h->buffered += (size_t)n;
	return 0;
}

/*
 * The length of the header if it ends in the buffer, else 0. Looked for from
 * `from` on. Exim hands over LF line ends, but whoever pipes a file with CRLF
 * through, which cannot opt in, must not have its body taken for a header.
 */
static size_t
header_end(const struct hold *h, size_t from)
{
	size_t i = from > 2 ? from - 2 : 0;

	if (h->buffered > 0 && h->buf[0] == '\n') {
		return 1;
	}
	while (i < h->buffered) {
		const uint8_t *lf = memchr(h->buf + i, '\n', h->buffered - i);

		if (lf == NULL) {
			return 0;
		}
		i = (size_t)(lf - h->buf) + 1;
		if (i < h->buffered && h->buf[i] == '\n') {
			return i + 1;
		}
		if (i + 1 < h->buffered && h->buf[i] == '\r' && h->buf[i + 1] == '\n') {
			return i + 2;
		}
	}
	return 0;
}

int
hold_header(struct hold *h, struct refusal *why)
{
	while (!h->eof) {
		size_t from = h->buffered;

		if (fill(h, HOLD_HEADER, why) < 0) {
			return -1;
		}
		h->header_len = header_end(h, from);
		if (h->header_len > 0) {
			return 0;
		}
		if (h->buffered == HOLD_HEADER) {
			return refuse(why, REFUSED_HEADER_TOO_LARGE);
		}
	}
	if (h->buffered == 0) {
		return refuse(why, REFUSED_EMPTY);
	}
	h->header_len = h->buffered;
	return 0;
}

static int
write_all(int fd, const uint8_t *p, size_t len, struct refusal *why)
{
	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return io_failed(why, "write", "spill");
		}
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Moves what is in the buffer and all that follows into a temporary of the spool. */
static int
spill(struct hold *h, const struct spool *spool, struct refusal *why)
{
	struct spool_fail fail = {.call = NULL};

	h->spill = spool_spill(spool, &fail);
	if (h->spill < 0) {
		return refuse_system(why, &fail, REFUSED_SPOOL);
	}
	if (write_all(h->spill, h->buf, h->buffered, why) < 0) {
		return -1;
	}
	h->size = h->buffered;
	for (;;) {
		ssize_t n = hold_input(h, h->chunk, sizeof(h->chunk), why);

		if (n <= 0) {
			return (int)n;
		}
		h->size += (size_t)n;
		if (h->size > HOLD_MAX) {
			return refuse(why, REFUSED_TOO_LARGE);
		}
		if (write_all(h->spill, h->chunk, (size_t)n, why) < 0) {
			return -1;
		}
	}
}

int
hold_rest(struct hold *h, const struct spool *spool, struct refusal *why)
{
	struct stat st;
	size_t limit;

	if (h->seekable) {
		if (fstat(h->in, &st) < 0) {
			return io_failed(why, "fstat", "standard input");
		}
		h->size = st.st_size > h->base ? (uint64_t)(st.st_size - h->base) : 0;
		if (h->size > HOLD_MAX) {
			return refuse(why, REFUSED_TOO_LARGE);
		}
		return h->size >= h->buffered ? 0 : refuse(why, REFUSED_CHANGED);
	}
	limit = h->buffered > HOLD_MEMORY ? h->buffered : HOLD_MEMORY;
	while (!h->eof && h->buffered < limit) {
		if (fill(h, limit, why) < 0) {
			return -1;
		}
	}
	if (!h->eof) {
		return spill(h, spool, why);
	}
	h->size = h->buffered;
	return 0;
}

ssize_t
hold_read(struct hold *h, uint64_t at, const uint8_t **p, struct refusal *why)
{
	bool in_place = h->seekable && h->spill < 0;
	uint64_t left = h->size - at;
	ssize_t n;

	if (left == 0) {
		return 0;
	}
	if (at < h->buffered) {
		*p = h->buf + at;
		return (ssize_t)(h->buffered - at);
	}
	do {
		n = pread(in_place ? h->in : h->spill, h->chunk,
		    left < sizeof(h->chunk) ? (size_t)left : sizeof(h->chunk),
		    (off_t)at + (in_place ? h->base : 0));
	} while (n < 0 && errno == EINTR);
	if (n < 0) {
		return io_failed(why, "pread", in_place ? "standard input" : "spill");
	}
	if (n == 0) {
		return refuse(why, REFUSED_CHANGED);
	}
	*p = h->chunk;
	return n;
}
