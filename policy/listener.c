/* listener.c - see listener.h */
#include "policy/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/limits.h"

enum { INHERITED_FIRST = 3 };

/* True when nobody answers on it. */
static bool
socket_is_dead(const struct endpoint *e)
{
	bool dead;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0) {
		return false;
	}
	dead = connect(fd, (const struct sockaddr *)&e->address, e->len) != 0 &&
	    (errno == ECONNREFUSED || errno == ENOENT);
	close(fd);
	return dead;
}

static int
look_up_owner(const struct endpoint *e, uid_t *uid, gid_t *gid, const char **what)
{
	*uid = (uid_t)-1;
	*gid = (gid_t)-1;
	if (e->owner[0] != 0) {
		const struct passwd *pw = getpwnam(e->owner);

		if (pw == NULL) {
			*what = "find the owner of";
			return -ENOENT;
		}
		*uid = pw->pw_uid;
	}
	if (e->group[0] != 0) {
		const struct group *gr = getgrnam(e->group);

		if (gr == NULL) {
			*what = "find the group of";
			return -ENOENT;
		}
		*gid = gr->gr_gid;
	}
	return 0;
}

/* Bound under a name of its own first, so that the real name never has the wrong mode. */
static int
bind_unix(int fd, const struct endpoint *e, const char **what)
{
	struct sockaddr_un un;
	char path[sizeof(un.sun_path)];
	struct stat st;
	mode_t mask;
	uid_t uid;
	gid_t gid;
	int r;

	memcpy(&un, &e->address, sizeof(un));
	memcpy(path, un.sun_path, sizeof(path));
	*what = "bind";
	if (lstat(path, &st) == 0 && (!S_ISSOCK(st.st_mode) || !socket_is_dead(e))) {
		return S_ISSOCK(st.st_mode) ? -EADDRINUSE : -EEXIST;
	}
	r = look_up_owner(e, &uid, &gid, what);
	if (r != 0) {
		return r;
	}
	if ((size_t)snprintf(un.sun_path, sizeof(un.sun_path), "%s.%d", path, (int)getpid()) >=
	    sizeof(un.sun_path)) {
		*what = "bind";
		return -ENAMETOOLONG;
	}
	(void)unlink(un.sun_path);
	/* The directory may be another user's (Postfix's private/): follow no link put there. */
	mask = umask(0777 & ~e->mode);
	r = bind(fd, (struct sockaddr *)&un, sizeof(un)) != 0 ? -errno : 0;
	(void)umask(mask);
	if (r != 0) {
		return r;
	}
	*what = "set the owner of";
	if ((uid != (uid_t)-1 || gid != (gid_t)-1) && lchown(un.sun_path, uid, gid) != 0) {
		r = -errno;
		goto out;
	}
	*what = "listen on";
	if (listen(fd, CONNECTION_BACKLOG) != 0) {
		r = -errno;
		goto out;
	}
	*what = "rename";
	if (rename(un.sun_path, path) != 0) {
		r = -errno;
	}
out:
	if (r != 0) {
		(void)unlink(un.sun_path);
	}
	return r;
}

static int
bind_inet(int fd, const struct endpoint *e, const char **what)
{
	int on = 1;

	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (e->address.ss_family == AF_INET6) {
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	}
	*what = "bind";
	return bind(fd, (const struct sockaddr *)&e->address, e->len) == 0 ? 0 : -errno;
}

int
listener_open(const struct endpoint *e, const char **what)
{
	int fd, r;

	*what = "make a socket for";
	fd = socket(e->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		return -errno;
	}
	r = endpoint_is_unix(e) ? bind_unix(fd, e, what) : bind_inet(fd, e, what);
	if (r == 0 && !endpoint_is_unix(e) && listen(fd, CONNECTION_BACKLOG) != 0) {
		*what = "listen on";
		r = -errno;
	}
	if (r != 0) {
		close(fd);
		return r;
	}
	return fd;
}

/* The folder must take a new name; a name that is there must be a socket's. */
static int
check_unix(const struct endpoint *e, const char **what)
{
	char folder[sizeof(((struct sockaddr_un *)0)->sun_path)];
	struct stat st;
	uid_t uid;
	gid_t gid;
	int r;

	snprintf(folder, sizeof(folder), "%s", endpoint_path(e));
	*what = "bind";
	if (lstat(folder, &st) == 0 && !S_ISSOCK(st.st_mode)) {
		return -EEXIST;
	}
	r = look_up_owner(e, &uid, &gid, what);
	if (r != 0) {
		return r;
	}
	if (lstat(folder, &st) == 0 && !socket_is_dead(e)) {
		return 0;
	}
	*what = "bind";
	*(strrchr(folder, '/') + 1) = '\0';
	return faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) != 0 ? -errno : 0;
}

int
listener_check(const struct endpoint *e, const char **what)
{
	int fd, r;

	if (endpoint_is_unix(e)) {
		return check_unix(e, what);
	}
	*what = "make a socket for";
	fd = socket(e->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		return -errno;
	}
	r = bind_inet(fd, e, what);
	close(fd);
	return r == -EADDRINUSE ? 0 : r;
}

static bool
same_address(int fd, const struct endpoint *e)
{
	struct sockaddr_storage bound = {0};
	socklen_t len = sizeof(bound);
	struct sockaddr_un un, want;
	int type, listening;
	socklen_t type_len = sizeof(type), listening_len = sizeof(listening);

	/* By the time of a reload the number may be a connection's, which has the same name. */
	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_len) != 0 || type != SOCK_STREAM ||
	    getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &listening_len) != 0 ||
	    !listening || getsockname(fd, (struct sockaddr *)&bound, &len) != 0 ||
	    bound.ss_family != e->address.ss_family) {
		return false;
	}
	if (bound.ss_family != AF_UNIX) {
		return len == e->len && memcmp(&bound, &e->address, len) == 0;
	}
	memcpy(&un, &bound, sizeof(un));
	memcpy(&want, &e->address, sizeof(want));
	return strncmp(un.sun_path, want.sun_path, sizeof(un.sun_path)) == 0;
}

int
listener_inherit(const struct endpoint *e)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	long count;

	if (pid == NULL || fds == NULL || strtol(pid, NULL, 10) != (long)getpid()) {
		return -1;
	}
	count = strtol(fds, NULL, 10);
	for (int fd = INHERITED_FIRST; fd < INHERITED_FIRST + count && fd < INHERITED_MAX; fd++) {
		if (same_address(fd, e)) {
			(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
			(void)fcntl(fd, F_SETFL, O_NONBLOCK);
			return fd;
		}
	}
	return -1;
}
