/*
 * group.c - the order in which stored files become durable
 *
 * gc may run at any time. It removes nothing that is younger than its start
 * less the grace, and it looks and removes under LOCK_REMOVE. So when entries
 * are linked, their files and blobs are made young under that lock, and what
 * gc had already taken is put back, before an answer is given.
 *
 * A lock belongs to the open file description: each group has its own, or the
 * group that is committed would, when it ends, release the LOCK_ADDING of the
 * one that is filled meanwhile, whose blobs are counted and have no names yet.
 * With two, gc finds somebody adding until both are over; and two threads that
 * count at once wait for each other, as two processes do.
 */
#include "spool/group.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "spool/create.h"
#include "spool/lock.h"
#include "spool/path.h"
#include "spool/used.h"

struct item {
	int blob; /* our unnamed file, or the blob that was there */
	int entry;
	bool fresh; /* the blob is ours and has no name yet */
	/* bytes added to the spool's count for a blob that has no name yet */
	uint64_t counted;
	bool made; /* both files are ours, and of `begun` */
	struct group_moment begun;
	struct taken taken;
	char blob_path[BLOB_PATH_MAX];
	char entry_path[ENTRY_PATH_MAX];
};

struct group {
	const struct spool *spool;
	int lock;
	uint64_t total;
	size_t count, max;
	struct item items[STORE_GROUP_MAX];
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

static void
drop_blob(struct item *item)
{
	if (item->blob >= 0) {
		take_over_give_back(item->blob, &item->taken);
	}
	drop(&item->blob);
}

/* Two descriptors a file, in STORE_GROUPS groups; the limit is raised as far as we may. */
static size_t
group_max(void)
{
	const rlim_t each = 2 * (rlim_t)STORE_GROUPS,
	             wanted = STORE_GROUP_MAX * each + STORE_OTHER_FDS;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
		return 1;
	}
	if (limit.rlim_cur < wanted) {
		limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
		if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
			return 1;
		}
	}
	if (limit.rlim_cur >= wanted) {
		return STORE_GROUP_MAX;
	}
	return limit.rlim_cur < STORE_OTHER_FDS + each ? 1
	                                               : (limit.rlim_cur - STORE_OTHER_FDS) / each;
}

int
group_new(const struct spool *spool, struct group **group_r, struct spool_fail *why)
{
	struct group *g = malloc(sizeof(*g));
	int ret;

	*group_r = NULL;
	if (g == NULL) {
		return spool_fail(why, "malloc", NULL, ENOMEM);
	}
	g->spool = spool;
	g->count = 0;
	g->max = group_max();
	g->total = INT64_MAX;
	g->lock = lock_open(spool, why);
	if (g->lock < 0) {
		ret = g->lock;
		free(g);
		return ret;
	}
	*group_r = g;
	return 0;
}

void
group_limit(struct group *g, uint64_t total)
{
	g->total = total;
}

/* The bytes of a new blob, before it may get its name. */
static int
count(struct group *g, struct item *item, uint64_t bytes, uint64_t total, struct spool_fail *why)
{
	int ret = lock_take(g->lock, LOCK_ADDING, false, true, why);

	if (ret == 0) {
		ret = used_add(g->spool, g->lock, bytes, total, why);
	}
	item->counted = ret == 0 ? bytes : 0;
	return ret;
}

static void
forget_item(struct group *g, struct item *item)
{
	drop_blob(item);
	drop(&item->entry);
	if (item->counted > 0) {
		used_subtract(g->spool, g->lock, item->counted);
	}
}

void
group_forget(struct group *g)
{
	while (g->count > 0) {
		forget_item(g, &g->items[--g->count]);
	}
	lock_release(g->lock, LOCK_ADDING);
}

void
group_free(struct group **group)
{
	if (*group == NULL) {
		return;
	}
	group_forget(*group);
	drop(&(*group)->lock);
	free(*group);
	*group = NULL;
}

