/*
 * group.c - the order in which stored files become durable
 *
 * A gc may run at any time. It removes nothing that is younger than its start less the
 * grace, and it looks and removes under LOCK_REMOVE. So when entries have their names,
 * their files and blobs are made young under that lock, and what the gc had already
 * taken is put back, before an answer is given.
 *
 * A lock belongs to the open file description, so each group has its own. With one for
 * all, the group that is committed would release the LOCK_ADDING of the group that is
 * filled meanwhile, whose blobs are counted and have no names yet. With two, gc finds
 * somebody adding until both are over. Two threads that count at once wait for each
 * other, as two processes do.
 */
#include "spool/group.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "spool/create.h"
#include "spool/lock.h"
#include "spool/used.h"

struct group {
	struct item_place place;
	uint64_t total;
	size_t count, max;
	struct item items[STORE_GROUP_MAX];
};

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
	g->place.spool = spool;
	g->count = 0;
	g->max = group_max();
	g->total = INT64_MAX;
	g->place.lock = lock_open(spool, why);
	if (g->place.lock < 0) {
		ret = g->place.lock;
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

void
group_forget(struct group *g)
{
	while (g->count > 0) {
		item_forget(&g->place, &g->items[--g->count]);
	}
	lock_release(g->place.lock, LOCK_ADDING);
}

void
group_free(struct group **group)
{
	if (*group == NULL) {
		return;
	}
	group_forget(*group);
	close((*group)->place.lock);
	free(*group);
	*group = NULL;
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

int
group_fd(const struct group *g, size_t i)
{
	assert(i < g->count);
	return g->items[i].blob;
}

int
group_describe(struct group *g, size_t i, const struct entry *entry, uint8_t id_r[ENTRY_ID_BYTES],
    struct spool_fail *why)
{
	assert(i < g->count);
	return item_describe(&g->place, &g->items[i], entry, id_r, why);
}

int
group_add(struct group *g, const struct item_file *file, const uint8_t digest[SHA256_BYTES],
    uint64_t size, struct spool_fail *why)
{
	int ret;

	assert(!group_full(g));
	ret = item_begin(&g->place, &g->items[g->count], file, digest, size, g->total, why);
	if (ret == 0) {
		g->count++;
	} else if (g->count == 0) {
		/* No commit may follow for long. */
		lock_release(g->place.lock, LOCK_ADDING);
	}
	return ret;
}

/* What was written so far is on disk. Many files are cheaper by one sync of the file system. */
static int
sync_all(struct group *g, struct spool_fail *why)
{
	return syncfs(spool_dirfd(g->place.spool)) == 0 ? 0 : spool_fail(why, "syncfs", ".", errno);
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
	return ret == 0 && has_counted(g) ? used_sync(g->place.spool, why) : ret;
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
		    g->place.spool, entries ? item->entry_path : item->blob_path, why);
	}
	return ret;
}

static int
keep_all(struct group *g, struct spool_fail *why)
{
	int ret = lock_take(g->place.lock, LOCK_REMOVE, false, true, why);

	if (ret != 0) {
		return ret;
	}
	for (size_t i = 0; i < g->count && ret == 0; i++) {
		ret = item_keep(&g->place, &g->items[i], why);
	}
	lock_release(g->place.lock, LOCK_REMOVE);
	return ret;
}

int
group_commit(struct group *g, struct spool_fail *why)
{
	int ret = sync_contents(g, why);

	for (size_t i = 0; i < g->count && ret == 0; i++) {
		assert(g->items[i].entry >= 0);
		ret = item_link_blob(&g->place, &g->items[i], why);
	}
	if (ret == 0) {
		ret = sync_names(g, false, why);
	}
	for (size_t i = 0; i < g->count && ret == 0; i++) {
		ret = item_link_entry(&g->place, &g->items[i], why);
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
