/*
 * rights.c - see rights.h
 */
#include "exim/rights.h"

#include <errno.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

int
exim_become(const char *directory, const gid_t *more, struct exim_fail *why)
{
	struct stat queue;
	gid_t groups[2];

	if (geteuid() != 0) {
		return 0;
	}
	if (stat(directory, &queue) < 0) {
		return exim_fail(why, EXIM_CANNOT_READ_QUEUE, errno, directory, NULL);
	}
	groups[0] = queue.st_gid;
	groups[1] = more == NULL ? queue.st_gid : *more;
	if (setgroups(2, groups) < 0 || setresgid(queue.st_gid, queue.st_gid, queue.st_gid) < 0 ||
	    setresuid(queue.st_uid, queue.st_uid, queue.st_uid) < 0) {
		return exim_fail(why, EXIM_CANNOT_BECOME, errno, directory, NULL);
	}
	return 0;
}
