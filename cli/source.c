/*
 * source.c - opens what put stores
 */
#include "cli/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static bool
is_stdin(const char *file)
{
	return strcmp(file, "-") == 0;
}

/* O_NONBLOCK: the open of a FIFO must not wait. */
static int
open_file(const char *file, bool to_take, enum take_over *how)
{
	int fd;

	if (is_stdin(file)) {
		*how = TAKE_OVER_STREAM;
		return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	}
	if (to_take) {
		fd = take_over_open(file);
		if (fd != -ELOOP) {
			errno = fd < 0 ? -fd : 0;
			return fd;
		}
		*how = TAKE_OVER_SYMLINK;
	}
	return open(file, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

int
source_open(const char *file, bool to_take, struct source *s, struct complaint *c)
{
	int ret = 0;

	*s = (struct source){.file = file, .how = TAKE_OVER_DONE};
	s->fd = open_file(file, to_take, &s->how);
	if (s->fd < 0 || fstat(s->fd, &s->st) != 0) {
		int error = errno;
		ret = complain(c, error == EMFILE || error == ENFILE ? EX_TEMPFAIL : EX_NOINPUT,
		    "cannot read '%.200s': %s", file, reason(error));
	} else if (S_ISDIR(s->st.st_mode)) {
		ret = complain(c, EX_NOINPUT, "cannot read '%.200s': it is a directory", file);
	} else if (!is_stdin(file) && !S_ISREG(s->st.st_mode)) {
		ret = complain(
		    c, EX_NOINPUT, "cannot read '%.200s': it is not a regular file", file);
	}
	s->regular = !is_stdin(file);
	if (ret != 0) {
		source_close(s);
	}
	return ret;
}

void
source_close(struct source *s)
{
	if (s->fd >= 0 && !s->given) {
		close(s->fd);
	}
	s->fd = -1;
}

int
source_unchanged(const struct source *s, uint64_t size, struct complaint *c)
{
	const struct stat *before = &s->st;
	struct stat after;

	if (fstat(s->fd, &after) != 0) {
		return complain(c, EX_NOINPUT, "cannot read '%.200s': %s", s->file, reason(errno));
	}
	if (size != (uint64_t)before->st_size || after.st_size != before->st_size ||
	    after.st_mtim.tv_sec != before->st_mtim.tv_sec ||
	    after.st_mtim.tv_nsec != before->st_mtim.tv_nsec) {
		return complain(
		    c, EX_TEMPFAIL, "cannot store '%.200s': it changed while it was read", s->file);
	}
	return 0;
}

void
source_say_copied(const struct source *s, enum take_over why)
{
	static const char *const reasons[] = {
	    [TAKE_OVER_STREAM] = "it is no file with a name",
	    [TAKE_OVER_SYMLINK] = "a symbolic link leads to it",
	    [TAKE_OVER_ELSEWHERE] = "it is on another file system than the spool",
	    [TAKE_OVER_SPOOL] = "it is in the spool",
	    [TAKE_OVER_LINKS] = "it has more than one link, or none",
	    [TAKE_OVER_OWNER] = "it is another user's, which takes root",
	    [TAKE_OVER_ACL] = "it has an access control list",
	    [TAKE_OVER_BUSY] = "somebody has it open for writing, or takes it over",
	    [TAKE_OVER_CANNOT] = "its file system does not allow it",
	};
	struct complaint c;

	complain(&c, EX_OK, "'%.200s' is copied, and stays: %s; no more is said of others", s->file,
	    reasons[why]);
	complain_aloud("put", &c);
}
