/*
 * init.h - makes a spool
 *
 * The folders, a lock file and a first key, and last the file `format`: a
 * spool that was left half made is none, and making it again completes it.
 */
#ifndef SPOOL_INIT_H
#define SPOOL_INIT_H

#include <stdint.h>
#include <sys/types.h>

#include "spool/key.h"
#include "spool/spool.h"

/*
 * Makes a spool at `path`; its directory is made where it is missing, and then
 * given to owner and group ((uid_t)-1, (gid_t)-1: whoever makes it). A
 * directory that is there keeps both. `now` in EXPIRY_UNITs.
 *
 * -EEXIST: there is a spool. -ENOTEMPTY: there is something else.
 */
int spool_init(const char *path, uid_t owner, gid_t group, uint32_t now, struct key *key_r,
    struct spool_fail *why);

#endif
