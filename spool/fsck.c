/*
 * fsck.c - looks at everything in a spool
 */
#include "spool/fsck.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool/create.h"
#include "spool/entry.h"
#include "spool/hex.h"
#include "spool/lock.h"
#include "spool/path.h"
#include "spool/refs.h"
#include "spool/used.h"
#include "spool/walk.h"

static const char quarantine[] = "quarantine";

struct checker {
	const struct spool *spool;
	const struct fsck_options *options;
	struct fsck_result *result;
	struct refs *refs;
	uint8_t chunk[STORE_CHUNK];
};

static void
report(struct checker *c, enum fsck_grade grade, const char *path, const char *what, bool repaired)
{
	struct fsck_finding finding = {grade, path, what, repaired};

	c->result->bad += grade == FSCK_BAD;
	c->result->unused += grade == FSCK_UNUSED;
	c->result->repaired += repaired;
	c->options->found(c->options->arg, &finding);
}

/* Moves it out of the way, under a name of its own. */
static int
isolate(struct checker *c, const char *path, struct spool_fail *why)
{
	char to[WALK_PATH_MAX + 32];
	int start = snprintf(to, sizeof(to), "%s/", quarantine);
	int ret = create_folder(c->spool, quarantine, 0700, why);

	snprintf(to + start, sizeof(to) - 16 - (size_t)start, "%s", path);
	for (char *at = to + start; *at != '\0'; at++) {
		if (*at == '/') {
			*at = '_';
		}
	}
	start = (int)strlen(to);
	for (unsigned i = 1; ret == 0; i++) {
		ret = create_rename(c->spool, path, to, RENAME_NOREPLACE, why);
		if (ret != -EEXIST) {
			return ret == -ENOENT ? 0 : ret;
		}
		snprintf(to + start, sizeof(to) - (size_t)start, ".%u", i);
		ret = 0;
	}
	return ret;
}

/* Something that is not what it should be. */
static int
bad(struct checker *c, const char *path, const char *what, struct spool_fail *why)
{
	int ret = c->options->repair ? isolate(c, path, why) : 0;

	if (ret == 0) {
		report(c, FSCK_BAD, path, what, c->options->repair);
	}
	return ret;
}

/* Owner, group and mode of what is otherwise in its place. */
static int
check_access(
    struct checker *c, const char *path, const struct stat *st, mode_t mode, struct spool_fail *why)
{
	bool owner = st->st_uid == spool_owner(c->spool) && st->st_gid == spool_group(c->spool);
	bool access = (st->st_mode & (07777 & ~S_ISGID)) == mode;

	if (owner && access) {
		return 0;
	}
	if (c->options->repair) {
		int ret = create_access(c->spool, path, mode, why);
		if (ret != 0) {
			return ret;
		}
	}
	report(c, FSCK_BAD, path,
	    owner ? "has another mode than it should" : "has another owner or group than the spool",
	    c->options->repair);
	return 0;
}

static int
check_folder(struct checker *c, const char *path, mode_t mode, struct spool_fail *why)
{
	struct stat st;

	if (fstatat(spool_dirfd(c->spool), path, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		if (errno != ENOENT) {
			return spool_fail(why, "fstatat", path, errno);
		}
		report(c, FSCK_BAD, path, "is missing", c->options->repair);
		return c->options->repair ? create_folder(c->spool, path, mode, why) : 0;
	}
	if (!S_ISDIR(st.st_mode)) {
		/* Without it nothing behind it can be looked at. */
		report(c, FSCK_BAD, path, "is not a directory", false);
		return spool_fail_check(why, FAIL_TYPE, path, ENOTDIR);
	}
	return check_access(c, path, &st, mode, why);
}

static int
check_folders(struct checker *c, struct spool_fail *why)
{
	static const struct {
		const char *path;
		mode_t mode;
	} folders[] = {
	    {".", 0750},
	    {"keys", 0750},
	    {"blobs", 0750},
	    {"entries", 0750},
	    {"spill", 0770},
	};
	char path[sizeof("entries/ab")];
	int ret = 0;

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]) && ret == 0; i++) {
		ret = check_folder(c, folders[i].path, folders[i].mode, why);
	}
	for (int i = 0; i < 2 * SHARDS && ret == 0; i++) {
		snprintf(path, sizeof(path), "%s/%02x", i < SHARDS ? "blobs" : "entries",
		    (unsigned)i % SHARDS & 0xff);
		ret = check_folder(c, path, 0750, why);
	}
	return ret;
}

