/*
 * refs.c - entries' references in the order of blobs, through temporary files
 */
#include "spool/refs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "spool/create.h"
#include "spool/limits.h"

enum { FDS = SHARDS + STORE_OTHER_FDS };

struct shard {
	int fd; /* -1: nothing written yet */
	uint64_t written;
	size_t count; /* of `buffer` */
	struct ref buffer[REFS_BUFFERED];
};

struct refs {
	const struct spool *spool;
	struct ref *loaded;
	size_t count;
	struct shard shards[SHARDS];
};

int
refs_new(const struct spool *spool, struct refs **refs_r, struct spool_fail *why)
{
	struct refs *r = calloc(1, sizeof(*r));
	struct rlimit limit;

	*refs_r = r;
	if (r == NULL) {
		return spool_fail(why, "malloc", NULL, ENOMEM);
	}
	r->spool = spool;
	for (int i = 0; i < SHARDS; i++) {
		r->shards[i].fd = -1;
	}
	/* One descriptor for each shard. If that is too many, opening one fails. */
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < FDS) {
		limit.rlim_cur = limit.rlim_max < FDS ? limit.rlim_max : FDS;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
	return 0;
}

void
refs_free(struct refs **refs)
{
	struct refs *r = *refs;

	if (r == NULL) {
		return;
	}
	for (int i = 0; i < SHARDS; i++) {
		if (r->shards[i].fd >= 0) {
			close(r->shards[i].fd);
		}
	}
	free(r->loaded);
	free(r);
	*refs = NULL;
}

static int
spill(struct refs *r, struct shard *s, struct spool_fail *why)
{
	size_t len = s->count * sizeof(s->buffer[0]);
	int ret;

	if (s->fd < 0) {
		s->fd = spool_spill(r->spool, why);
		if (s->fd == -EROFS) {
			/* fsck of a mount that is read-only: in memory, 56 bytes an entry. */
			s->fd = memfd_create("refs", MFD_CLOEXEC);
			if (s->fd < 0) {
				return spool_fail(why, "memfd_create", "refs", errno);
			}
		}
		if (s->fd < 0) {
			return s->fd;
		}
	}
	ret = create_write(s->fd, s->buffer, len, "spill", why);
	s->written += s->count;
	s->count = 0;
	return ret;
}

int
refs_add(struct refs *r, const struct entry *e, struct spool_fail *why)
{
	struct shard *s = &r->shards[e->blob[0]];
	struct ref *ref = &s->buffer[s->count];

	memcpy(ref->blob, e->blob, sizeof(ref->blob));
	memcpy(ref->checksum, e->checksum, sizeof(ref->checksum));
	ref->size = e->size;
	return ++s->count == REFS_BUFFERED ? spill(r, s, why) : 0;
}

static int
by_blob(const void *a, const void *b)
{
	const struct ref *x = a, *y = b;

	return memcmp(x->blob, y->blob, sizeof(x->blob));
}

static int
read_back(struct shard *s, struct ref *to, struct spool_fail *why)
{
	size_t len = s->written * sizeof(*to), have = 0;

	while (have < len) {
		ssize_t n = pread(s->fd, (char *)to + have, len - have, (off_t)have);
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			return spool_fail(why, "read", "spill", n < 0 ? errno : EIO);
		}
		have += (size_t)n;
	}
	return 0;
}

int
refs_load(struct refs *r, uint8_t shard, struct spool_fail *why)
{
	struct shard *s = &r->shards[shard];
	int ret;

	free(r->loaded);
	r->count = s->written + s->count;
	r->loaded = malloc((r->count + 1) * sizeof(*r->loaded));
	if (r->loaded == NULL) {
		r->count = 0;
		return spool_fail(why, "malloc", NULL, ENOMEM);
	}
	ret = read_back(s, r->loaded, why);
	if (ret != 0) {
		r->count = 0;
		return ret;
	}
	memcpy(r->loaded + s->written, s->buffer, s->count * sizeof(s->buffer[0]));
	qsort(r->loaded, r->count, sizeof(*r->loaded), by_blob);
	return 0;
}

size_t
refs_find(const struct refs *r, const uint8_t blob[SHA256_BYTES], const struct ref **first_r)
{
	size_t low = 0, high = r->count, end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (memcmp(r->loaded[middle].blob, blob, SHA256_BYTES) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	*first_r = r->loaded + low;
	for (end = low; end < r->count && memcmp(r->loaded[end].blob, blob, SHA256_BYTES) == 0;
	     end++) {
	}
	return end - low;
}
