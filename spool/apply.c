/*
 * apply.c - writes SPOOL/format
 */
#include "spool/apply.h"

#include <errno.h>
#include <unistd.h>

#include "spool/create.h"
#include "spool/lock.h"

int
apply_file(const struct spool *spool, const struct format_limits *limits, struct spool_fail *why)
{
	char text[FORMAT_FILE_MAX];
	size_t len = format_print(limits, text);
	int ret, fd = create_file(spool, ".", 0440, why);

	if (fd < 0) {
		return fd;
	}
	ret = create_write(fd, text, len, "format", why);
	if (ret == 0 && fsync(fd) != 0) {
		ret = spool_fail(why, "fsync", "format", errno);
	}
	if (ret != 0) {
		close(fd);
		return ret;
	}
	return fd;
}

int
apply_limits(const struct spool *spool, const struct format_limits *limits, struct spool_fail *why)
{
	int ret = create_allowed(spool, why), lock, fd;

	if (ret != 0) {
		return ret;
	}
	lock = lock_open(spool, why);
	if (lock < 0) {
		return lock;
	}
	ret = lock_take(lock, LOCK_APPLY, true, true, why);
	fd = ret == 0 ? apply_file(spool, limits, why) : ret;
	if (fd >= 0) {
		ret = create_replace(spool, fd, "format", why);
		close(fd);
	} else {
		ret = fd;
	}
	close(lock);
	return ret;
}
