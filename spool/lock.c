/*
 * lock.c - open file description locks on SPOOL/lock
 */
#include "spool/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool/create.h"

static int
make(const struct spool *spool, struct spool_fail *why)
{
	int ret, fd = create_file(spool, ".", 0600, why);

	if (fd < 0) {
		return fd;
	}
	ret = create_link(spool, fd, "lock", why);
	close(fd);
	return ret == -EEXIST ? 0 : ret;
}

int
lock_open(const struct spool *spool, struct spool_fail *why)
{
	int ret, fd;

	for (;;) {
		fd = spool_open_beneath(spool, "lock", O_RDWR | O_NONBLOCK, 0, why);
		if (fd != -ENOENT) {
			return fd;
		}
		ret = make(spool, why);
		if (ret != 0) {
			return ret;
		}
	}
}

int
lock_take(int fd, enum lock lock, bool exclusive, bool wait, struct spool_fail *why)
{
	struct flock range = {
	    .l_type = exclusive ? F_WRLCK : F_RDLCK,
	    .l_whence = SEEK_SET,
	    .l_start = lock,
	    .l_len = 1,
	};

	while (fcntl(fd, wait ? F_OFD_SETLKW : F_OFD_SETLK, &range) != 0) {
		if (errno == EACCES) {
			errno = EAGAIN;
		}
		if (errno != EINTR) {
			return spool_fail(why, "fcntl", "lock", errno);
		}
	}
	return 0;
}

void
lock_release(int fd, enum lock lock)
{
	struct flock range = {
	    .l_type = F_UNLCK,
	    .l_whence = SEEK_SET,
	    .l_start = lock,
	    .l_len = 1,
	};

	fcntl(fd, F_OFD_SETLK, &range);
}
