/*
 * vigil.h - waiting for one descriptor, and seeing meanwhile that the MTA is gone or we shall stop
 *
 * Nothing may be sent for an MTA that is gone: it tries again, and there would be two copies. A
 * relay that stops gives what is under way some time. After the final dot neither counts: the
 * answer must be heard.
 */
#ifndef RELAY_VIGIL_H
#define RELAY_VIGIL_H

#include <stdbool.h>
#include <stdint.h>

enum vigil_end {
	VIGIL_READY,
	VIGIL_LATE,    /* the deadline has passed */
	VIGIL_GONE,    /* the MTA has closed its side */
	VIGIL_STOPPED, /* we stop, and the time for what is under way is over */
	VIGIL_ERROR,   /* errno says which */
};

struct vigil {
	int mta;            /* -1: nobody to watch */
	int stop;           /* readable, or closed, when we shall stop; -1: never */
	int64_t grace_ms;   /* how long what is under way may still take then */
	int64_t limit;      /* no wait is longer than to here; 0: no limit */
	bool after_dot;     /* wait for `limit` and the caller's deadline alone */
	int64_t stopped_at; /* 0: not yet */
};

/* Milliseconds on a clock that only goes forward. */
int64_t vigil_now(void);

/* The same in microseconds, for what is measured. */
int64_t vigil_now_us(void);

/* Waits until `fd` has one of `events` (poll), at most to `deadline`. */
enum vigil_end vigil_wait(struct vigil *v, int fd, short events, int64_t deadline);

/* Whether the MTA is gone, or our time is over, without waiting. VIGIL_READY: neither. */
enum vigil_end vigil_look(struct vigil *v);

/* Whether we shall stop. */
bool vigil_stopping(struct vigil *v);

#endif