/* Names in a folder that is not a shard. */
typedef int look(struct checker *c, const char *path, const char *name, const struct stat *st,
    struct spool_fail *why);

static int
each_name(struct checker *c, const char *folder, look *fn, struct spool_fail *why)
{
	char path[WALK_PATH_MAX];
	struct dirent *d;
	struct stat st;
	int ret = 0;
	int fd = spool_open_beneath(c->spool, folder, O_RDONLY | O_DIRECTORY, 0, why);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (fd < 0) {
		return fd;
	}
	if (dir == NULL) {
		ret = spool_fail(why, "fdopendir", folder, errno);
		close(fd);
		return ret;
	}
	while (ret == 0 && (errno = 0, d = readdir(dir)) != NULL) {
		bool top = strcmp(folder, ".") == 0;
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0) {
			continue;
		}
		snprintf(
		    path, sizeof(path), "%s%s%s", top ? "" : folder, top ? "" : "/", d->d_name);
		if (fstatat(fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
			ret = fn(c, path, d->d_name, &st, why);
		} else if (errno != ENOENT) {
			ret = spool_fail(why, "fstatat", path, errno);
		}
	}
	if (ret == 0 && errno != 0) {
		ret = spool_fail(why, "readdir", folder, errno);
	}
	closedir(dir);
	return ret;
}

static int
look_at_count(struct checker *c, const char *path, const struct stat *st, struct spool_fail *why)
{
	int ret = check_access(c, path, st, 0600, why);

	if (ret != 0) {
		return ret;
	}
	ret = used_check(c->spool, why);
	return ret == -ENODATA ? bad(c, path, "is not a count of bytes: gc makes a new one", why)
	                       : ret;
}

static int
look_at_top(struct checker *c, const char *path, const char *name, const struct stat *st,
    struct spool_fail *why)
{
	static const char *const folders[] = {"keys", "blobs", "entries", "spill", quarantine};

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		if (strcmp(name, folders[i]) == 0) {
			return 0;
		}
	}
	if (S_ISREG(st->st_mode) && strcmp(name, "format") == 0) {
		return check_access(c, path, st, 0440, why);
	}
	if (S_ISREG(st->st_mode) && strcmp(name, "lock") == 0) {
		return check_access(c, path, st, 0600, why);
	}
	if (S_ISREG(st->st_mode) && strcmp(name, "used") == 0) {
		return look_at_count(c, path, st, why);
	}
	if (S_ISREG(st->st_mode) &&
	    (strcmp(name, "format.new") == 0 || strcmp(name, "used.new") == 0)) {
		report(c, FSCK_UNUSED, path, "is a change that was cut off", false);
		return 0;
	}
	return bad(c, path, "does not belong here", why);
}

static int
look_at_shard(struct checker *c, const char *path, const char *name, const struct stat *st,
    struct spool_fail *why)
{
	uint8_t shard;

	if (S_ISDIR(st->st_mode) && strlen(name) == 2 &&
	    hex_decode((const uint8_t *)name, 2, &shard) == 0) {
		return 0;
	}
	return bad(c, path, "does not belong here", why);
}

static int
look_at_spill(struct checker *c, const char *path, const char *name, const struct stat *st,
    struct spool_fail *why)
{
	(void)name;
	(void)st;
	return bad(c, path, "does not belong here: what the filter spills has no name", why);
}

static int
look_at_key(struct checker *c, const char *path, const char *name, const struct stat *st,
    struct spool_fail *why)
{
	size_t len = strlen(name), chars = (size_t)KEY_ID_BYTES * 2;
	uint8_t id[KEY_ID_BYTES];
	struct key key;
	int ret;

