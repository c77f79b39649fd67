/*
 * used.c - reads and writes SPOOL/used
 */
#include "spool/used.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "spool/create.h"
#include "spool/lock.h"
#include "spool/walk.h"

enum { DIGITS = 20, TEXT = DIGITS + 1 };

static const char file[] = "used";

/* -ENODATA: there is none. */
static int
open_count(const struct spool *spool, int flags, struct spool_fail *why)
{
	int fd = spool_open_beneath(spool, file, flags | O_NONBLOCK, 0, why);

	return fd == -ENOENT ? spool_fail_check(why, FAIL_USED, file, ENODATA) : fd;
}

/* -ENODATA: it is no count. */
static int
read_count(int fd, uint64_t *bytes_r, struct spool_fail *why)
{
	char text[TEXT + 1];
	uint64_t bytes = 0;
	ssize_t n;

	do {
		n = pread(fd, text, sizeof(text), 0);
	} while (n < 0 && errno == EINTR);
	if (n < 0) {
		return spool_fail(why, "read", file, errno);
	}
	if (n != TEXT || text[DIGITS] != '\n') {
		return spool_fail_check(why, FAIL_USED, file, ENODATA);
	}
	for (int i = 0; i < DIGITS; i++) {
		uint64_t digit = (uint64_t)(text[i] - '0');
		if (digit > 9 || bytes > ((uint64_t)INT64_MAX - digit) / 10) {
			return spool_fail_check(why, FAIL_USED, file, ENODATA);
		}
		bytes = bytes * 10 + digit;
	}
	*bytes_r = bytes;
	return 0;
}

static int
write_count(int fd, uint64_t bytes, struct spool_fail *why)
{
	char text[TEXT + 1];
	ssize_t n;

	snprintf(text, sizeof(text), "%020" PRIu64 "\n", bytes);
	do {
		n = pwrite(fd, text, TEXT, 0);
	} while (n < 0 && errno == EINTR);
	if (n < 0) {
		return spool_fail(why, "write", file, errno);
	}
	return n == TEXT ? 0 : spool_fail(why, "write", file, EIO);
}

/* A file with this count, unnamed. */
static int
new_count(const struct spool *spool, uint64_t bytes, struct spool_fail *why)
{
	int ret, fd = create_file(spool, ".", 0600, why);

	if (fd < 0) {
		return fd;
	}
	ret = write_count(fd, bytes, why);
	if (ret == 0 && fsync(fd) != 0) {
		ret = spool_fail(why, "fsync", file, errno);
	}
	if (ret != 0) {
		close(fd);
		return ret;
	}
	return fd;
}

int
used_make(const struct spool *spool, struct spool_fail *why)
{
	int ret, fd = new_count(spool, 0, why);

	if (fd < 0) {
		return fd;
	}
	ret = create_link(spool, fd, file, why);
	close(fd);
	return ret == -EEXIST ? 0 : ret;
}

/* The holder of the lock reads and writes, and keeps it no longer. */
static int
take(const struct spool *spool, int lock, uint64_t *bytes_r, struct spool_fail *why)
{
	int ret, fd = open_count(spool, O_RDWR, why);

	*bytes_r = 0;
	if (fd < 0) {
		return fd;
	}
	ret = lock_take(lock, LOCK_COUNT, true, true, why);
	if (ret == 0) {
		ret = read_count(fd, bytes_r, why);
		if (ret != 0) {
			lock_release(lock, LOCK_COUNT);
		}
	}
	if (ret != 0) {
		close(fd);
		return ret;
	}
	return fd;
}

static void
give_back(int fd, int lock)
{
	lock_release(lock, LOCK_COUNT);
	close(fd);
}

int
used_add(const struct spool *spool, int lock, uint64_t bytes, uint64_t max, struct spool_fail *why)
{
	uint64_t now;
	int ret, fd = take(spool, lock, &now, why);

	if (fd < 0) {
		return fd == -ENODATA && max == INT64_MAX ? 0 : fd;
	}
	ret = now > max || bytes > max - now ? spool_fail_check(why, FAIL_TOTAL, NULL, EDQUOT)
	                                     : write_count(fd, now + bytes, why);
	give_back(fd, lock);
	return ret;
}

void
used_subtract(const struct spool *spool, int lock, uint64_t bytes)
{
	uint64_t now;
	int fd = take(spool, lock, &now, NULL);

	if (fd < 0) {
		return;
	}
	(void)write_count(fd, now > bytes ? now - bytes : 0, NULL);
	give_back(fd, lock);
}

int
used_sync(const struct spool *spool, struct spool_fail *why)
{
	int ret, fd = open_count(spool, O_RDWR, why);

	if (fd < 0) {
		return fd == -ENODATA ? 0 : fd;
	}
	ret = fsync(fd) == 0 ? 0 : spool_fail(why, "fsync", file, errno);
	close(fd);
	return ret;
}

static int
look(const struct spool *spool, uint64_t *bytes_r, struct spool_fail *why)
{
	int ret, fd = open_count(spool, O_RDONLY, why);

	*bytes_r = 0;
	if (fd < 0) {
		return fd;
	}
	ret = read_count(fd, bytes_r, why);
	close(fd);
	return ret;
}

int
used_check(const struct spool *spool, struct spool_fail *why)
{
	uint64_t bytes;

	return look(spool, &bytes, why);
}

uint64_t
used_get(const struct spool *spool)
{
	struct spool_fail why = {0};
	uint64_t bytes;

	return look(spool, &bytes, &why) == 0 ? bytes : 0;
}

static int
count_blobs(const struct spool *spool, struct spool_fail *why)
{
	uint64_t bytes = 0;
	struct walk_file f;
	struct walk w;
	int ret, fd;

	walk_begin(&w, spool, WALK_BLOBS);
	while ((ret = walk_next(&w, &f, why)) > 0) {
		bytes += (uint64_t)f.st.st_size;
	}
	walk_end(&w);
	if (ret != 0) {
		return ret;
	}
	fd = new_count(spool, bytes, why);
	if (fd < 0) {
		return fd;
	}
	ret = create_replace(spool, fd, file, why);
	close(fd);
	return ret;
}

int
used_recount_begin(
    const struct spool *spool, int lock, struct used_recount *r, struct spool_fail *why)
{
	int ret = lock_take(lock, LOCK_ADDING, true, false, why), fd;

	*r = (struct used_recount){.alone = ret == 0};
	if (ret != 0) {
		return ret == -EAGAIN ? 0 : ret;
	}
	fd = take(spool, lock, &r->before, why);
	if (fd == -ENODATA && (ret = count_blobs(spool, why)) == 0) {
		fd = take(spool, lock, &r->before, why);
	}
	if (fd >= 0) {
		give_back(fd, lock);
	} else if (ret == 0) {
		ret = fd;
	}
	lock_release(lock, LOCK_ADDING);
	return ret;
}

int
used_recount_end(const struct spool *spool, int lock, const struct used_recount *r, uint64_t left,
    uint64_t removed, struct spool_fail *why)
{
	uint64_t now, next;
	int ret, fd = take(spool, lock, &now, why);

	if (fd < 0) {
		return fd == -ENODATA ? 0 : fd;
	}
	next = now > removed ? now - removed : 0;
	/* The walk may have seen what was added since. So this count is too high at most, never too
	 * low.
	 */
	if (r->alone && left + now >= r->before && left + now - r->before < next) {
		next = left + now - r->before;
	}
	ret = write_count(fd, next, why);
	give_back(fd, lock);
	return ret;
}
