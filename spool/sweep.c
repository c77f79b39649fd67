/*
 * sweep.c - finds and removes dead entries and blobs
 */
#include "spool/sweep.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "spool/create.h"
#include "spool/entry.h"
#include "spool/lock.h"
#include "spool/refs.h"
#include "spool/seen.h"
#include "spool/used.h"
#include "spool/walk.h"

struct sweeper {
	const struct spool *spool;
	const struct sweep_options *options;
	struct sweep_result *result;
	struct refs *refs;
	int lock;
	struct used_recount recount;
	time_t start;
};

/* Files stored before this are old. Files from the future are young. */
static time_t
old(const struct sweeper *s)
{
	return s->start - (time_t)s->options->grace;
}

static void
step(const struct sweeper *s, int at)
{
	if (s->options->step != NULL) {
		s->options->step(s->options->arg, at);
	}
}

/* Looks at its age when nobody can make it young any more. 1: removed; 0: kept. */
static int
remove_if_before(struct sweeper *s, const char *path, time_t before, struct spool_fail *why)
{
	int dirfd = spool_dirfd(s->spool), ret;
	struct stat st;

	if (s->options->dry_run) {
		return 1;
	}
	ret = lock_take(s->lock, LOCK_REMOVE, true, true, why);
	if (ret != 0) {
		return ret;
	}
	if (fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		ret = errno == ENOENT ? 0 : spool_fail(why, "fstatat", path, errno);
	} else if (st.st_mtim.tv_sec < before) {
		ret = create_remove(s->spool, path, why);
		ret = ret == 0 ? 1 : ret;
	}
	lock_release(s->lock, LOCK_REMOVE);
	return ret;
}

static int
remove_entry(
    struct sweeper *s, const struct walk_file *f, const struct entry *e, struct spool_fail *why)
{
	const struct sweep_options *o = s->options;
	int ret;

	if ((uint64_t)e->expires * EXPIRY_UNIT + o->grace < (uint64_t)s->start &&
	    f->st.st_mtim.tv_sec < old(s)) {
		return remove_if_before(s, f->path, old(s), why);
	}
	if (o->needed == NULL || e->keep || f->st.st_mtim.tv_sec >= o->stored_before ||
	    id_set_has(o->needed, f->id)) {
		return 0;
	}
	ret = remove_if_before(s, f->path, o->stored_before, why);
	s->result->unneeded_removed += ret > 0;
	return ret;
}

static int
sweep_entry(struct sweeper *s, const struct walk_file *f, struct spool_fail *why)
{
	struct entry e;
	int ret = f->named ? entry_load(s->spool, f->id, &e, why) : -ENOENT;

	/* It went meanwhile, or is something else. */
	if (ret == -ENOENT) {
		return 0;
	}
	if (ret == -EBADMSG || ret == -EPROTONOSUPPORT || ret == -EPERM || ret == -ELOOP ||
	    ret == -EFBIG) {
		s->result->damaged++;
		return 0;
	}
	if (ret != 0) {
		return ret;
	}
	s->result->entries++;
	ret = remove_entry(s, f, &e, why);
	if (ret > 0) {
		s->result->entries_removed++;
		return 0;
	}
	return ret < 0 ? ret : refs_add(s->refs, &e, why);
}

static int
sweep_entries(struct sweeper *s, struct spool_fail *why)
{
	struct walk_file f;
	struct walk w;
	int ret;

	walk_begin(&w, s->spool, WALK_ENTRIES);
	while ((ret = walk_next(&w, &f, why)) > 0) {
		ret = sweep_entry(s, &f, why);
		if (ret != 0) {
			break;
		}
		step(s, w.shard);
	}
	walk_end(&w);
	if (ret == 0 && s->result->entries_removed > 0 && !s->options->dry_run &&
	    syncfs(spool_dirfd(s->spool)) != 0) {
		ret = spool_fail(why, "syncfs", "entries", errno);
	}
	return ret;
}

static int
sweep_blob(struct sweeper *s, const struct walk_file *f, struct spool_fail *why)
{
	const struct ref *ref;
	int ret = 0;

	s->result->blobs++;
	s->result->bytes += (uint64_t)f->st.st_size;
	if (f->named && f->st.st_mtim.tv_sec < old(s) && refs_find(s->refs, f->id, &ref) == 0) {
		ret = remove_if_before(s, f->path, old(s), why);
	}
	if (ret > 0) {
		s->result->blobs_removed++;
		s->result->bytes_removed += (uint64_t)f->st.st_size;
	}
	return ret < 0 ? ret : 0;
}

static int
sweep_blobs(struct sweeper *s, struct spool_fail *why)
{
	struct walk_file f;
	struct walk w;
	int ret = s->options->dry_run ? 0 : used_recount_begin(s->spool, s->lock, &s->recount, why);

	for (int shard = 0; shard < SHARDS && ret == 0; shard++) {
		ret = refs_load(s->refs, (uint8_t)shard, why);
		if (ret != 0) {
			break;
		}
		walk_begin_shard(&w, s->spool, WALK_BLOBS, (uint8_t)shard);
		while ((ret = walk_next(&w, &f, why)) > 0) {
			ret = sweep_blob(s, &f, why);
			if (ret != 0) {
				break;
			}
			step(s, SHARDS + shard);
		}
		walk_end(&w);
	}
	if (ret == 0 && !s->options->dry_run) {
		ret = used_recount_end(s->spool, s->lock, &s->recount,
		    s->result->bytes - s->result->bytes_removed, s->result->bytes_removed, why);
	}
	return ret;
}

static int
check_clock(const struct sweeper *s, struct spool_fail *why)
{
	time_t last = seen_last(s->spool);

	if (s->options->force) {
		if (!s->options->dry_run) {
			seen_forget_later(s->spool, s->start);
		}
		return 0;
	}
	if (s->start < last - CLOCK_BEHIND_MAX || s->start > last + CLOCK_AHEAD_MAX) {
		return spool_fail_check(
		    why, FAIL_CLOCK, s->start < last ? "behind" : "ahead", ETIME);
	}
	return 0;
}

int
sweep(const struct spool *spool, const struct sweep_options *options, struct sweep_result *result,
    struct spool_fail *why)
{
	struct sweeper s = {.spool = spool, .options = options, .result = result, .lock = -1};
	int ret = create_allowed(spool, why);

	memset(result, 0, sizeof(*result));
	if (ret != 0) {
		return ret;
	}
	s.lock = lock_open(spool, why);
	if (s.lock < 0) {
		return s.lock;
	}
	ret = lock_take(s.lock, LOCK_SWEEP, true, false, why);
	if (ret != 0) {
		ret = ret == -EAGAIN ? spool_fail_check(why, FAIL_SWEEP, "lock", EAGAIN) : ret;
		goto out;
	}
	/* Only now, since the wait for others may have taken long. */
	s.start = time(NULL);
	ret = check_clock(&s, why);
	if (ret == 0) {
		ret = refs_new(spool, &s.refs, why);
	}
	if (ret == 0) {
		ret = sweep_entries(&s, why);
	}
	/* Only fsck can find out which blobs a damaged entry names, so no blob is removed then. */
	if (ret == 0 && result->damaged == 0) {
		ret = sweep_blobs(&s, why);
	}
	if (ret == 0 && !options->dry_run && futimens(s.lock, NULL) != 0) {
		ret = spool_fail(why, "futimens", "lock", errno);
	}
out:
	refs_free(&s.refs);
	close(s.lock);
	return ret;
}
