/*
 * sink.c - see sink.h
 */
#include "filter/sink.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "spool/hmac.h"

static void
begin(struct sink *s)
{
	s->error = 0;
	s->bytes = s->wire = 0;
	s->name = "output";
	s->first_byte = NULL;
	s->write = NULL;
	s->state = NULL;
	s->fd = -1;
	s->smtp = s->in_line = s->enlarged = false;
	s->buffered = 0;
}

/* Waits until a non-blocking descriptor takes more. */
static int
wait_writable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};

	return poll(&p, 1, -1) < 0 && errno != EINTR ? -errno : 0;
}

static int
write_fd(void *state, const uint8_t *p, size_t len)
{
	const struct sink *s = state;
	int error = 0;

	while (len > 0 && error == 0) {
		ssize_t n = write(s->fd, p, len);

		if (n >= 0) {
			p += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			error = wait_writable(s->fd);
		} else if (errno != EINTR) {
			error = -errno;
		}
	}
	return error;
}

static int
write_sha256(void *state, const uint8_t *p, size_t len)
{
	sha256_add(state, p, len);
	return 0;
}

static int
write_memory(void *state, const uint8_t *p, size_t len)
{
	struct sink_memory *m = state;
	size_t room = m->room - m->len;
	size_t n = len < room ? len : room;

	memcpy(m->bytes + m->len, p, n);
	m->len += n;
	return n == len ? 0 : -ENOSPC;
}

void
sink_to_function(struct sink *s, sink_function *write, void *state)
{
	begin(s);
	s->write = write;
	s->state = state;
}

void
sink_to_fd(struct sink *s, int fd)
{
	sink_to_function(s, write_fd, s);
	s->fd = fd;
}

void
sink_to_sha256(struct sink *s, struct sha256 *hash)
{
	sink_to_function(s, write_sha256, hash);
}

void
sink_to_memory(struct sink *s, struct sink_memory *memory)
{
	sink_to_function(s, write_memory, memory);
}

void
sink_to_smtp(struct sink *s, sink_function *write, void *state)
{
	sink_to_function(s, write, state);
	s->smtp = true;
}

void
sink_to_counter(struct sink *s, bool smtp)
{
	begin(s);
	s->smtp = smtp;
}

static int
write_out(struct sink *s, const uint8_t *p, size_t len)
{
	if (s->error != 0 || len == 0) {
		return s->error;
	}
	if (s->first_byte != NULL) {
		s->first_byte();
		s->first_byte = NULL;
	}
	s->error = s->write(s->state, p, len);
	return s->error;
}

/* What is gathered goes out, but for an end that fills no whole pages. */
static int
write_gathered(struct sink *s)
{
	size_t rest = s->buffered % SINK_WHOLE;
	size_t whole = s->buffered - rest;

	s->buffered = rest;
	if (write_out(s, s->buffer, whole) < 0) {
		return s->error;
	}
	memcpy(s->buffer, s->buffer + whole, rest);
	return 0;
}

/* Bytes as they leave. */
static void
gather(struct sink *s, const uint8_t *p, size_t len)
{
	s->wire += len;
	if (s->write == NULL) {
		return;
	}
	while (len > sizeof(s->buffer) - s->buffered) {
		size_t n = sizeof(s->buffer) - s->buffered;

		memcpy(s->buffer + s->buffered, p, n);
		s->buffered += n;
		p += n;
		len -= n;
		if (write_gathered(s) < 0) {
			return;
		}
	}
	memcpy(s->buffer + s->buffered, p, len);
	s->buffered += len;
}

/* Lines as SMTP has them. */
static void
gather_lines(struct sink *s, const uint8_t *p, size_t len)
{
	if (memchr(p, '\r', len) != NULL) {
		s->error = s->error != 0 ? s->error : -EILSEQ;
		return;
	}
	while (len > 0 && s->error == 0) {
		const uint8_t *lf = memchr(p, '\n', len);
		size_t n = lf == NULL ? len : (size_t)(lf - p);

		if (!s->in_line && *p == '.') {
			gather(s, p, 1);
		}
		gather(s, p, n);
		s->in_line = lf == NULL;
		if (lf != NULL) {
			gather(s, (const uint8_t *)"\r\n", 2);
			n++;
		}
		p += n;
		len -= n;
	}
}

int
sink_write(struct sink *s, const void *p, size_t len)
{
	s->bytes += len;
	if (len == 0 || s->error != 0) {
		return s->error;
	}
	if (s->smtp) {
		gather_lines(s, p, len);
	} else {
		gather(s, p, len);
	}
	return s->error;
}

int
sink_text(struct sink *s, const char *text)
{
	return sink_write(s, text, strlen(text));
}

uint8_t *
sink_room(struct sink *s, size_t len)
{
	assert(s->write != NULL && len <= SINK_ROOM);
	if (len > sizeof(s->buffer) - s->buffered) {
		write_gathered(s);
	}
	return s->buffer + s->buffered;
}

int
sink_fill(struct sink *s, size_t len, size_t lines)
{
	s->bytes += s->smtp ? len - lines : len;
	s->wire += len;
	s->buffered += len;
	if (len > 0) {
		s->in_line = s->buffer[s->buffered - 1] != '\n';
	}
	return s->buffered > SINK_LARGE ? write_gathered(s) : s->error;
}

void
sink_count(struct sink *s, uint64_t len, uint64_t lines)
{
	assert(s->write == NULL);
	s->bytes += len;
	s->wire += s->smtp ? len + lines : len;
	if (len > 0) {
		s->in_line = true;
	}
}

void
sink_enlarge_pipe(int fd)
{
	int holds = fcntl(fd, F_GETPIPE_SZ);

	if (holds >= 0 && holds < SINK_PIPE) {
		fcntl(fd, F_SETPIPE_SZ, SINK_PIPE);
	}
}

void
sink_expect(struct sink *s, uint64_t len)
{
	if (s->fd >= 0 && len > SINK_LARGE && !s->enlarged) {
		s->enlarged = true;
		sink_enlarge_pipe(s->fd);
	}
}

int
sink_flush(struct sink *s)
{
	size_t n = s->buffered;

	s->buffered = 0;
	return s->write == NULL ? s->error : write_out(s, s->buffer, n);
}

int
sink_end(struct sink *s)
{
	if (s->smtp && s->in_line && s->error == 0) {
		gather(s, (const uint8_t *)"\r\n", 2);
		s->in_line = false;
	}
	return sink_flush(s);
}
