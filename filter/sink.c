/*
 * sink.c - see sink.h
 */
#include "filter/sink.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

void
sink_to_fd(struct sink *s, int fd)
{
	s->fd = fd;
	s->error = 0;
	s->bytes = 0;
	s->first_byte = NULL;
	s->pace = (struct pace){.is_pipe = false};
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

static int
write_out(struct sink *s, const uint8_t *p, size_t len)
{
	if (s->error != 0) {
		return s->error;
	}
	if (s->first_byte != NULL && len > 0) {
		s->first_byte();
		s->first_byte = NULL;
	}
	while (len > 0) {
		ssize_t n = write(s->fd, p, pace_write(&s->pace, len));

		if (n >= 0) {
			p += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			s->error = wait_writable(s->fd);
		} else if (errno != EINTR) {
			s->error = -errno;
		}
		if (s->error != 0) {
			return s->error;
		}
	}
	return 0;
}

/* What is gathered goes out, but for an end that fills no whole pages. */
static int
write_gathered(struct sink *s)
{
	size_t rest = s->buffered % SINK_WHOLE;
	size_t whole = s->buffered - rest;

	pace_before(&s->pace);
	s->buffered = rest;
	if (write_out(s, s->buffer, whole) < 0) {
		return s->error;
	}
	pace_behind(&s->pace);
	memcpy(s->buffer, s->buffer + whole, rest);
	return 0;
}

int
sink_write(struct sink *s, const void *p, size_t len)
{
	const uint8_t *from = p;

	s->bytes += len;
	if (s->fd < 0) {
		return 0;
	}
	while (len > sizeof(s->buffer) - s->buffered) {
		size_t n = sizeof(s->buffer) - s->buffered;

		memcpy(s->buffer + s->buffered, from, n);
		s->buffered += n;
		from += n;
		len -= n;
		if (write_gathered(s) < 0) {
			return s->error;
		}
	}
	memcpy(s->buffer + s->buffered, from, len);
	s->buffered += len;
	return s->error;
}

uint8_t *
sink_room(struct sink *s, size_t len)
{
	assert(s->fd >= 0 && len <= SINK_ROOM);
	if (len > sizeof(s->buffer) - s->buffered) {
		write_gathered(s);
	}
	return s->buffer + s->buffered;
}

int
sink_fill(struct sink *s, size_t len)
{
	s->bytes += len;
	s->buffered += len;
	return s->buffered > SINK_LARGE ? write_gathered(s) : s->error;
}

int
sink_text(struct sink *s, const char *text)
{
	return sink_write(s, text, strlen(text));
}

void
sink_expect(struct sink *s, uint64_t len)
{
	if (s->fd >= 0 && len > SINK_LARGE) {
		pace_begin(&s->pace, s->fd);
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
	size_t n = s->buffered;

	s->buffered = 0;
	return s->fd < 0 ? 0 : write_out(s, s->buffer, n);
}
