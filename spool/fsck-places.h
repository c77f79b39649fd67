/*
 * fsck-places.h - the part of fsck that looks at folders, and at names outside the shards
 */
#ifndef SPOOL_FSCK_PLACES_H
#define SPOOL_FSCK_PLACES_H

#include "spool/checker.h"

/*
 * The folders of the spool; then what lies at its top, in keys/ and spill/, and beside
 * the shards.
 */
int fsck_places(struct checker *c, struct spool_fail *why);

#endif
