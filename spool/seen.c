/*
 * seen.c - asks for times of files, and sets them
 */
#include "spool/seen.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "spool/limits.h"

static const char *const written[] = {"lock", "used"};

enum {
	WRITTEN = sizeof(written) / sizeof(written[0]),
	PLACES = WRITTEN + 2 * SHARDS,
	PLACE_MAX = sizeof("entries/ab")
};

/* Returns `path`. */
static const char *
place(int i, char path[PLACE_MAX])
{
	int shard = i - WRITTEN;

	if (i < WRITTEN) {
		snprintf(path, PLACE_MAX, "%s", written[i]);
	} else {
		snprintf(path, PLACE_MAX, "%s/%02x", shard < SHARDS ? "blobs" : "entries",
		    (unsigned)shard % SHARDS & 0xff);
	}
	return path;
}

static time_t
time_of(const struct spool *spool, int i)
{
	char path[PLACE_MAX];
	struct stat st;

	return fstatat(spool_dirfd(spool), place(i, path), &st, AT_SYMLINK_NOFOLLOW) == 0
	    ? st.st_mtim.tv_sec
	    : 0;
}

static time_t
latest(const struct spool *spool, int places)
{
	time_t last = 0;

	for (int i = 0; i < places; i++) {
		time_t seen = time_of(spool, i);
		last = seen > last ? seen : last;
	}
	return last;
}

time_t
seen_lately(const struct spool *spool)
{
	return latest(spool, WRITTEN);
}

time_t
seen_last(const struct spool *spool)
{
	return latest(spool, PLACES);
}

bool
seen_believes(const struct spool *spool, time_t now)
{
	return now <= seen_last(spool) + CLOCK_JUMP_MAX;
}

void
seen_forget_later(const struct spool *spool, time_t now)
{
	struct timespec times[] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = now}};
	char path[PLACE_MAX];

	for (int i = 0; i < PLACES; i++) {
		if (time_of(spool, i) > now) {
			utimensat(spool_dirfd(spool), place(i, path), times, AT_SYMLINK_NOFOLLOW);
		}
	}
}
