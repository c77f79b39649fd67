/*
 * seen.h - when the spool was last written to or swept, by the clock of then
 *
 * A clock that is behind what the spool has seen is wrong now, or was wrong then.
 *
 * Owns:    nothing; asks for the times of the spool's folders and small files
 * Returns: seconds since 1970; what is missing or cannot be read counts as never seen (0)
 */
#ifndef SPOOL_SEEN_H
#define SPOOL_SEEN_H

#include <stdbool.h>
#include <time.h>

#include "spool/spool.h"

/* The last sweep, and the last new content where those are counted (used.h): two system calls. */
time_t seen_lately(const struct spool *spool);

/* The same, and the last new name in any folder. */
time_t seen_last(const struct spool *spool);

/*
 * May expiry be believed at `now`? False where the clock is more than CLOCK_JUMP_MAX ahead of all
 * that the spool has seen: then a token or an age that is past may be so only by a wrong clock,
 * and must wait. A sweep, or whatever is stored, makes the spool see the time. Some 500 system
 * calls: ask only when something has expired.
 */
bool seen_believes(const struct spool *spool, time_t now);

/* It has seen nothing later than `now`. What it cannot set it leaves. */
void seen_forget_later(const struct spool *spool, time_t now);

#endif
