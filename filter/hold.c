/*
 * hold.c - see hold.h
 */
#include "filter/hold.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/prover.h"

static void
begin(struct hold *h, const char *name)
{
	h->name = name;
	h->in = h->spill = -1;
	h->memory = NULL;
	h->seekable = h->eof = h->held = false;
	h->base = 0;
	h->head = h->buf;
	h->head_len = h->header_len = 0;
	h->size = 0;
}

void
hold_begin(struct hold *h, int in, const char *name)
{
	struct stat st;

	begin(h, name);
	h->in = in;
	if (fstat(in, &st) == 0 && S_ISREG(st.st_mode)) {
		h->base = lseek(in, 0, SEEK_CUR);
		h->seekable = h->base >= 0;
	}
}

void
hold_begin_memory(struct hold *h, const void *message, size_t len, const char *name)
{
	begin(h, name);
	h->memory = len > 0 ? message : "";
	h->size = len;
}

void
hold_end(struct hold *h)
{
	if (h->spill >= 0) {
		close(h->spill);
		h->spill = -1;
	}
}

ssize_t
hold_input(struct hold *h, void *p, size_t len, struct refusal *why)
{
	struct pollfd readable = {.fd = h->in, .events = POLLIN};
	ssize_t n;

	while ((n = read(h->in, p, len)) < 0) {
		if (errno == EAGAIN ? poll(&readable, 1, -1) < 0 && errno != EINTR
		                    : errno != EINTR) {
			return refuse_call(why, "read", h->name, errno);
		}
	}
	return n;
}

/* One read into the buffer. */
static int
fill(struct hold *h, size_t limit, struct refusal *why)
{
	ssize_t n = hold_input(h, h->buf + h->head_len, limit - h->head_len, why);

	if (n < 0) {
		return -1;
	}
	h->eof = n == 0;
	h->head_len += (size_t)n;
	return 0;
}

/*
 * The length of the header if it ends in the first `len` bytes, else 0. Looked for from `from` on.
 * Exim hands over LF line ends, but whoever pipes a file with CRLF through, which cannot opt in,
 * must not have its body taken for a header.
 */
static size_t
header_end(const uint8_t *p, size_t len, size_t from)
{
	size_t i = from > 2 ? from - 2 : 0;

	if (len > 0 && p[0] == '\n') {
		return 1;
	}
	while (i < len) {
		const uint8_t *lf = memchr(p + i, '\n', len - i);

		if (lf == NULL) {
			return 0;
		}
		i = (size_t)(lf - p) + 1;
		if (i < len && p[i] == '\n') {
			return i + 1;
		}
		if (i + 1 < len && p[i] == '\r' && p[i + 1] == '\n') {
			return i + 2;
		}
	}
	return 0;
}

/* Where all of the message is in memory. */
static void
find_header(struct hold *h)
{
	size_t len = h->size < HOLD_HEADER ? (size_t)h->size : HOLD_HEADER;

	h->head = h->memory;
	h->head_len = (size_t)h->size;
	h->header_len = header_end(h->head, len, 0);
	h->eof = h->size < HOLD_HEADER;
}

int
hold_header(struct hold *h, struct refusal *why)
{
	if (h->memory != NULL) {
		find_header(h);
	}
	while (!h->eof && h->header_len == 0) {
		size_t from = h->head_len;

		if (from >= HOLD_HEADER) {
			return refuse(why, REFUSED_HEADER_TOO_LARGE);
		}
		if (fill(h, HOLD_HEADER, why) < 0) {
			return -1;
		}
		h->header_len = header_end(h->head, h->head_len, from);
	}
	if (h->head_len == 0) {
		return refuse(why, REFUSED_EMPTY);
	}
	if (h->header_len == 0) {
		h->header_len = h->head_len;
	}
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
			return refuse_call(why, "write", "spill", errno);
		}
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Moves what is in the buffer and all that follows into the spill. */
static int
spill(struct hold *h, const struct prover *prover, struct refusal *why)
{
	if (prover->spill(prover->state, &h->spill, why) < 0) {
		h->spill = -1;
		return -1;
	}
	if (write_all(h->spill, h->buf, h->head_len, why) < 0) {
		return -1;
	}
	h->size = h->head_len;
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

/* The size of what is read in place. */
static int
measure(struct hold *h, struct refusal *why)
{
	struct stat st;

	if (h->memory == NULL) {
		if (fstat(h->in, &st) < 0) {
			return refuse_call(why, "fstat", h->name, errno);
		}
		h->size = st.st_size > h->base ? (uint64_t)(st.st_size - h->base) : 0;
	}
	if (h->size > HOLD_MAX) {
		return refuse(why, REFUSED_TOO_LARGE);
	}
	return h->size >= h->head_len ? 0 : refuse(why, REFUSED_CHANGED);
}

static int
hold_stream(struct hold *h, const struct prover *prover, struct refusal *why)
{
	size_t limit = h->head_len > HOLD_MEMORY ? h->head_len : HOLD_MEMORY;

	while (!h->eof && h->head_len < limit) {
		if (fill(h, limit, why) < 0) {
			return -1;
		}
	}
	if (!h->eof) {
		return spill(h, prover, why);
	}
	h->size = h->head_len;
	return 0;
}

int
hold_rest(struct hold *h, const struct prover *prover, struct refusal *why)
{
	int result = h->seekable || h->memory != NULL ? measure(h, why)
	                                              : hold_stream(h, prover, why);

	h->held = result == 0;
	return result;
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
	if (at < h->head_len) {
		*p = h->head + at;
		return (ssize_t)(h->head_len - at);
	}
	do {
		n = pread(in_place ? h->in : h->spill, h->chunk,
		    left < sizeof(h->chunk) ? (size_t)left : sizeof(h->chunk),
		    (off_t)at + (in_place ? h->base : 0));
	} while (n < 0 && errno == EINTR);
	if (n < 0) {
		return refuse_call(why, "pread", in_place ? h->name : "spill", errno);
	}
	if (n == 0) {
		return refuse(why, REFUSED_CHANGED);
	}
	*p = h->chunk;
	return n;
}
