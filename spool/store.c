/*
 * store.c - the content being written
 */
#include "spool/store.h"

#include <assert.h>
#include <errno.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "spool/create.h"

struct store {
	struct checksum checksum; /* first, for its alignment */
	struct sha256 sha256;
	const struct spool *spool;
	struct item_file file;
	uint64_t total;
	struct store_content content;
};

int
store_open(const struct spool *spool, struct store **store_r, struct spool_fail *why)
{
	struct store *s;
	int ret = create_allowed(spool, why);

	*store_r = NULL;
	if (ret != 0) {
		return ret;
	}
	s = aligned_alloc(_Alignof(struct store), sizeof(*s));
	if (s == NULL) {
		return spool_fail(why, "malloc", NULL, ENOMEM);
	}
	s->spool = spool;
	s->file = (struct item_file){.fd = -1};
	s->total = INT64_MAX;
	*store_r = s;
	return 0;
}

void
store_limit(struct store *s, uint64_t total)
{
	s->total = total;
}

void
store_close(struct store **store)
{
	if (*store != NULL) {
		store_abandon(*store);
	}
	free(*store);
	*store = NULL;
}

static void
begin(struct store *s, int fd)
{
	s->file = (struct item_file){.fd = fd, .begun = moment_now()};
	sha256_begin(&s->sha256);
	checksum_begin(&s->checksum);
	s->content.size = 0;
}

int
store_begin(struct store *s, struct spool_fail *why)
{
	int fd;

	store_abandon(s);
	fd = create_file(s->spool, "blobs", 0440, why);
	if (fd < 0) {
		return fd;
	}
	begin(s, fd);
	return 0;
}

void
store_take(struct store *s, int fd, const struct taken *taken)
{
	store_abandon(s);
	begin(s, fd);
	s->file.taken = *taken;
}

static void
add(struct store *s, const void *data, size_t len)
{
	sha256_add(&s->sha256, data, len);
	checksum_add(&s->checksum, data, len);
	s->content.size += len;
}

int
store_write(struct store *s, const void *data, size_t len, struct spool_fail *why)
{
	int ret;

	/* This file alone is too large, and it may have no end. */
	if (len > s->total || s->content.size > s->total - len) {
		return spool_fail_check(why, FAIL_TOTAL, NULL, EDQUOT);
	}
	ret = create_write(s->file.fd, data, len, "blobs", why);
	if (ret == 0) {
		add(s, data, len);
	}
	return ret;
}

bool
store_clone(struct store *s, int fd)
{
	return ioctl(s->file.fd, FICLONE, fd) == 0;
}

ssize_t
store_read(struct store *s, void *buf, size_t cap, struct spool_fail *why)
{
	ssize_t n;

	do {
		n = read(s->file.fd, buf, cap);
	} while (n < 0 && errno == EINTR);
	if (n < 0) {
		return spool_fail(why, "read", "blobs", errno);
	}
	add(s, buf, (size_t)n);
	return n;
}

void
store_end(struct store *s, struct store_content *content_r)
{
	assert(s->file.fd >= 0);
	sha256_end(&s->sha256, s->content.digest);
	checksum_end(&s->checksum, s->content.checksum);
	*content_r = s->content;
}

int
store_fd(const struct store *s)
{
	return s->file.fd;
}

void
store_abandon(struct store *s)
{
	if (s->file.fd >= 0) {
		take_over_give_back(s->file.fd, &s->file.taken);
		close(s->file.fd);
	}
	s->file.fd = -1;
}

int
store_add(struct store *s, struct group *group, struct spool_fail *why)
{
	struct item_file file = s->file;

	s->file.fd = -1;
	return group_add(group, &file, s->content.digest, s->content.size, why);
}
