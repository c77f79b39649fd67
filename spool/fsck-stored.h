/*
 * fsck-stored.h - the part of fsck that reads every entry and every blob
 */
#ifndef SPOOL_FSCK_STORED_H
#define SPOOL_FSCK_STORED_H

#include "spool/checker.h"

/*
 * Entries against their names and blobs; then blobs against their digests, and against
 * what the entries say of them. c->refs must be new.
 */
int fsck_stored(struct checker *c, struct spool_fail *why);

#endif
