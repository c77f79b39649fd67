/*
 * rights.h - the rights that Exim's user and its filters have
 *
 * Errors:  -1 with *why filled in
 */
#ifndef EXIM_RIGHTS_H
#define EXIM_RIGHTS_H

#include <sys/types.h>

#include "exim/fail.h"
#include "exim/limits.h"

struct section;
struct exim_config;

struct rights {
	uid_t user;
	gid_t group, more[RULE_GROUPS_MAX]; /* and supplementary groups */
	size_t count;
};

/*
 * What a privileged Exim gives to the filter of this transport. Where the transport runs as the
 * recipient, user and group are those of nobody.
 */
void rights_of(const struct exim_config *exim, const struct section *transport, struct rights *r);

/*
 * What its filters have between them: Exim's own user, and each group that a transport with
 * mailgraft-filter gives.
 */
void rights_of_all(const struct exim_config *exim, struct rights *r);

/* As root: takes these rights for good. -1 with errno. */
int rights_take(const struct rights *r);

/*
 * As root: becomes, for good, the user and group that own Exim's spool
 * directory, with the groups that this user is in. As anybody else: does nothing.
 */
int exim_become(const char *directory, struct exim_fail *why);

#endif
