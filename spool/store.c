/*
 * store.c - the order in which a stored file becomes durable
 *
 * gc may run at any time. It removes nothing that is younger than its start
 * less the grace, and it looks and removes under LOCK_REMOVE. So when entries
 * are linked, their files and blobs are made young under that lock, and what
 * gc had already taken is put back, before an answer is given.
 */
#include "spool/store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "spool/create.h"
#include "spool/lock.h"
#include "spool/path.h"
#include "spool/used.h"

/* By the clock that file times are of, and by one that is never set and runs on in suspension. */
struct moment {
	time_t real, boot;
};

struct item {
	int blob;               /* our unnamed file, or the blob that was there */
	int entry;
	bool fresh;             /* the blob is ours and has no name yet */
	uint64_t counted;       /* bytes added to the spool's count for a blob that has no name yet */
	bool made;              /* both files are ours, and of `begun` */
	struct moment begun;
	char blob_path[BLOB_PATH_MAX];
	char entry_path[ENTRY_PATH_MAX];
};

struct store {
	struct checksum checksum;       /* first, for its alignment */
	struct sha256 sha256;
	const struct spool *spool;
	int lock;
	uint64_t total;
	int fd;                 /* the content being written, or -1 */
	struct moment begun;
	struct store_content content;
	size_t count, max;
	struct item group[STORE_GROUP_MAX];
	uint8_t ours[STORE_CHUNK], theirs[STORE_CHUNK];
};

static void
drop(int *fd)
{
	if (*fd >= 0) {
		close(*fd);
	}
	*fd = -1;
}

/* Two descriptors a file; the limit is raised as far as we may. */
static size_t
group_max(void)
{
	const rlim_t wanted = STORE_GROUP_MAX * 2 + STORE_OTHER_FDS;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
		return 1;
	}
	if (limit.rlim_cur < wanted) {
		limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
		if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur <= STORE_OTHER_FDS) {
			return 1;
		}
	}
	return limit.rlim_cur >= wanted ? STORE_GROUP_MAX : (limit.rlim_cur - STORE_OTHER_FDS) / 2;
}

int
store_open(const struct spool *spool, struct store **store_r, struct spool_fail *why)
{
	struct store *s = NULL;
	int ret = create_allowed(spool, why);

	*store_r = NULL;
	if (ret != 0) {
		return ret;
	}
	s = aligned_alloc(_Alignof(struct store), sizeof *s);
	if (s == NULL) {
		return spool_fail(why, "malloc", NULL, ENOMEM);
	}
	s->spool = spool;
	s->fd = -1;
	s->count = 0;
	s->max = group_max();
	s->total = INT64_MAX;
	s->lock = lock_open(spool, why);
	if (s->lock < 0) {
		ret = s->lock;
		free(s);
		return ret;
	}
	*store_r = s;
	return 0;
}

void
store_limit(struct store *s, uint64_t total)
{
	s->total = total;
}

/* The bytes of a new blob, before it may get its name. */
static int
count(struct store *s, struct item *item, uint64_t bytes, uint64_t total, struct spool_fail *why)
{
	int ret = used_add(s->spool, s->lock, bytes, total, why);

	item->counted = ret == 0 ? bytes : 0;
	return ret;
}

static void
forget_item(struct store *s, struct item *item)
{
	drop(&item->blob);
	drop(&item->entry);
	if (item->counted > 0) {
		used_subtract(s->spool, s->lock, item->counted);
	}
}

static void
forget_group(struct store *s)
{
	while (s->count > 0) {
		forget_item(s, &s->group[--s->count]);
	}
	lock_release(s->lock, LOCK_ADDING);
}

void
store_close(struct store **store)
{
	if (*store == NULL) {
		return;
	}
	store_abandon(*store);
	forget_group(*store);
	drop(&(*store)->lock);
	free(*store);
	*store = NULL;
}

static struct moment
moment_now(void)
{
	struct timespec boot = { 0 };

	clock_gettime(CLOCK_BOOTTIME, &boot);
	return (struct moment){ .real = time(NULL), .boot = boot.tv_sec };
}

static bool
is_recent(const struct moment *m)
{
	struct moment now = moment_now();

	return now.boot - m->boot < STORE_YOUNG && now.real - m->real < STORE_YOUNG;
}

int
store_begin(struct store *s, struct spool_fail *why)
{
	store_abandon(s);
	s->fd = create_file(s->spool, "blobs", 0440, why);
	if (s->fd < 0) {
		return s->fd;
	}
	sha256_begin(&s->sha256);
	checksum_begin(&s->checksum);
	s->content.size = 0;
	s->begun = moment_now();
	return 0;
}

int
store_write(struct store *s, const void *data, size_t len, struct spool_fail *why)
{
	int ret = create_write(s->fd, data, len, "blobs", why);

	if (ret == 0) {
		sha256_add(&s->sha256, data, len);
		checksum_add(&s->checksum, data, len);
		s->content.size += len;
	}
	return ret;
}

