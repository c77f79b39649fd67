/*
 * fsck.c - checks a spool: its places first, then what is stored
 */
#include "spool/fsck.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/checker.h"
#include "spool/create.h"
#include "spool/fsck-places.h"
#include "spool/fsck-stored.h"
#include "spool/lock.h"

int
fsck(const struct spool *spool, const struct fsck_options *options, struct fsck_result *result,
    struct spool_fail *why)
{
	struct checker *c = NULL;
	int lock = -1, ret = create_allowed(spool, why);

	memset(result, 0, sizeof(*result));
	if (ret != 0) {
		return ret;
	}
	lock = lock_open(spool, why);
	if (lock == -EROFS && !options->repair) {
		ret = 0; /* a mount on which no gc can remove anything */
	} else {
		ret = lock < 0 ? lock : lock_take(lock, LOCK_SWEEP, true, false, why);
	}
	if (ret != 0) {
		ret = ret == -EAGAIN ? spool_fail_check(why, FAIL_SWEEP, "lock", EAGAIN) : ret;
		goto out;
	}
	c = calloc(1, sizeof(*c));
	if (c == NULL) {
		ret = spool_fail(why, "malloc", NULL, ENOMEM);
		goto out;
	}
	c->spool = spool;
	c->options = options;
	c->result = result;
	ret = fsck_places(c, why);
	if (ret == 0) {
		ret = refs_new(spool, &c->refs, why);
	}
	if (ret == 0) {
		ret = fsck_stored(c, why);
	}
	refs_free(&c->refs);
out:
	free(c);
	if (lock >= 0) {
		close(lock);
	}
	return ret;
}
