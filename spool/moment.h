/*
 * moment.h - when something was made, by two clocks
 *
 * `put` leaves out a system call for a file that is surely young. The clock that file
 * times come from may be set; the other one cannot, and it runs on while the machine
 * is suspended. Both must say that little time has passed.
 */
#ifndef SPOOL_MOMENT_H
#define SPOOL_MOMENT_H

#include <stdbool.h>
#include <time.h>

struct moment {
	time_t real; /* CLOCK_REALTIME, seconds */
	time_t boot; /* CLOCK_BOOTTIME, seconds */
};

struct moment moment_now(void);

/* Less than STORE_YOUNG seconds ago by both clocks. */
bool moment_is_recent(const struct moment *m);

#endif
