/*
 * vigil.c - see vigil.h
 */
#include "relay/vigil.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stddef.h>
#include <time.h>

int64_t
vigil_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t
vigil_now(void)
{
	return vigil_now_us() / 1000;
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Until when it may wait; *stops_r: it is our stop that ends the wait. */
static int64_t
wait_until(const struct vigil *v, int64_t deadline, bool *stops_r)
{
	int64_t stop = v->stopped_at + v->grace_ms;

	if (v->limit != 0) {
		deadline = earlier(deadline, v->limit);
	}
	*stops_r = v->stopped_at != 0 && !v->after_dot && stop <= deadline;
	return *stops_r ? stop : deadline;
}

/* One poll. `fd` may be -1. Returns 1: go on; 0: *end_r has the end. */
static int
look_once(struct vigil *v, int fd, short events, int timeout, enum vigil_end *end_r)
{
	struct pollfd p[3] = {{.fd = fd, .events = events}, {.fd = -1}, {.fd = -1}};

	if (!v->after_dot && v->mta != fd) {
		p[1] = (struct pollfd){.fd = v->mta, .events = POLLRDHUP};
	}
	if (v->stopped_at == 0) {
		p[2] = (struct pollfd){.fd = v->stop, .events = POLLIN};
	}
	if (poll(p, 3, timeout) < 0) {
		*end_r = VIGIL_ERROR;
		return errno == EINTR;
	}
	if (p[2].revents != 0) {
		v->stopped_at = vigil_now();
	}
	if (p[1].revents != 0) {
		*end_r = VIGIL_GONE;
		return 0;
	}
	*end_r = VIGIL_READY;
	return p[0].revents == 0;
}

enum vigil_end
vigil_wait(struct vigil *v, int fd, short events, int64_t deadline)
{
	enum vigil_end end;
	int64_t left;

	do {
		bool stops;

		left = wait_until(v, deadline, &stops) - vigil_now();
		if (left <= 0) {
			/* what is there already is taken all the same */
			if (!stops && look_once(v, fd, events, 0, &end) == 0) {
				return end;
			}
			return stops ? VIGIL_STOPPED : VIGIL_LATE;
		}
	} while (look_once(v, fd, events, (int)earlier(left, INT_MAX), &end) != 0);
	return end;
}

enum vigil_end
vigil_look(struct vigil *v)
{
	enum vigil_end end = VIGIL_READY;
	bool stops;

	while (look_once(v, -1, 0, 0, &end) != 0 && end == VIGIL_ERROR) {
	}
	if (end == VIGIL_READY) {
		int64_t until = wait_until(v, INT64_MAX, &stops);

		if (stops && until <= vigil_now()) {
			end = VIGIL_STOPPED;
		}
	}
	return end;
}

bool
vigil_stopping(struct vigil *v)
{
	(void)vigil_look(v);
	return v->stopped_at != 0;
}
