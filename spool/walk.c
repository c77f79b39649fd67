/*
 * walk.c - reads the shards' directories
 */
#include "spool/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "spool/hex.h"
#include "spool/token.h"

static const char *const folders[] = {[WALK_BLOBS] = "blobs", [WALK_ENTRIES] = "entries"};

static const size_t id_bytes[] = {[WALK_BLOBS] = SHA256_BYTES, [WALK_ENTRIES] = ENTRY_ID_BYTES};

/* After a walk of one shard, `shard` is beyond the last one. */
enum { ONE_SHARD = 2 * SHARDS };

void
walk_begin(struct walk *w, const struct spool *spool, enum walk_kind kind)
{
	*w = (struct walk){.spool = spool, .kind = kind};
}

void
walk_begin_shard(struct walk *w, const struct spool *spool, enum walk_kind kind, uint8_t shard)
{
	*w = (struct walk){.spool = spool, .kind = kind, .shard = ONE_SHARD + shard};
}

static int
open_shard(struct walk *w, struct spool_fail *why)
{
	char path[sizeof("entries/ab")];
	int fd;

	snprintf(path, sizeof(path), "%s/%02x", folders[w->kind], (unsigned)w->shard & 0xff);
	fd = spool_open_beneath(w->spool, path, O_RDONLY | O_DIRECTORY, 0, why);
	if (fd < 0) {
		return fd == -ENOENT ? 0 : fd;
	}
	w->dir = fdopendir(fd);
	if (w->dir == NULL) {
		int error = errno;
		close(fd);
		return spool_fail(why, "fdopendir", path, error);
	}
	return 0;
}

static void
next_shard(struct walk *w)
{
	if (w->dir != NULL) {
		closedir(w->dir);
		w->dir = NULL;
	}
	w->shard = w->shard >= ONE_SHARD ? SHARDS : w->shard + 1;
}

/* 1: filled in; 0: it went away. */
static int
look_at(struct walk *w, const char *name, struct walk_file *f, struct spool_fail *why)
{
	size_t chars = id_bytes[w->kind] * 2;

	snprintf(f->path, sizeof(f->path), "%s/%02x/%s", folders[w->kind],
	    (unsigned)w->shard & 0xff, name);
	f->named = strlen(name) == chars && hex_decode((const uint8_t *)name, chars, f->id) == 0 &&
	    f->id[0] == (w->shard & 0xff);
	if (fstatat(dirfd(w->dir), name, &f->st, AT_SYMLINK_NOFOLLOW) != 0) {
		return errno == ENOENT ? 0 : spool_fail(why, "fstatat", f->path, errno);
	}
	return 1;
}

int
walk_next(struct walk *w, struct walk_file *f, struct spool_fail *why)
{
	struct dirent *d;
	int ret;

	while (w->shard != SHARDS) {
		if (w->dir == NULL) {
			ret = open_shard(w, why);
			if (ret != 0) {
				return ret;
			}
		}
		if (w->dir == NULL) {
			next_shard(w);
			continue;
		}
		errno = 0;
		d = readdir(w->dir);
		if (d == NULL && errno != 0) {
			return spool_fail(why, "readdir", folders[w->kind], errno);
		}
		if (d == NULL) {
			next_shard(w);
			continue;
		}
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0) {
			continue;
		}
		ret = look_at(w, d->d_name, f, why);
		if (ret != 0) {
			return ret;
		}
	}
	return 0;
}

void
walk_end(struct walk *w)
{
	if (w->dir != NULL) {
		closedir(w->dir);
		w->dir = NULL;
	}
}

int
walk_at(const struct walk *w)
{
	return w->shard;
}
