/* state-file.c - see state-file.h */
#include "policy/state-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { NAME_MAX_BYTES = 64 };

struct state_clock
state_clock_at(int64_t now)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (struct state_clock){
	    .wall = (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000,
	    .now = now,
	};
}

static int
write_whole(int dir, const struct state_part *part, int64_t offset, const char **what)
{
	char fresh[NAME_MAX_BYTES];
	FILE *f = NULL;
	int fd, ret = 0;

	snprintf(fresh, sizeof(fresh), "%s.new", part->name);
	*what = "create a file in";
	fd = openat(dir, fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
	f = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (f == NULL) {
		ret = -errno;
		goto out;
	}
	*what = "write a file in";
	fputs(part->header, f);
	part->write(part->context, f, 0, offset);
	if (fflush(f) != 0 || fsync(fd) != 0) {
		ret = -errno;
		goto out;
	}
	*what = "rename a file in";
	if (renameat(dir, fresh, dir, part->name) != 0 || fsync(dir) != 0) {
		ret = -errno;
	}
out:
	if (ret != 0 && fd >= 0) {
		(void)unlinkat(dir, fresh, 0);
	}
	if (f != NULL) {
		fclose(f);
	} else if (fd >= 0) {
		close(fd);
	}
	return ret;
}

/* Whether lines can be appended: it is ours, and not much larger than what it says. */
static bool
can_append(int fd, const struct state_part *part, off_t *size)
{
	size_t len = strlen(part->header);
	char header[256];
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    pread(fd, header, len, 0) != (ssize_t)len || memcmp(header, part->header, len) != 0) {
		return false;
	}
	*size = st.st_size;
	return st.st_size < STATE_SMALL_BYTES ||
	    (size_t)st.st_size / STATE_GROWTH < part->size(part->context);
}

static int
write_more(int fd, off_t size, const struct state_part *part, uint64_t since, int64_t offset,
    const char **what)
{
	FILE *f = fdopen(fd, "a");
	char last = 0;
	int ret = 0;

	*what = "write a file in";
	if (f == NULL) {
		ret = -errno;
		close(fd);
		return ret;
	}
	/* The end of a line that a full disk or a crash has cut. */
	if (pread(fd, &last, 1, size - 1) == 1 && last != '\n') {
		fputc('\n', f);
	}
	part->write(part->context, f, since, offset);
	if (fflush(f) != 0 || fsync(fd) != 0) {
		ret = -errno;
	}
	fclose(f);
	return ret;
}

int
state_file_write(const char *directory, const struct state_part *part, uint64_t since, int64_t now,
    const char **what)
{
	struct state_clock clock = state_clock_at(now);
	int64_t offset = clock.wall - clock.now;
	off_t size = 0;
	int dir, fd, ret;

	*what = "open";
	dir = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0) {
		return -errno;
	}
	fd = since > 0
	    ? openat(dir, part->name, O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
	    : -1;
	if (can_append(fd, part, &size)) {
		ret = write_more(fd, size, part, since, offset, what);
	} else {
		if (fd >= 0) {
			close(fd);
		}
		ret = write_whole(dir, part, offset, what);
	}
	close(dir);
	return ret;
}

int
state_file_read(const char *directory, const struct state_part *part, int64_t now, size_t *taken,
    size_t *skipped, const char **what)
{
	struct state_clock clock = state_clock_at(now);
	char path[4096], line[STATE_LINE_MAX];
	struct stat st;
	FILE *f;
	int fd;

	*taken = *skipped = 0;
	*what = "read";
	if ((size_t)snprintf(path, sizeof(path), "%s/%s", directory, part->name) >= sizeof(path)) {
		return -ENAMETOOLONG;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		return errno == ENOENT ? 0 : -errno;
	}
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (f = fdopen(fd, "r")) == NULL) {
		close(fd);
		return -EINVAL;
	}
	if (fgets(line, sizeof(line), f) == NULL || strcmp(line, part->header) != 0) {
		*skipped = 1;
		fclose(f);
		return 0;
	}
	while (fgets(line, sizeof(line), f) != NULL) {
		size_t len = strlen(line);
		enum state_line said = STATE_LINE_BAD;

		if (len > 0 && line[len - 1] == '\n') {
			line[len - 1] = 0;
			said = len > 1 ? part->read(part->context, line, &clock) : STATE_LINE_OLD;
		}
		*taken += said == STATE_LINE_TAKEN;
		*skipped += said == STATE_LINE_BAD;
	}
	fclose(f);
	return 0;
}
