/*
 * chain.c - see chain.h
 */
#include "filter/chain.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* As a shell says it. */
enum { NOT_RUN = 127 };

/* What the filter changed for itself. The alarm is not inherited. */
static void
restore_signals(void)
{
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	signal(SIGALRM, SIG_DFL);
}

/* In the child: waits for the first byte, then becomes the command. */
_Noreturn static void
become(char *const command[], int in, pid_t parent)
{
	struct pollfd first = {.fd = in, .events = POLLIN};

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent) {
		_exit(NOT_RUN);
	}
	while (poll(&first, 1, -1) < 0 && errno == EINTR) {
	}
	if ((first.revents & POLLIN) == 0) {
		_exit(0); /* there is no message */
	}
	restore_signals();
	if (dup2(in, 0) == 0) {
		/* what Exim left open is no business of the command's */
		close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
		execvp(command[0], command);
	}
	_exit(NOT_RUN);
}

int
chain_start(struct chain *c, char *const command[], struct refusal *why)
{
	pid_t self = getpid();
	int ends[2];

	c->name = command[0];
	if (pipe2(ends, O_CLOEXEC) < 0) {
		return refuse_call(why, "pipe", c->name, errno);
	}
	c->pid = fork();
	if (c->pid == 0) {
		close(ends[1]);
		become(command, ends[0], self);
	}
	c->unread = ends[0];
	c->in = ends[1];
	if (c->pid < 0) {
		return refuse_call(why, "fork", c->name, errno);
	}
	c->process = (int)syscall(SYS_pidfd_open, c->pid, 0);
	if (c->process < 0 || fcntl(c->in, F_SETFL, O_NONBLOCK) < 0) {
		return refuse_call(why, "pidfd_open", c->name, errno);
	}
	return 0;
}

/* Waits until the pipe has room. We hold its other end, so only the process tells that nobody
 * reads it any more. */
static int
wait_for_room(const struct chain *c)
{
	struct pollfd p[2] = {
	    {.fd = c->in, .events = POLLOUT}, {.fd = c->process, .events = POLLIN}};

	if (poll(p, 2, -1) < 0) {
		return errno == EINTR ? 0 : -errno;
	}
	return p[1].revents != 0 ? -EPIPE : 0;
}

int
chain_write(void *chain, const uint8_t *p, size_t len)
{
	struct chain *c = chain;
	int error = 0;

	while (len > 0 && error == 0) {
		ssize_t n = write(c->in, p, len);

		if (n >= 0) {
			p += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			error = wait_for_room(c);
		} else if (errno != EINTR) {
			error = -errno;
		}
	}
	return error;
}

int
chain_end(struct chain *c, struct refusal *why)
{
	struct pollfd rest = {.fd = c->unread, .events = POLLIN};
	int status = 0;

	close(c->in);
	c->in = -1;
	while (waitpid(c->pid, &status, 0) < 0) {
		if (errno != EINTR) {
			return refuse_call(why, "waitpid", c->name, errno);
		}
	}
	close(c->process);
	if (poll(&rest, 1, 0) < 0) {
		return refuse_call(why, "poll", c->name, errno);
	}
	close(c->unread);
	if (status == 0 && (rest.revents & POLLIN) == 0) {
		return 0;
	}
	*why = (struct refusal){.reason = REFUSED_NOT}; /* what was said before is not the cause */
	spool_fail(&why->fail, NULL, c->name, 0);
	why->found = (uint64_t)status;
	return refuse(why, REFUSED_COMMAND);
}
