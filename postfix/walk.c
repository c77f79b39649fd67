/*
 * walk.c - see walk.h
 */
#include "postfix/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* In this order, twice: a message that fails goes from active to deferred, and back when it is due.
 */
static const char *const queues[] = {"maildrop", "incoming", "deferred", "active", "hold"};

struct postfix_walk {
	postfix_each *each;
	void *arg;
	const char *queue;
	char *object;
};

/* Short ids are hexadecimal; long ones are letters and digits (enable_long_queue_ids). */
static bool
is_id(const char *name)
{
	size_t n = strspn(name, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

	return n >= 6 && n <= POSTFIX_ID_MAX && name[n] == '\0';
}

static int
fail(const struct postfix_walk *w, const char *name, int error)
{
	snprintf(
	    w->object, POSTFIX_OBJECT_MAX, "%s%s%s", w->queue, name[0] == '\0' ? "" : "/", name);
	return -error;
}

static int walk_folder(const struct postfix_walk *w, int directory, unsigned depth);

static int
walk_entry(const struct postfix_walk *w, int directory, const char *name, unsigned depth)
{
	struct postfix_place place = {.queue = w->queue, .id = name, .directory = directory};
	struct stat st;
	int folder;

	if (fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		return errno == ENOENT ? 0 : fail(w, name, errno);
	}
	if (S_ISDIR(st.st_mode) && strlen(name) == 1 && depth < POSTFIX_DEPTH_MAX) {
		folder = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		return folder < 0 ? fail(w, name, errno) : walk_folder(w, folder, depth + 1);
	}
	return S_ISREG(st.st_mode) && is_id(name) ? w->each(w->arg, &place) : 0;
}

/* Closes the folder. */
static int
walk_folder(const struct postfix_walk *w, int directory, unsigned depth)
{
	DIR *d = fdopendir(directory);
	struct dirent *e;
	int ret = 0;

	if (d == NULL) {
		ret = fail(w, "", errno);
		close(directory);
		return ret;
	}
	while (ret == 0 && (errno = 0, e = readdir(d)) != NULL) {
		if (e->d_name[0] != '.') {
			ret = walk_entry(w, dirfd(d), e->d_name, depth);
		}
	}
	if (ret == 0 && errno != 0) {
		ret = fail(w, "", errno);
	}
	closedir(d);
	return ret;
}

int
postfix_walk(
    const char *queue_directory, postfix_each *each, void *arg, char object_r[POSTFIX_OBJECT_MAX])
{
	struct postfix_walk w = {.each = each, .arg = arg, .object = object_r};
	int top = open(queue_directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC), folder, ret = 0;
	const size_t count = sizeof(queues) / sizeof(queues[0]);

	if (top < 0) {
		ret = -errno;
		snprintf(object_r, POSTFIX_OBJECT_MAX, "%s", queue_directory);
		return ret;
	}
	for (size_t i = 0; ret == 0 && i < 2 * count; i++) {
		w.queue = queues[i % count];
		folder = openat(top, w.queue, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		ret = folder < 0 ? fail(&w, "", errno) : walk_folder(&w, folder, 0);
	}
	close(top);
	return ret;
}
