/*
 * listen.c - see listen.h
 */
#include "relay/listen.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char *
path_of(const struct settings_address *a)
{
	return ((const struct sockaddr_un *)&a->address)->sun_path;
}

bool
listen_is(int fd, const struct settings_listener *l)
{
	struct sockaddr_storage at;
	const struct sockaddr_in *in = (const struct sockaddr_in *)&at;
	const struct sockaddr_in *want = (const struct sockaddr_in *)&l->at.address;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&at;
	const struct sockaddr_in6 *want6 = (const struct sockaddr_in6 *)&l->at.address;
	socklen_t len = sizeof(at);

	memset(&at, 0, sizeof(at));
	if (getsockname(fd, (struct sockaddr *)&at, &len) < 0 ||
	    at.ss_family != l->at.address.ss_family) {
		return false;
	}
	switch (at.ss_family) {
	case AF_UNIX:
		return strncmp(((const struct sockaddr_un *)&at)->sun_path, path_of(&l->at),
		           sizeof(((const struct sockaddr_un *)&at)->sun_path)) == 0;
	case AF_INET:
		return in->sin_port == want->sin_port &&
		    in->sin_addr.s_addr == want->sin_addr.s_addr;
	default:
		return in6->sin6_port == want6->sin6_port &&
		    memcmp(&in6->sin6_addr, &want6->sin6_addr, sizeof(in6->sin6_addr)) == 0;
	}
}

/* A socket that nobody listens on is removed. */
static void
remove_stale(const struct settings_address *a)
{
	struct stat st;
	int fd;

	if (lstat(path_of(a), &st) < 0 || !S_ISSOCK(st.st_mode)) {
		return;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&a->address, a->len) < 0 &&
	    errno == ECONNREFUSED) {
		(void)unlink(path_of(a));
	}
	if (fd >= 0) {
		close(fd);
	}
}

int
listen_open(const struct settings_listener *l, char *why, size_t cap)
{
	bool local = l->at.address.ss_family == AF_UNIX;
	int on = 1, e = 0;
	int fd = socket(l->at.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mode_t old;

	if (fd < 0) {
		snprintf(why, cap, "cannot listen on '%s': %s", l->at.text, strerror(errno));
		return -1;
	}
	if (local) {
		remove_stale(&l->at);
	} else {
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	}
	old = umask(0177);
	if (bind(fd, (const struct sockaddr *)&l->at.address, l->at.len) < 0) {
		e = errno;
	}
	umask(old);
	if (e == 0 && local && geteuid() == 0 &&
	    lchown(path_of(&l->at), l->peer[0], (gid_t)-1) < 0) {
		e = errno;
	}
	if (e == 0 && listen(fd, LISTEN_BACKLOG) < 0) {
		e = errno;
	}
	if (e != 0) {
		snprintf(why, cap, "cannot listen on '%s': %s", l->at.text, strerror(e));
		close(fd);
		return -1;
	}
	return fd;
}