void
store_end(struct store *s, struct store_content *content_r)
{
	assert(s->fd >= 0);
	sha256_end(&s->sha256, s->content.digest);
	checksum_end(&s->checksum, s->content.checksum);
	/* The disk may begin while we read on; whether it could is for the sync to say. */
	(void)sync_file_range(s->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	*content_r = s->content;
}

int
store_fd(const struct store *s)
{
	return s->fd;
}

void
store_abandon(struct store *s)
{
	drop(&s->fd);
}

size_t
store_pending(const struct store *s)
{
	return s->count;
}

bool
store_full(const struct store *s)
{
	return s->count >= s->max;
}

/* Bytes read at `at`; short only at the end. */
static ssize_t
read_at(int fd, uint8_t *buf, size_t cap, off_t at)
{
	size_t have = 0;

	while (have < cap) {
		ssize_t n = pread(fd, buf + have, cap - have, at + (off_t)have);
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return -1;
		}
		if (n == 0) {
			break;
		}
		have += (size_t)n;
	}
	return (ssize_t)have;
}

/* 0: equal bytes. -EBADMSG: not, which nobody should ever see. */
static int
compare(struct store *s, int ours, int theirs, const char *path, struct spool_fail *why)
{
	off_t at = 0;

	for (;;) {
		ssize_t n = read_at(ours, s->ours, sizeof s->ours, at);
		ssize_t m = n < 0 ? -1 : read_at(theirs, s->theirs, sizeof s->theirs, at);
		if (n < 0 || m < 0) {
			return spool_fail(why, "read", path, errno);
		}
		if (n != m || memcmp(s->ours, s->theirs, (size_t)n) != 0) {
			return spool_fail(why, "content", path, EBADMSG);
		}
		if (n == 0) {
			return 0;
		}
		at += n;
	}
}

/* Takes the blob that is there in place of ours, if it is the same. -ENOENT: there is none. */
static int
adopt(struct store *s, int *fd, const char *path, struct spool_fail *why)
{
	uint64_t size;
	int ret, theirs = spool_open_file(s->spool, path, 0, &size, why);

	if (theirs < 0) {
		return theirs;
	}
	ret = compare(s, *fd, theirs, path, why);
	if (ret != 0) {
		close(theirs);
		return ret;
	}
	close(*fd);
	*fd = theirs;
	return 0;
}

/* The entry's file, unnamed. */
static int
write_entry(struct store *s, const struct entry *entry, struct item *item,
    uint8_t id_r[ENTRY_ID_BYTES], struct spool_fail *why)
{
	uint8_t text[ENTRY_FILE_MAX];
	struct entry back;
	ssize_t len = entry_format(entry, text, sizeof text);

	if (len < 0 || entry_parse(text, (size_t)len, &back) != 0) {
		return spool_fail(why, "entry", NULL, EINVAL);
	}
	entry_id(text, (size_t)len, id_r);
	entry_path(id_r, item->entry_path);
	item->entry = create_file(s->spool, "entries", 0440, why);
	if (item->entry < 0) {
		return item->entry;
	}
	return create_write(item->entry, text, (size_t)len, item->entry_path, why);
}

int
store_add(struct store *s, const struct entry *entry, uint8_t id_r[ENTRY_ID_BYTES],
    struct spool_fail *why)
{
	struct item *item = &s->group[s->count];
	int ret;

	assert(s->fd >= 0 && !store_full(s));
	item->blob = s->fd;
	item->entry = -1;
	s->fd = -1;
	blob_path(s->content.digest, item->blob_path);
	ret = adopt(s, &item->blob, item->blob_path, why);
	item->fresh = ret == -ENOENT;
	item->made = item->fresh;
	item->begun = s->begun;
	item->counted = 0;
	if (item->fresh) {
		ret = lock_take(s->lock, LOCK_ADDING, false, true, why);
		ret = ret == 0 ? count(s, item, s->content.size, s->total, why) : ret;
	}
	if (ret == 0) {
		ret = write_entry(s, entry, item, id_r, why);
	}
	if (ret != 0) {
		forget_item(s, item);
		return ret;
	}
	s->count++;
	return 0;
}

/* What was written so far is on disk. Many files are cheaper by one sync of the file system. */
static int
sync_all(struct store *s, struct spool_fail *why)
{
	return syncfs(spool_dirfd(s->spool)) == 0 ? 0 : spool_fail(why, "syncfs", ".", errno);
}

