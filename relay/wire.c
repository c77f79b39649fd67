/*
 * wire.c - see wire.h
 */
#include "relay/wire.h"

#include <assert.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void
wire_begin(struct wire *w, int fd, struct vigil *vigil)
{
	w->fd = fd;
	w->ssl = NULL;
	w->vigil = vigil;
	w->why[0] = '\0';
	w->at = w->have = 0;
}

void
wire_close(struct wire *w)
{
	if (w->ssl != NULL) {
		SSL_free(w->ssl);
		w->ssl = NULL;
	}
	if (w->fd >= 0) {
		close(w->fd);
		w->fd = -1;
	}
	w->at = w->have = 0;
}

static enum wire_status
broken(struct wire *w, int error)
{
	snprintf(w->why, sizeof(w->why), "%s", strerror(error));
	return error == ECONNRESET || error == EPIPE ? WIRE_CLOSED : WIRE_BROKEN;
}

static enum wire_status
wait_for(struct wire *w, short events, int64_t deadline)
{
	switch (vigil_wait(w->vigil, w->fd, events, deadline)) {
	case VIGIL_READY:
		return WIRE_FINE;
	case VIGIL_LATE:
		return WIRE_LATE;
	case VIGIL_GONE:
		return WIRE_GONE;
	case VIGIL_STOPPED:
		return WIRE_STOPPED;
	default:
		return broken(w, errno);
	}
}

enum wire_status
wire_tls_wait(struct wire *w, int result, int64_t deadline)
{
	int error = errno;
	unsigned long code;

	switch (SSL_get_error(w->ssl, result)) {
	case SSL_ERROR_WANT_READ:
		return wait_for(w, POLLIN, deadline);
	case SSL_ERROR_WANT_WRITE:
		return wait_for(w, POLLOUT, deadline);
	case SSL_ERROR_ZERO_RETURN:
		return WIRE_CLOSED;
	case SSL_ERROR_SYSCALL:
		return error == 0 ? WIRE_CLOSED : broken(w, error);
	default:
		code = ERR_peek_last_error();
		if (ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
			return WIRE_CLOSED;
		}
		snprintf(w->why, sizeof(w->why), "%s",
		    code != 0 ? ERR_reason_error_string(code) : "TLS failed");
		return WIRE_BROKEN;
	}
}

/* One read: bytes, 0 at the end, or -1 with *status: WIRE_FINE means: again. */
static ssize_t
read_some(struct wire *w, uint8_t *p, size_t len, int64_t deadline, enum wire_status *status)
{
	ssize_t n;

	if (w->ssl != NULL) {
		ERR_clear_error();
		errno = 0;
		n = SSL_read(w->ssl, p, (int)len);
		if (n <= 0) {
			*status = wire_tls_wait(w, (int)n, deadline);
			return -1;
		}
		return n;
	}
	n = recv(w->fd, p, len, 0);
	if (n < 0) {
		*status = errno == EAGAIN ? wait_for(w, POLLIN, deadline)
		    : errno == EINTR      ? WIRE_FINE
		                          : broken(w, errno);
	}
	return n;
}

enum wire_status
wire_fill(struct wire *w, int64_t deadline)
{
	enum wire_status status = WIRE_FINE;

	if (w->at > 0) {
		memmove(w->in, w->in + w->at, w->have - w->at);
		w->have -= w->at;
		w->at = 0;
	}
	assert(w->have < sizeof(w->in));
	do {
		ssize_t n = read_some(
		    w, w->in + w->have, sizeof(w->in) - w->have, deadline, &status);

		if (n >= 0) {
			w->have += (size_t)n;
			return n > 0 ? WIRE_FINE : WIRE_CLOSED;
		}
	} while (status == WIRE_FINE);
	return status;
}

enum wire_status
wire_write(struct wire *w, const void *p, size_t len, int64_t deadline)
{
	const uint8_t *from = p;
	enum wire_status status = WIRE_FINE;

	while (len > 0 && status == WIRE_FINE) {
		ssize_t n;

		if (w->ssl != NULL) {
			ERR_clear_error();
			errno = 0;
			n = SSL_write(w->ssl, from, len < 1 << 30 ? (int)len : 1 << 30);
			if (n <= 0) {
				status = wire_tls_wait(w, (int)n, deadline);
				continue;
			}
		} else {
			n = send(w->fd, from, len, MSG_NOSIGNAL);
			if (n < 0) {
				status = errno == EAGAIN ? wait_for(w, POLLOUT, deadline)
				    : errno == EINTR     ? WIRE_FINE
				                         : broken(w, errno);
				continue;
			}
		}
		from += n;
		len -= (size_t)n;
	}
	return status;
}

bool
wire_stirs(struct wire *w)
{
	struct pollfd p = {.fd = w->fd, .events = POLLIN | POLLRDHUP};

	return w->have > w->at || (w->ssl != NULL && SSL_pending(w->ssl) > 0) ||
	    poll(&p, 1, 0) != 0;
}

const char *
wire_why(const struct wire *w, enum wire_status status)
{
	switch (status) {
	case WIRE_FINE:
		return "nothing failed";
	case WIRE_LATE:
		return "it took too long";
	case WIRE_GONE:
		return "the mail server that handed over the message is gone";
	case WIRE_STOPPED:
		return "the relay is stopping";
	case WIRE_CLOSED:
		return "the connection was closed";
	default:
		return w->why;
	}
}