	if (len < chars || hex_decode((const uint8_t *)name, chars, id) != 0 ||
	    !S_ISREG(st->st_mode)) {
		return bad(c, path, "is not a key", why);
	}
	if (strcmp(name + chars, ".new") == 0) {
		report(c, FSCK_UNUSED, path, "is a change that was cut off", false);
		return 0;
	}
	if (len != chars) {
		return bad(c, path, "is not a key", why);
	}
	ret = check_access(c, path, st, 0640, why);
	if (ret != 0) {
		return ret;
	}
	ret = key_load(c->spool, id, &key, why);
	explicit_bzero(&key, sizeof(key));
	if (ret == -EBADMSG || ret == -EFBIG) {
		return bad(c, path, "is not a key", why);
	}
	return ret == -ENOENT || ret == -EPERM ? 0 : ret;
}

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
		report(c, FSCK_BAD, path, "names a blob that is missing", false);
	} else if ((uint64_t)st.st_size != e->size) {
		report(c, FSCK_BAD, path, "names a blob of another size", false);
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
		return bad(c, f->path, "does not belong here", why);
	}
	ret = check_access(c, f->path, &f->st, 0440, why);
	if (ret != 0) {
		return ret;
	}
	ret = load_entry(c, f, &e, why);
	if (ret == -EBADMSG) {
		return bad(c, f->path, "is not the entry that its name says", why);
	}
	if (ret == -EACCES) {
		report(c, FSCK_BAD, f->path, "cannot be read", false);
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
		report(c, FSCK_UNUSED, f->path, "is named by no entry", false);
	}
	for (size_t i = 0; i < count; i++) {
		if (memcmp(ref[i].checksum, sum, CHECKSUM_BYTES) != 0) {
			report(
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
		return bad(c, f->path, "does not belong here", why);
	}
	ret = check_access(c, f->path, &f->st, 0440, why);
	if (ret != 0) {
		return ret;
	}
	ret = sum_blob(c, f, digest, sum, &size, why);
	c->result->bytes += size;
	c->options->step(c->options->arg, size);
	if (ret == -ENOENT) {
		return 0;
	}
	if (ret == -EIO || ret == -EACCES) {
		report(c, FSCK_BAD, f->path, "cannot be read", false);
		return 0;
	}
	if (ret != 0) {
		return ret;
	}
	if (memcmp(digest, f->id, sizeof(digest)) != 0) {
		return bad(c, f->path, "has other content than its name says", why);
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
		c->options->step(c->options->arg, 0);
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

static int
check_all(struct checker *c, struct spool_fail *why)
{
	int ret = check_folders(c, why);

	if (ret == 0) {
		ret = each_name(c, ".", look_at_top, why);
	}
	if (ret == 0) {
		ret = each_name(c, "keys", look_at_key, why);
	}
	if (ret == 0) {
		ret = each_name(c, "entries", look_at_shard, why);
	}
	if (ret == 0) {
		ret = each_name(c, "blobs", look_at_shard, why);
	}
	if (ret == 0) {
		ret = each_name(c, "spill", look_at_spill, why);
	}
	if (ret == 0) {
		ret = refs_new(c->spool, &c->refs, why);
	}
	if (ret == 0) {
		ret = check_entries(c, why);
	}
	return ret == 0 ? check_blobs(c, why) : ret;
}

int
fsck(const struct spool *spool, const struct fsck_options *options, struct fsck_result *result,
    struct spool_fail *why)
{
	struct checker *c = NULL;
	int lock = -1, ret = create_allowed(spool, why);

	memset(result, 0, sizeof(*result));
	if (ret != 0) {
		return ret;
	}
	lock = lock_open(spool, why);
	ret = lock < 0 ? lock : lock_take(lock, LOCK_SWEEP, true, false, why);
	if (ret != 0) {
		ret = ret == -EAGAIN ? spool_fail_check(why, FAIL_SWEEP, "lock", EAGAIN) : ret;
		goto out;
	}
	c = calloc(1, sizeof(*c));
	if (c == NULL) {
		ret = spool_fail(why, "malloc", NULL, ENOMEM);
		goto out;
	}
	c->spool = spool;
	c->options = options;
	c->result = result;
	ret = check_all(c, why);
	refs_free(&c->refs);
out:
	free(c);
	if (lock >= 0) {
		close(lock);
	}
	return ret;
}
