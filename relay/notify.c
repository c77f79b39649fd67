/*
 * notify.c - see notify.h
 */
#include "relay/notify.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

void
notify_manager(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	size_t len = path != NULL ? strlen(path) : 0;
	int fd;

	if (len < 2 || len >= sizeof(un.sun_path) || (path[0] != '/' && path[0] != '@')) {
		return;
	}
	memcpy(un.sun_path, path, len);
	if (path[0] == '@') {
		un.sun_path[0] = '\0';
	}
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		return;
	}
	(void)sendto(fd, state, strlen(state), MSG_NOSIGNAL | MSG_DONTWAIT,
	    (const struct sockaddr *)&un,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
	close(fd);
}

void
notify_reloading(void)
{
	struct timespec t;
	char text[80];

	clock_gettime(CLOCK_MONOTONIC, &t);
	snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
	    (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000);
	notify_manager(text);
}

/* The number in a variable that is meant for this process; 0: there is none. */
static int64_t
number_for_us(const char *value_name, const char *pid_name)
{
	const char *value = getenv(value_name), *pid = getenv(pid_name);

	if (value == NULL || (pid != NULL && strtol(pid, NULL, 10) != (long)getpid())) {
		return 0;
	}
	return strtoll(value, NULL, 10);
}

int64_t
notify_watchdog_ms(void)
{
	int64_t usec = number_for_us("WATCHDOG_USEC", "WATCHDOG_PID");

	return usec > 2000 ? usec / 2000 : 0;
}

int
notify_listeners(void)
{
	int64_t n = getenv("LISTEN_PID") != NULL ? number_for_us("LISTEN_FDS", "LISTEN_PID") : 0;

	return n > 0 && n < 1000 ? (int)n : 0;
}
