/*
 * fsck-stored.c - hashes everything that is stored
 */
#include "spool/fsck-stored.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "spool/entry.h"
#include "spool/path.h"
#include "spool/walk.h"

static int
check_entry_blob(struct checker *c, const char *path, const struct entry *e, struct spool_fail *why)
{
	char blob[BLOB_PATH_MAX];
	struct stat st;

	blob_path(e->blob, blob);
	if (fstatat(spool_dirfd(c->spool), blob, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		if (errno != ENOENT) {
			return spool_fail(why, "fstatat", blob, errno);
		}
		checker_report(c, FSCK_BAD, path, "names a blob that is missing", false);
	} else if ((uint64_t)st.st_size != e->size) {
		checker_report(c, FSCK_BAD, path, "names a blob of another size", false);
	}
	return 0;
}

/* As entry_load(), whoever owns the file: that has been reported. */
static int
load_entry(struct checker *c, const struct walk_file *f, struct entry *e, struct spool_fail *why)
{
	uint8_t id[ENTRY_ID_BYTES];
	ssize_t n = -1;
	int fd = spool_open_beneath(c->spool, f->path, O_RDONLY | O_NONBLOCK, 0, why);

	if (fd < 0) {
		return fd;
	}
	if (f->st.st_size <= ENTRY_FILE_MAX) {
		n = read(fd, c->chunk, sizeof(c->chunk));
	}
	close(fd);
	if (n < 0 || n != f->st.st_size) {
		return -EBADMSG;
	}
	entry_id(c->chunk, (size_t)n, id);
	return memcmp(id, f->id, sizeof(id)) == 0 ? entry_parse(c->chunk, (size_t)n, e) : -EBADMSG;
}

static int
check_entry(struct checker *c, const struct walk_file *f, struct spool_fail *why)
{
	struct entry e;
	int ret;

	c->result->entries++;
	if (!f->named || !S_ISREG(f->st.st_mode)) {
		return checker_bad(c, f->path, "does not belong here", why);
	}
	ret = checker_access(c, f->path, &f->st, 0440, why);
	if (ret != 0) {
		return ret;
	}
	ret = load_entry(c, f, &e, why);
	if (ret == -EBADMSG) {
		return checker_bad(c, f->path, "is not the entry that its name says", why);
	}
	if (ret == -EPROTONOSUPPORT) {
		checker_report(c, FSCK_BAD, f->path, "is of a newer version of mailgraft", false);
		return 0;
	}
	if (ret == -EACCES) {
		checker_report(c, FSCK_BAD, f->path, "cannot be read", false);
	}
	if (ret == -EACCES || ret == -ENOENT) {
		return 0;
	}
	if (ret == 0) {
		ret = check_entry_blob(c, f->path, &e, why);
	}
	return ret == 0 ? refs_add(c->refs, &e, why) : ret;
}

/* 0 with both sums; -EIO and the like with *why where it cannot be read to its end. */
static int
sum_blob(struct checker *c, const struct walk_file *f, uint8_t digest[SHA256_BYTES],
    uint8_t sum[CHECKSUM_BYTES], uint64_t *size_r, struct spool_fail *why)
{
	struct checksum checksum;
	struct sha256 sha256;
	ssize_t n;
	int fd = spool_open_beneath(c->spool, f->path, O_RDONLY | O_NONBLOCK, 0, why);

	if (fd < 0) {
		return fd;
	}
	sha256_begin(&sha256);
	checksum_begin(&checksum);
	*size_r = 0;
	while ((n = read(fd, c->chunk, sizeof(c->chunk))) != 0) {
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			int error = errno;
			close(fd);
			return spool_fail(why, "read", f->path, error);
		}
		sha256_add(&sha256, c->chunk, (size_t)n);
		checksum_add(&checksum, c->chunk, (size_t)n);
		*size_r += (uint64_t)n;
		c->options->step(c->options->arg, 0, (uint64_t)n);
	}
	close(fd);
	sha256_end(&sha256, digest);
	checksum_end(&checksum, sum);
	return 0;
}

/* The entries' word against the blob's. */
static void
check_refs(struct checker *c, const struct walk_file *f, const uint8_t sum[CHECKSUM_BYTES])
{
	const struct ref *ref;
	size_t count = refs_find(c->refs, f->id, &ref);

	if (count == 0) {
		checker_report(c, FSCK_UNUSED, f->path, "is named by no entry", false);
	}
	for (size_t i = 0; i < count; i++) {
		if (memcmp(ref[i].checksum, sum, CHECKSUM_BYTES) != 0) {
			checker_report(
			    c, FSCK_BAD, f->path, "has another checksum than an entry says", false);
			return;
		}
	}
}

static int
check_blob(struct checker *c, const struct walk_file *f, struct spool_fail *why)
{
	uint8_t digest[SHA256_BYTES], sum[CHECKSUM_BYTES];
	uint64_t size = 0;
	int ret;

	c->result->blobs++;
	if (!f->named || !S_ISREG(f->st.st_mode)) {
		return checker_bad(c, f->path, "does not belong here", why);
	}
	ret = checker_access(c, f->path, &f->st, 0440, why);
	if (ret != 0) {
		return ret;
	}
	ret = sum_blob(c, f, digest, sum, &size, why);
	c->result->bytes += size;
	c->options->step(c->options->arg, 1, 0);
	if (ret == -ENOENT) {
		return 0;
	}
	if (ret == -EIO || ret == -EACCES) {
		checker_report(c, FSCK_BAD, f->path, "cannot be read", false);
		return 0;
	}
	if (ret != 0) {
		return ret;
	}
	if (memcmp(digest, f->id, sizeof(digest)) != 0) {
		return checker_bad(c, f->path, "has other content than its name says", why);
	}
	check_refs(c, f, sum);
	return 0;
}

static int
check_entries(struct checker *c, struct spool_fail *why)
{
	struct walk_file f;
	struct walk w;
	int ret;

	walk_begin(&w, c->spool, WALK_ENTRIES);
	while ((ret = walk_next(&w, &f, why)) > 0) {
		ret = check_entry(c, &f, why);
		if (ret != 0) {
			break;
		}
		c->options->step(c->options->arg, 1, 0);
	}
	walk_end(&w);
	return ret;
}

static int
check_blobs(struct checker *c, struct spool_fail *why)
{
	struct walk_file f;
	struct walk w;
	int ret = 0;

	for (int shard = 0; shard < SHARDS && ret == 0; shard++) {
		ret = refs_load(c->refs, (uint8_t)shard, why);
		if (ret != 0) {
			break;
		}
		walk_begin_shard(&w, c->spool, WALK_BLOBS, (uint8_t)shard);
		while ((ret = walk_next(&w, &f, why)) > 0) {
			ret = check_blob(c, &f, why);
			if (ret != 0) {
				break;
			}
		}
		walk_end(&w);
	}
	return ret;
}

int
fsck_stored(struct checker *c, struct spool_fail *why)
{
	int ret = check_entries(c, why);

	return ret == 0 ? check_blobs(c, why) : ret;
}
