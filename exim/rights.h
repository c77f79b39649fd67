/*
 * rights.h - reads what is hostile with the rights of Exim's user alone
 *
 * Errors:  -1 with *why filled in
 */
#ifndef EXIM_RIGHTS_H
#define EXIM_RIGHTS_H

#include <sys/types.h>

#include "exim/fail.h"

/*
 * As root: becomes, for good, the user and group that own Exim's spool
 * directory, with one more group where `more` is not NULL. As anybody else:
 * does nothing.
 */
int exim_become(const char *directory, const gid_t *more, struct exim_fail *why);

#endif
