/*
 * landlock.h - which files a process may still open (Linux 5.13; landlock(7))
 *
 *	landlock_begin -> landlock_allow ... -> landlock_enforce
 *
 * A kernel without Landlock, or with it switched off, confines nothing: then landlock_begin() gives
 * -1, and the other calls do nothing. The process must have given up new privileges before
 * (PR_SET_NO_NEW_PRIVS).
 *
 * Not here: system calls (sandbox.c and the relay have a list each)
 */
#ifndef FILTER_LANDLOCK_H
#define FILTER_LANDLOCK_H

#include <linux/landlock.h>
#include <stdint.h>

/* A set of rules that allows nothing yet, as a descriptor; or -1. */
int landlock_begin(void);

/* Allows `access` (LANDLOCK_ACCESS_FS_…) beneath an open folder; a folder of -1 is passed over. */
void landlock_allow(int rules, int folder, uint64_t access);

/* From here on only what is allowed can be opened, by this process and its children. Closes
 * `rules`. */
void landlock_enforce(int rules);

#endif