struct group_moment
group_now(void)
{
	struct timespec boot = {0};

	clock_gettime(CLOCK_BOOTTIME, &boot);
	return (struct group_moment){.real = time(NULL), .boot = boot.tv_sec};
}

static bool
is_recent(const struct group_moment *m)
{
	struct group_moment now = group_now();

	return now.boot - m->boot < STORE_YOUNG && now.real - m->real < STORE_YOUNG;
}

size_t
group_count(const struct group *g)
{
	return g->count;
}

bool
group_full(const struct group *g)
{
	return g->count >= g->max;
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
compare(struct group *g, int ours, int theirs, const char *path, struct spool_fail *why)
{
	off_t at = 0;

	for (;;) {
		ssize_t n = read_at(ours, g->ours, sizeof(g->ours), at);
		ssize_t m = n < 0 ? -1 : read_at(theirs, g->theirs, sizeof(g->theirs), at);
		if (n < 0 || m < 0) {
			return spool_fail(why, "read", path, errno);
		}
		if (n != m || memcmp(g->ours, g->theirs, (size_t)n) != 0) {
			return spool_fail_check(why, FAIL_CONTENT, path, EBADMSG);
		}
		if (n == 0) {
			return 0;
		}
		at += n;
	}
}

/* Takes the blob that is there in place of ours, if it is the same. -ENOENT: there is none. */
static int
adopt(struct group *g, struct item *item, struct spool_fail *why)
{
	uint64_t size;
	int ret, theirs = spool_open_file(g->spool, item->blob_path, 0, &size, why);

	if (theirs < 0) {
		return theirs;
	}
	ret = compare(g, item->blob, theirs, item->blob_path, why);
	if (ret != 0) {
		close(theirs);
		return ret;
	}
	drop_blob(item);
	item->blob = theirs;
	return 0;
}

int
group_fd(const struct group *g, size_t i)
{
	assert(i < g->count);
	return g->items[i].blob;
}

/* The entry's file, unnamed. */
int
group_describe(struct group *g, size_t i, const struct entry *entry, uint8_t id_r[ENTRY_ID_BYTES],
    struct spool_fail *why)
{
	struct item *item = &g->items[i];
	uint8_t text[ENTRY_FILE_MAX];
	struct entry back;
	ssize_t len = entry_format(entry, text, sizeof(text));

	assert(i < g->count && item->entry < 0);
	if (len < 0 || entry_parse(text, (size_t)len, &back) != 0) {
		return spool_fail_check(why, FAIL_PIECE, NULL, EINVAL);
	}
	entry_id(text, (size_t)len, id_r);
	entry_path(id_r, item->entry_path);
	item->entry = create_file(g->spool, "entries", 0440, why);
	if (item->entry < 0) {
		return item->entry;
	}
	return create_write(item->entry, text, (size_t)len, item->entry_path, why);
}

int
group_add(struct group *g, const struct group_file *file, const uint8_t digest[SHA256_BYTES],
    uint64_t size, struct spool_fail *why)
{
	struct item *item = &g->items[g->count];
	int ret;

	assert(file->fd >= 0 && !group_full(g));
	item->blob = file->fd;
	item->taken = file->taken;
	item->entry = -1;
	blob_path(digest, item->blob_path);
	ret = adopt(g, item, why);
	item->fresh = ret == -ENOENT;
	item->made = item->fresh && !item->taken.is; /* that may be as old as it likes */
	item->begun = file->begun;
	item->counted = 0;
	if (item->fresh) {
		ret = count(g, item, size, g->total, why);
	}
	if (ret != 0) {
		forget_item(g, item);
		if (g->count == 0) {
			/* no commit may follow for long */
			lock_release(g->lock, LOCK_ADDING);
		}
		return ret;
	}
	g->count++;
	return 0;
}

/* What was written so far is on disk. Many files are cheaper by one sync of the file system. */
static int
sync_all(struct group *g, struct spool_fail *why)
{
	return syncfs(spool_dirfd(g->spool)) == 0 ? 0 : spool_fail(why, "syncfs", ".", errno);
}

/*
 * syncfs tells a failure once, and it may have been of the group that is filled
 * meanwhile: each file knows whether it was its own.
 */
static int
ask_files(const struct group *g, struct spool_fail *why)
{
	for (size_t i = 0; i < g->count; i++) {
		const struct item *item = &g->items[i];
		if (item->fresh &&
		    sync_file_range(item->blob, 0, 0, SYNC_FILE_RANGE_WAIT_BEFORE) != 0) {
			return spool_fail(why, "sync_file_range", item->blob_path, errno);
		}
		if (sync_file_range(item->entry, 0, 0, SYNC_FILE_RANGE_WAIT_BEFORE) != 0) {
			return spool_fail(why, "sync_file_range", item->entry_path, errno);
		}
	}
	return 0;
}

static int
sync_files(const struct group *g, struct spool_fail *why)
{
	for (size_t i = 0; i < g->count; i++) {
		const struct item *item = &g->items[i];
		if (item->fresh && fsync(item->blob) != 0) {
			return spool_fail(why, "fsync", item->blob_path, errno);
		}
		if (fsync(item->entry) != 0) {
			return spool_fail(why, "fsync", item->entry_path, errno);
		}
	}
	return 0;
}

static bool
has_counted(const struct group *g)
{
	for (size_t i = 0; i < g->count; i++) {
		if (g->items[i].counted > 0) {
			return true;
		}
	}
	return false;
}

/* The contents, and the count that they are in. */
static int
sync_contents(struct group *g, struct spool_fail *why)
{
	int ret;

	if (g->count > STORE_FSYNC_MAX) {
		ret = sync_all(g, why);
		ret = ret == 0 ? ask_files(g, why) : ret;
	} else {
		ret = sync_files(g, why);
	}
	return ret == 0 && has_counted(g) ? used_sync(g->spool, why) : ret;
}

static int
sync_names(struct group *g, bool entries, struct spool_fail *why)
{
	int ret = 0;

	if (g->count > STORE_FSYNC_MAX) {
		return sync_all(g, why);
	}
	for (size_t i = 0; i < g->count && ret == 0; i++) {
		struct item *item = &g->items[i];
		ret = create_sync_folder(
		    g->spool, entries ? item->entry_path : item->blob_path, why);
	}
	return ret;
}

/* A copy in place of what we have open, without a name, on disk, and of this content. */
static int
copy_blob(struct group *g, struct item *item, uint64_t *size_r, struct spool_fail *why)
{
	uint8_t digest[SHA256_BYTES];
	char path[BLOB_PATH_MAX];
	struct sha256 sha256;
	off_t at = 0;
	ssize_t n;
	int ret = 0, fd = create_file(g->spool, "blobs", 0440, why);

	if (fd < 0) {
		return fd;
	}
	sha256_begin(&sha256);
	while (ret == 0 && (n = read_at(item->blob, g->ours, sizeof(g->ours), at)) != 0) {
		if (n < 0) {
			ret = spool_fail(why, "read", item->blob_path, errno);
			break;
		}
		sha256_add(&sha256, g->ours, (size_t)n);
		ret = create_write(fd, g->ours, (size_t)n, item->blob_path, why);
		at += n;
	}
	sha256_end(&sha256, digest);
	blob_path(digest, path);
	if (ret == 0 && strcmp(path, item->blob_path) != 0) {
		ret = spool_fail_check(why, FAIL_CONTENT, item->blob_path, EBADMSG);
	}
	if (ret == 0 && fsync(fd) != 0) {
		ret = spool_fail(why, "fsync", item->blob_path, errno);
	}
	if (ret != 0) {
		close(fd);
		return ret;
	}
	drop_blob(item);
	item->blob = fd;
	item->fresh = true;
	*size_r = (uint64_t)at;
	return 0;
}

/*
 * A file that was taken over becomes the blob itself, unless somebody waits to
 * write to it, or it has lost its own name: then a copy does.
 */
static int
name_blob(struct group *g, struct item *item, struct spool_fail *why)
{
	uint64_t size;
	int ret = 0;

	if (item->taken.is && !take_over_holds(item->blob)) {
		ret = copy_blob(g, item, &size, why);
	}
	if (ret == 0) {
		ret = create_link(g->spool, item->blob, item->blob_path, why);
	}
	if (item->taken.is && (ret == -ENOENT || ret == -EXDEV)) {
		ret = copy_blob(g, item, &size, why);
		ret = ret == 0 ? create_link(g->spool, item->blob, item->blob_path, why) : ret;
	}
	return ret;
}

static int
link_blob(struct group *g, struct item *item, struct spool_fail *why)
{
	int ret = 0;

	while (item->fresh) {
		ret = name_blob(g, item, why);
		if (ret == 0) {
			item->counted = 0;
			item->taken.is = false;
		}
		if (ret != -EEXIST) {
			break;
		}
		item->made = false;
		/* -ENOENT: it was there, and gc took it in between. */
		ret = adopt(g, item, why);
		if (ret != -ENOENT) {
			break;
		}
	}
	item->fresh = false;
	return ret;
}

static int
link_entry(struct group *g, struct item *item, struct spool_fail *why)
{
	uint64_t size;
	int ret, theirs;

	for (;;) {
		ret = create_link(g->spool, item->entry, item->entry_path, why);
		if (ret != -EEXIST) {
			return ret;
		}
		item->made = false;
		theirs = spool_open_file(g->spool, item->entry_path, 0, &size, why);
		if (theirs >= 0) {
			ret = compare(g, item->entry, theirs, item->entry_path, why);
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
put_back(struct group *g, struct item *item, struct spool_fail *why)
{
	uint64_t size;
	int ret = copy_blob(g, item, &size, why);

	if (ret == 0 && item->counted == 0) {
		/* It was within the total before gc took it. */
		ret = count(g, item, size, INT64_MAX, why);
	}
	if (ret == 0) {
		ret = link_blob(g, item, why);
	}
	return ret == 0 ? create_sync_folder(g->spool, item->blob_path, why) : ret;
}

static int
keep(struct group *g, struct item *item, struct spool_fail *why)
{
	int ret;

	if (item->made && is_recent(&item->begun)) {
		return 0;
	}
	ret = create_touch(g->spool, item->blob_path, why);

	if (ret == -ENOENT) {
		ret = put_back(g, item, why);
	}
	if (ret == 0) {
		ret = create_touch(g->spool, item->entry_path, why);
	}
	if (ret == -ENOENT) {
		ret = link_entry(g, item, why);
	}
	return ret;
}

static int
keep_all(struct group *g, struct spool_fail *why)
{
	int ret = lock_take(g->lock, LOCK_REMOVE, false, true, why);

	if (ret != 0) {
		return ret;
	}
	for (size_t i = 0; i < g->count && ret == 0; i++) {
		ret = keep(g, &g->items[i], why);
	}
	lock_release(g->lock, LOCK_REMOVE);
	return ret;
}

int
group_commit(struct group *g, struct spool_fail *why)
{
	int ret = sync_contents(g, why);

	for (size_t i = 0; i < g->count && ret == 0; i++) {
		assert(g->items[i].entry >= 0);
		ret = link_blob(g, &g->items[i], why);
	}
	if (ret == 0) {
		ret = sync_names(g, false, why);
	}
	for (size_t i = 0; i < g->count && ret == 0; i++) {
		ret = link_entry(g, &g->items[i], why);
	}
	if (ret == 0) {
		ret = keep_all(g, why);
	}
	if (ret == 0) {
		ret = sync_names(g, true, why);
	}
	group_forget(g);
	return ret;
}
