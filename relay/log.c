/*
 * log.c - see log.h
 */
#include "relay/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "relay/limits.h"

static struct {
	int fd;
	bool also_stderr;
	struct sockaddr_un to;
} sink = {.fd = -1};

void
relay_log_open(const char *path, bool also_stderr)
{
	sink.to.sun_family = AF_UNIX;
	snprintf(sink.to.sun_path, sizeof(sink.to.sun_path), "%s", path);
	sink.also_stderr = also_stderr;
	sink.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

int
relay_log_fd(void)
{
	return sink.fd;
}

void
relay_log(enum relay_level level, const char *format, ...)
{
	enum { FACILITY_MAIL = 2 };
	char line[LOG_LINE_BYTES];
	size_t head, len;
	va_list args;
	int n;

	head = (size_t)snprintf(line, sizeof(line),
	    "<%d>mailgraft-relay[%d]: ", FACILITY_MAIL << 3 | (int)level, (int)getpid());
	va_start(args, format);
	n = vsnprintf(line + head, sizeof(line) - head, format, args);
	va_end(args);
	len = n < 0 ? head
	            : (head + (size_t)n < sizeof(line) ? head + (size_t)n : sizeof(line) - 1);
	for (size_t i = head; i < len; i++) {
		line[i] = (char)((unsigned char)line[i] < ' ' || line[i] == 0x7f ? '?' : line[i]);
	}
	if (sink.fd >= 0) {
		(void)sendto(sink.fd, line, len, MSG_DONTWAIT | MSG_NOSIGNAL,
		    (const struct sockaddr *)&sink.to, sizeof(sink.to));
	}
	if (sink.also_stderr) {
		line[len < sizeof(line) ? len : len - 1] = '\n';
		(void)!write(STDERR_FILENO, line + head, len - head + 1);
	}
}
