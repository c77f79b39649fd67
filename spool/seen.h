/*
 * seen.h - when the spool was last written to or swept, by the clock of then
 *
 * If the clock is earlier than a time that the spool has seen, it is wrong now or was wrong then.
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
 * that the spool has seen: then a token may look expired only because the clock is wrong, and must
 * wait. A sweep, or a file that is stored, makes the spool see the time. Some 500 system calls: ask
 * only when something has expired.
 */
bool seen_believes(const struct spool *spool, time_t now);

/* Makes the spool forget all times later than `now`. It leaves times that it cannot set. */
void seen_forget_later(const struct spool *spool, time_t now);

#endif
