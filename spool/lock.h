/*
 * lock.h - locks of a spool that end with whoever holds them
 *
 * Open file description locks on SPOOL/lock: the kernel releases them when the
 * descriptor is closed, so also at SIGKILL, and a file that is left behind
 * means nothing. They stand on different bytes of one file:
 *
 *	LOCK_SWEEP      held by a gc from start to end: one at a time
 *	LOCK_REMOVE     shared by `put` while it makes sure that what it will answer
 *	                for is there, and young; exclusive for gc while it looks at
 *	                the age of one thing and removes it
 *	LOCK_ADDING     shared by `put` from when a blob is counted until it has its
 *	                name (used.h)
 *	LOCK_COUNT      exclusive, while the count is read and written
 *	LOCK_APPLY      exclusive, while the limits of messages are replaced
 */
#ifndef SPOOL_LOCK_H
#define SPOOL_LOCK_H

#include <stdbool.h>

#include "spool/spool.h"

enum lock { LOCK_SWEEP, LOCK_REMOVE, LOCK_ADDING, LOCK_COUNT, LOCK_APPLY };

/* Opens SPOOL/lock, and makes it where it is missing. Returns the descriptor. */
int lock_open(const struct spool *spool, struct spool_fail *why);

/* With `wait`, returns when the lock is held; without, -EAGAIN where somebody else has it. */
int lock_take(int fd, enum lock lock, bool exclusive, bool wait, struct spool_fail *why);
void lock_release(int fd, enum lock lock);

#endif
