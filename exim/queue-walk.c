/*
 * queue-walk.c - see queue.h: every message of every queue
 *
 * Layout: SPOOL/input/ID-H, SPOOL/input/X/ID-H where split, and the same
 * beneath SPOOL/QUEUE/ for named queues.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exim/queue.h"

struct queues {
	const char *queue;
	enum queue_file file;
	queue_each *each;
	void *arg;
	struct queue_fail *why;
};

static int
cannot_read(struct queue_fail *why)
{
	why->what = "cannot read the queue";
	why->error = errno;
	why->gone = false;
	return -1;
}

/*
 * Opens a directory to list it; its descriptor goes with it. NULL with errno. It
 * may be elsewhere, behind a symbolic link: Exim would find it, so we must not miss it.
 */
static DIR *
list(int directory, const char *name)
{
	int fd = openat(directory, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (d == NULL && fd >= 0) {
		close(fd);
	}
	return d;
}

/*
 * Whether a directory that could not be opened is none, so that nothing is in it;
 * a link to what is not there (a disk that is not mounted) may be one.
 */
static bool
is_none(int directory, const char *name)
{
	int error = errno;
	struct stat st;
	bool none = (error == ENOENT || error == ENOTDIR) &&
	    (fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	        (!S_ISDIR(st.st_mode) && (error == ENOTDIR || !S_ISLNK(st.st_mode))));

	errno = error;
	return none;
}

static int one_directory(const struct queues *w, DIR *d, bool splits);

static int
one_name(const struct queues *w, DIR *d, const char *name, bool splits)
{
	size_t len = strlen(name);
	char id[QUEUE_NAME_BYTES];

	if (splits && len == 1 && name[0] != '.') {
		DIR *split = list(dirfd(d), name);
		int ret;

		if (split == NULL) {
			return is_none(dirfd(d), name) ? 0 : cannot_read(w->why);
		}
		ret = one_directory(w, split, false);
		closedir(split);
		return ret;
	}
	if (len < 2 || len > sizeof(id) || name[len - 2] != '-' || name[len - 1] != (char)w->file ||
	    !queue_is_id(name, len - 2)) {
		return 0;
	}
	memcpy(id, name, len - 2);
	id[len - 2] = '\0';
	return w->each(w->arg, w->queue, dirfd(d), id);
}

static int
one_directory(const struct queues *w, DIR *d, bool splits)
{
	const struct dirent *e;

	for (;;) {
		errno = 0;
		e = readdir(d);
		if (e == NULL) {
			return errno == 0 ? 0 : cannot_read(w->why);
		}
		if (one_name(w, d, e->d_name, splits) < 0) {
			return -1;
		}
	}
}

/* The queue in `name` ("" or that of a directory beneath the spool): 0 too where there is no such
 * queue. */
static int
one_queue(const char *name, int directory, struct queues *w)
{
	DIR *input = list(directory, "input");
	int ret;

	if (input == NULL) {
		return is_none(directory, "input") ? 0 : cannot_read(w->why);
	}
	w->queue = name;
	ret = one_directory(w, input, true);
	closedir(input);
	return ret;
}

/* A queue may have any name that has no '/'. What a file system keeps for itself is closed to Exim
 * too. */
static bool
is_no_queue(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, "lost+found") == 0;
}

static int
named_queues(DIR *top, struct queues *w)
{
	const struct dirent *e;
	int named, ret;

	for (;;) {
		errno = 0;
		e = readdir(top);
		if (e == NULL) {
			return errno == 0 ? 0 : cannot_read(w->why);
		}
		if (is_no_queue(e->d_name)) {
			continue;
		}
		named = openat(dirfd(top), e->d_name, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (named < 0 && is_none(dirfd(top), e->d_name)) {
			continue;
		}
		if (named < 0) {
			return cannot_read(w->why);
		}
		ret = one_queue(e->d_name, named, w);
		close(named);
		if (ret < 0) {
			return -1;
		}
	}
}

int
queue_walk(
    const char *spool, enum queue_file file, queue_each *each, void *arg, struct queue_fail *why)
{
	struct queues w = {.queue = "", .file = file, .each = each, .arg = arg, .why = why};
	DIR *top = list(AT_FDCWD, spool);
	int ret;

	if (top == NULL) {
		return cannot_read(why);
	}
	ret = one_queue("", dirfd(top), &w);
	if (ret == 0) {
		ret = named_queues(top, &w);
	}
	closedir(top);
	return ret;
}

static int
count_one(void *arg, const char *queue, int directory, const char *id)
{
	uint64_t *count = arg;

	(void)queue;
	(void)directory;
	(void)id;
	++*count;
	return 0;
}

int
queue_count(const char *spool, uint64_t *count, struct queue_fail *why)
{
	*count = 0;
	return queue_walk(spool, QUEUE_HEADERS, count_one, count, why);
}