static int
sync_contents(struct store *s, struct spool_fail *why)
{
	bool counted = false;

	if (s->count > STORE_FSYNC_MAX) {
		return sync_all(s, why);
	}
	for (size_t i = 0; i < s->count; i++) {
		struct item *item = &s->group[i];
		if (item->fresh && fsync(item->blob) != 0) {
			return spool_fail(why, "fsync", item->blob_path, errno);
		}
		if (fsync(item->entry) != 0) {
			return spool_fail(why, "fsync", item->entry_path, errno);
		}
		counted = counted || item->counted > 0;
	}
	return counted ? used_sync(s->spool, why) : 0;
}

static int
sync_names(struct store *s, bool entries, struct spool_fail *why)
{
	int ret = 0;

	if (s->count > STORE_FSYNC_MAX) {
		return sync_all(s, why);
	}
	for (size_t i = 0; i < s->count && ret == 0; i++) {
		struct item *item = &s->group[i];
		ret = create_sync_folder(s->spool, entries ? item->entry_path : item->blob_path, why);
	}
	return ret;
}

static int
link_blob(struct store *s, struct item *item, struct spool_fail *why)
{
	int ret = 0;

	while (item->fresh) {
		ret = create_link(s->spool, item->blob, item->blob_path, why);
		if (ret == 0) {
			item->counted = 0;
		}
		if (ret != -EEXIST) {
			break;
		}
		item->made = false;
		/* -ENOENT: it was there, and gc took it in between. */
		ret = adopt(s, &item->blob, item->blob_path, why);
		if (ret != -ENOENT) {
			break;
		}
	}
	item->fresh = false;
	return ret;
}

static int
link_entry(struct store *s, struct item *item, struct spool_fail *why)
{
	uint64_t size;
	int ret, theirs;

	for (;;) {
		ret = create_link(s->spool, item->entry, item->entry_path, why);
		if (ret != -EEXIST) {
			return ret;
		}
		item->made = false;
		theirs = spool_open_file(s->spool, item->entry_path, 0, &size, why);
		if (theirs >= 0) {
			ret = compare(s, item->entry, theirs, item->entry_path, why);
			close(theirs);
			return ret;
		}
		if (theirs != -ENOENT) {
			return theirs;
		}
	}
}

/* gc took the blob while we still had it open: another copy of it, complete and on disk. */
static int
put_back(struct store *s, struct item *item, struct spool_fail *why)
{
	off_t at = 0;
	ssize_t n;
	int ret = 0, fd = create_file(s->spool, "blobs", 0440, why);

	if (fd < 0) {
		return fd;
	}
	while (ret == 0 && (n = read_at(item->blob, s->ours, sizeof s->ours, at)) != 0) {
		ret = n < 0 ? spool_fail(why, "read", item->blob_path, errno)
			    : create_write(fd, s->ours, (size_t)n, item->blob_path, why);
		at += n;
	}
	if (ret == 0 && fsync(fd) != 0) {
		ret = spool_fail(why, "fsync", item->blob_path, errno);
	}
	if (ret != 0) {
		close(fd);
		return ret;
	}
	close(item->blob);
	item->blob = fd;
	item->fresh = true;
	if (item->counted == 0) {
		ret = lock_take(s->lock, LOCK_ADDING, false, true, why);
		/* It was within the total before gc took it. */
		ret = ret == 0 ? count(s, item, (uint64_t)at, INT64_MAX, why) : ret;
	}
	if (ret == 0) {
		ret = link_blob(s, item, why);
	}
	return ret == 0 ? create_sync_folder(s->spool, item->blob_path, why) : ret;
}

static int
keep(struct store *s, struct item *item, struct spool_fail *why)
{
	int ret;

	if (item->made && is_recent(&item->begun)) {
		return 0;
	}
	ret = create_touch(s->spool, item->blob_path, why);

	if (ret == -ENOENT) {
		ret = put_back(s, item, why);
	}
	if (ret == 0) {
		ret = create_touch(s->spool, item->entry_path, why);
	}
	if (ret == -ENOENT) {
		ret = link_entry(s, item, why);
	}
	return ret;
}

static int
keep_all(struct store *s, struct spool_fail *why)
{
	int ret = lock_take(s->lock, LOCK_REMOVE, false, true, why);

	if (ret != 0) {
		return ret;
	}
	for (size_t i = 0; i < s->count && ret == 0; i++) {
		ret = keep(s, &s->group[i], why);
	}
	lock_release(s->lock, LOCK_REMOVE);
	return ret;
}

int
store_commit(struct store *s, struct spool_fail *why)
{
	int ret = sync_contents(s, why);

	for (size_t i = 0; i < s->count && ret == 0; i++) {
		ret = link_blob(s, &s->group[i], why);
	}
	if (ret == 0) {
		ret = sync_names(s, false, why);
	}
	for (size_t i = 0; i < s->count && ret == 0; i++) {
		ret = link_entry(s, &s->group[i], why);
	}
	if (ret == 0) {
		ret = keep_all(s, why);
	}
	if (ret == 0) {
		ret = sync_names(s, true, why);
	}
	forget_group(s);
	return ret;
}
