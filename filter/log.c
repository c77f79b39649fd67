/*
 * log.c - see log.h
 */
#include "filter/log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

enum { FACILITY_MAIL = 2 << 3, SEVERITY_WARNING = 4, SEVERITY_INFO = 6 };

static const char PROGRAM[] = "mailgraft-filter";
static int log_socket = -1;
static int log_stderr = -1;
static char prefix_refused[64], prefix_grafted[64];

void
filter_log_open(const char *socket_path, int also_stderr)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t len = strlen(socket_path);
	int fd;

	log_stderr = also_stderr;
	snprintf(prefix_refused, sizeof(prefix_refused),
	    "<%d>%s[%d]: ", FACILITY_MAIL | SEVERITY_WARNING, PROGRAM, (int)getpid());
	snprintf(prefix_grafted, sizeof(prefix_grafted),
	    "<%d>%s[%d]: ", FACILITY_MAIL | SEVERITY_INFO, PROGRAM, (int)getpid());
	if (len >= sizeof(address.sun_path)) {
		return;
	}
	memcpy(address.sun_path, socket_path, len + 1);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
		close(fd);
		fd = -1;
	}
	log_socket = fd;
}

void
filter_log_line(bool refused, const char *text, size_t len)
{
	const char *prefix = refused ? prefix_refused : prefix_grafted;
	struct iovec v[3] = {
	    {.iov_base = (void *)(refused ? prefix_refused : prefix_grafted),
	        .iov_len = strlen(prefix)},
	    {.iov_base = (void *)(size_t)text, .iov_len = len},
	    {.iov_base = (void *)(size_t) "\n", .iov_len = 1},
	};
	struct msghdr m = {.msg_iov = v, .msg_iovlen = 2};
	int saved = errno;

	if (log_socket >= 0) {
		sendmsg(log_socket, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
	}
	if (log_stderr >= 0 && writev(log_stderr, v + 1, 2) < 0) {
		log_stderr = -1;
	}
	errno = saved;
}
