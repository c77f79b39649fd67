/*
 * apply.h - puts the limits of messages into a spool, where the filter reads them
 *
 * SPOOL/format is replaced by rename: a filter reads the old limits or the new
 * ones, and so does the next after a power cut.
 *
 * Errors:  -errno with *why filled in; -EACCES with call "owner": neither the spool's owner nor
 * root Not here: the text of the file (format.h)
 */
#ifndef SPOOL_APPLY_H
#define SPOOL_APPLY_H

#include "spool/format.h"
#include "spool/spool.h"

int apply_limits(
    const struct spool *spool, const struct format_limits *limits, struct spool_fail *why);

/* An unnamed, complete and durable `format`. Returns its descriptor. */
int apply_file(
    const struct spool *spool, const struct format_limits *limits, struct spool_fail *why);

#endif
