/*
 * item.c - names, adopts, copies and keeps a blob and its entry
 */
#include "spool/item.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "spool/create.h"
#include "spool/entry.h"
#include "spool/lock.h"
#include "spool/used.h"

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

/* The bytes of a new blob, before it may get its name. */
static int
count(
    struct item_place *p, struct item *item, uint64_t bytes, uint64_t total, struct spool_fail *why)
{
	int ret = lock_take(p->lock, LOCK_ADDING, false, true, why);

	if (ret == 0) {
		ret = used_add(p->spool, p->lock, bytes, total, why);
	}
	item->counted = ret == 0 ? bytes : 0;
	return ret;
}

void
item_forget(struct item_place *p, struct item *item)
{
	drop_blob(item);
	drop(&item->entry);
	if (item->counted > 0) {
		used_subtract(p->spool, p->lock, item->counted);
	}
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
compare(struct item_place *p, int ours, int theirs, const char *path, struct spool_fail *why)
{
	off_t at = 0;

	for (;;) {
		ssize_t n = read_at(ours, p->ours, sizeof(p->ours), at);
		ssize_t m = n < 0 ? -1 : read_at(theirs, p->theirs, sizeof(p->theirs), at);
		if (n < 0 || m < 0) {
			return spool_fail(why, "read", path, errno);
		}
		if (n != m || memcmp(p->ours, p->theirs, (size_t)n) != 0) {
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
adopt(struct item_place *p, struct item *item, struct spool_fail *why)
{
	uint64_t size;
	int ret, theirs = spool_open_file(p->spool, item->blob_path, 0, &size, why);

	if (theirs < 0) {
		return theirs;
	}
	ret = compare(p, item->blob, theirs, item->blob_path, why);
	if (ret != 0) {
		close(theirs);
		return ret;
	}
	drop_blob(item);
	item->blob = theirs;
	return 0;
}

int
item_begin(struct item_place *p, struct item *item, const struct item_file *file,
    const uint8_t digest[SHA256_BYTES], uint64_t size, uint64_t total, struct spool_fail *why)
{
	int ret;

	assert(file->fd >= 0);
	*item = (struct item){
	    .blob = file->fd, .entry = -1, .taken = file->taken, .begun = file->begun};
	blob_path(digest, item->blob_path);
	ret = adopt(p, item, why);
	item->fresh = ret == -ENOENT;
	/* A file that was taken over may be of any age. */
	item->made = item->fresh && !item->taken.is;
	if (item->fresh) {
		ret = count(p, item, size, total, why);
	}
	if (ret != 0) {
		item_forget(p, item);
	}
	return ret;
}

/* The entry's file, unnamed. */
int
item_describe(struct item_place *p, struct item *item, const struct entry *entry,
    uint8_t id_r[ENTRY_ID_BYTES], struct spool_fail *why)
{
	uint8_t text[ENTRY_FILE_MAX];
	struct entry back;
	ssize_t len = entry_format(entry, text, sizeof(text));

	assert(item->entry < 0);
	if (len < 0 || entry_parse(text, (size_t)len, &back) != 0) {
		return spool_fail_check(why, FAIL_PIECE, NULL, EINVAL);
	}
	entry_id(text, (size_t)len, id_r);
	entry_path(id_r, item->entry_path);
	item->entry = create_file(p->spool, "entries", 0440, why);
	if (item->entry < 0) {
		return item->entry;
	}
	return create_write(item->entry, text, (size_t)len, item->entry_path, why);
}

/* A copy in place of what we have open, without a name, on disk, and of this content. */
static int
copy_blob(struct item_place *p, struct item *item, uint64_t *size_r, struct spool_fail *why)
{
	uint8_t digest[SHA256_BYTES];
	char path[BLOB_PATH_MAX];
	struct sha256 sha256;
	off_t at = 0;
	ssize_t n;
	int ret = 0, fd = create_file(p->spool, "blobs", 0440, why);

	if (fd < 0) {
		return fd;
	}
	sha256_begin(&sha256);
	while (ret == 0 && (n = read_at(item->blob, p->ours, sizeof(p->ours), at)) != 0) {
		if (n < 0) {
			ret = spool_fail(why, "read", item->blob_path, errno);
			break;
		}
		sha256_add(&sha256, p->ours, (size_t)n);
		ret = create_write(fd, p->ours, (size_t)n, item->blob_path, why);
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
name_blob(struct item_place *p, struct item *item, struct spool_fail *why)
{
	uint64_t size;
	int ret = 0;

	if (item->taken.is && !take_over_holds(item->blob)) {
		ret = copy_blob(p, item, &size, why);
	}
	if (ret == 0) {
		ret = create_link(p->spool, item->blob, item->blob_path, why);
	}
	if (item->taken.is && (ret == -ENOENT || ret == -EXDEV)) {
		ret = copy_blob(p, item, &size, why);
		ret = ret == 0 ? create_link(p->spool, item->blob, item->blob_path, why) : ret;
	}
	return ret;
}

int
item_link_blob(struct item_place *p, struct item *item, struct spool_fail *why)
{
	int ret = 0;

	while (item->fresh) {
		ret = name_blob(p, item, why);
		if (ret == 0) {
			item->counted = 0;
			item->taken.is = false;
		}
		if (ret != -EEXIST) {
			break;
		}
		item->made = false;
		/* -ENOENT: it was there, and gc took it in between. */
		ret = adopt(p, item, why);
		if (ret != -ENOENT) {
			break;
		}
	}
	item->fresh = false;
	return ret;
}

int
item_link_entry(struct item_place *p, struct item *item, struct spool_fail *why)
{
	uint64_t size;
	int ret, theirs;

	for (;;) {
		ret = create_link(p->spool, item->entry, item->entry_path, why);
		if (ret != -EEXIST) {
			return ret;
		}
		item->made = false;
		theirs = spool_open_file(p->spool, item->entry_path, 0, &size, why);
		if (theirs >= 0) {
			ret = compare(p, item->entry, theirs, item->entry_path, why);
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
put_back(struct item_place *p, struct item *item, struct spool_fail *why)
{
	uint64_t size;
	int ret = copy_blob(p, item, &size, why);

	if (ret == 0 && item->counted == 0) {
		/* It was within the total before gc took it. */
		ret = count(p, item, size, INT64_MAX, why);
	}
	if (ret == 0) {
		ret = item_link_blob(p, item, why);
	}
	return ret == 0 ? create_sync_folder(p->spool, item->blob_path, why) : ret;
}

int
item_keep(struct item_place *p, struct item *item, struct spool_fail *why)
{
	int ret;

	if (item->made && moment_is_recent(&item->begun)) {
		return 0;
	}
	ret = create_touch(p->spool, item->blob_path, why);

	if (ret == -ENOENT) {
		ret = put_back(p, item, why);
	}
	if (ret == 0) {
		ret = create_touch(p->spool, item->entry_path, why);
	}
	if (ret == -ENOENT) {
		ret = item_link_entry(p, item, why);
	}
	return ret;
}
