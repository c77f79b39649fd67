/*
 * dial.c - see dial.h
 */
#include "relay/dial.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void
dial_text(const struct settings_address *a, char *text, size_t cap)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)&a->address;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&a->address;
	const void *bytes = a->address.ss_family == AF_INET6 ? (const void *)&in6->sin6_addr
	                                                     : (const void *)&in->sin_addr;

	if (inet_ntop(a->address.ss_family, bytes, text, (socklen_t)cap) == NULL) {
		snprintf(text, cap, "?");
	}
}

static enum wire_status
wait_connected(int fd, struct vigil *vigil, int *error_r)
{
	socklen_t len = sizeof(*error_r);

	switch (vigil_wait(vigil, fd, POLLOUT, vigil_now() + CONNECT_MS)) {
	case VIGIL_READY:
		break;
	case VIGIL_LATE:
		*error_r = ETIMEDOUT;
		return WIRE_BROKEN;
	case VIGIL_GONE:
		return WIRE_GONE;
	case VIGIL_STOPPED:
		return WIRE_STOPPED;
	default:
		*error_r = errno;
		return WIRE_BROKEN;
	}
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, error_r, &len) < 0) {
		*error_r = errno;
	}
	return *error_r == 0 ? WIRE_FINE : WIRE_BROKEN;
}

/* One address. Returns the descriptor, or -1 with *error_r. */
static int
dial_one(const struct settings_address *to, const struct settings_address *source,
    struct vigil *vigil, enum wire_status *status_r, int *error_r)
{
	bool bound;
	int fd = socket(to->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int on = 1;

	*error_r = 0;
	*status_r = WIRE_BROKEN;
	if (fd < 0) {
		*error_r = errno;
		return -1;
	}
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	bound = source == NULL || source->len == 0 ||
	    bind(fd, (const struct sockaddr *)&source->address, source->len) == 0;
	if (bound && connect(fd, (const struct sockaddr *)&to->address, to->len) == 0) {
		*status_r = WIRE_FINE;
	} else if (!bound || errno != EINPROGRESS) {
		*error_r = errno;
	} else {
		*status_r = wait_connected(fd, vigil, error_r);
	}
	if (*status_r != WIRE_FINE) {
		close(fd);
		return -1;
	}
	return fd;
}

int
dial(const struct settings_address *to, unsigned count, const struct settings_address *source4,
    const struct settings_address *source6, struct vigil *vigil, unsigned *which_r,
    enum wire_status *status_r, char *why, size_t cap)
{
	char text[INET6_ADDRSTRLEN];

	*status_r = WIRE_BROKEN;
	snprintf(why, cap, "it has no address");
	for (unsigned i = 0; i < count; i++) {
		int error;
		int fd = dial_one(&to[i], to[i].address.ss_family == AF_INET6 ? source6 : source4,
		    vigil, status_r, &error);

		if (fd >= 0) {
			*which_r = i;
			return fd;
		}
		if (*status_r != WIRE_BROKEN) {
			return -1;
		}
		dial_text(&to[i], text, sizeof(text));
		snprintf(why, cap, "[%s]: %s", text, strerror(error));
	}
	return -1;
}
