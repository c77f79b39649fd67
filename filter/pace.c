/*
 * pace.c - see pace.h
 */
#include "filter/pace.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "filter/limits.h"

/* What is in the pipe, and how often this process has given up its CPU or lost it. */
static void
look(struct pace *p)
{
	struct rusage r = {.ru_nvcsw = 0};
	int n = 0;

	ioctl(p->fd, FIONREAD, &n);
	getrusage(RUSAGE_SELF, &r);
	p->unread = (size_t)n;
	p->switches = r.ru_nvcsw + r.ru_nivcsw;
}

bool
pace_enlarge(int fd)
{
	int holds = fcntl(fd, F_GETPIPE_SZ);

	if (holds >= 0 && holds < PACE_PIPE) {
		fcntl(fd, F_SETPIPE_SZ, PACE_PIPE);
	}
	return holds >= 0;
}

void
pace_begin(struct pace *p, int fd)
{
	if (!p->is_pipe && pace_enlarge(fd)) {
		*p = (struct pace){.fd = fd, .is_pipe = true};
	}
}

void
pace_before(struct pace *p)
{
	struct pace behind = *p;

	if (p->looks == 0 || p->parallel || p->looks > PACE_LOOKS) {
		return;
	}
	look(p);
	/* Who reads while we have a CPU has another one. */
	p->parallel = p->unread < behind.unread && p->switches == behind.switches;
}

void
pace_behind(struct pace *p)
{
	if (!p->is_pipe || p->parallel || p->looks > PACE_LOOKS) {
		return;
	}
	p->looks++;
	look(p);
}

size_t
pace_write(const struct pace *p, size_t left)
{
	return p->parallel && left > PACE_STOCK ? PACE_PIECE : left;
}
