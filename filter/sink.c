/*
 * sink.c - see sink.h
 */
#include "filter/sink.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

void
sink_to_fd(struct sink *s, int fd)
{
	s->fd = fd;
	s->error = 0;
	s->bytes = 0;
	s->first_byte = NULL;
	s->buffered = 0;
}

void
sink_to_counter(struct sink *s)
{
	sink_to_fd(s, -1);
}

/* Waits until a non-blocking descriptor takes more. */
static int
wait_writable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};

	return poll(&p, 1, -1) < 0 && errno != EINTR ? -errno : 0;
}

/* Writes what is gathered, and then p, with one call where the kernel takes it all. */
static int
write_out(struct sink *s, const void *p, size_t len)
{
	/* writev's iovec is not const, though it only reads. */
	struct iovec v[2] = {
		{.iov_base = s->buffer, .iov_len = s->buffered},
		{.iov_base = (void *)(uintptr_t)p, .iov_len = len},
	};
	size_t i = 0;

	if (s->error != 0) {
		return s->error;
	}
	if (s->first_byte != NULL && s->buffered + len > 0) {
		s->first_byte();
		s->first_byte = NULL;
	}
	while (i < 2) {
		ssize_t n;

		if (v[i].iov_len == 0) {
			i++;
			continue;
		}
		n = writev(s->fd, v + i, (int)(2 - i));
		if (n < 0 && errno == EAGAIN) {
			s->error = wait_writable(s->fd);
		} else if (n < 0 && errno != EINTR) {
			s->error = -errno;
		}
		if (s->error != 0) {
			return s->error;
		}
		for (size_t left = n < 0 ? 0 : (size_t)n; left > 0 && i < 2;) {
			size_t step = left < v[i].iov_len ? left : v[i].iov_len;

			v[i].iov_base = (uint8_t *)v[i].iov_base + step;
			v[i].iov_len -= step;
			left -= step;
			i += v[i].iov_len == 0;
		}
	}
	s->buffered = 0;
	return 0;
}

int
sink_write(struct sink *s, const void *p, size_t len)
{
	s->bytes += len;
	if (s->fd < 0) {
		return 0;
	}
	if (len > sizeof(s->buffer) - s->buffered) {
		return write_out(s, p, len);
	}
	memcpy(s->buffer + s->buffered, p, len);
	s->buffered += len;
	return s->error;
}

int
sink_text(struct sink *s, const char *text)
{
	return sink_write(s, text, strlen(text));
}

void
sink_expect(struct sink *s, uint64_t len)
{
	if (s->fd >= 0 && len > SINK_BUFFER && fcntl(s->fd, F_GETPIPE_SZ) < SINK_PIPE) {
		fcntl(s->fd, F_SETPIPE_SZ, SINK_PIPE);
	}
}

void
sink_count(struct sink *s, uint64_t len)
{
	assert(s->fd < 0);
	s->bytes += len;
}

int
sink_flush(struct sink *s)
{
	return s->fd < 0 ? 0 : write_out(s, NULL, 0);
}
