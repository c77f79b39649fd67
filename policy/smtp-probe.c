/* smtp-probe.c - see smtp-probe.h */
#include "policy/smtp-probe.h"
#include "policy/limits.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum probe_stage { CONNECTING, GREETING, EHLO };

enum { PROBE_LINES_MAX = 100 };

struct smtp_probe {
	struct loop *loop;
	struct loop_source source;
	struct loop_timer timer;
	enum probe_stage stage;
	char name[256];
	char line[512];
	size_t len;
	unsigned lines;
	smtp_probe_result *result;
	void *context;
};

void
smtp_probe_cancel(struct smtp_probe *p)
{
	loop_remove(p->loop, &p->source);
	loop_timer_clear(p->loop, &p->timer);
	close(p->source.fd);
	free(p);
}

static void
probe_end(struct smtp_probe *p, bool up, const char *words)
{
	smtp_probe_result *result = p->result;
	void *context = p->context;

	smtp_probe_cancel(p);
	result(context, up, words);
}

static bool
probe_send(struct smtp_probe *p, const char *text)
{
	size_t len = strlen(text);

	return send(p->source.fd, text, len, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)len;
}

/* One line of the server's. False: the probe is over. */
static bool
probe_line(struct smtp_probe *p, const char *line, size_t len)
{
	char command[300];
	bool last = len < 4 || line[3] != '-';

	if (len < 3 || ++p->lines > PROBE_LINES_MAX) {
		probe_end(p, false, "does not speak SMTP");
		return false;
	}
	if (!last) {
		return true;
	}
	if (p->stage == GREETING) {
		if (memcmp(line, "220", 3) != 0) {
			probe_end(p, false, "greets with an error");
			return false;
		}
		p->stage = EHLO;
		snprintf(command, sizeof(command), "EHLO %s\r\n", p->name);
		if (!probe_send(p, command)) {
			probe_end(p, false, "closed the connection");
			return false;
		}
		return true;
	}
	if (memcmp(line, "250", 3) != 0) {
		probe_end(p, false, "refuses EHLO");
		return false;
	}
	(void)probe_send(p, "QUIT\r\n");
	probe_end(p, true, "answers");
	return false;
}

static void
probe_read(struct smtp_probe *p)
{
	ssize_t n = recv(p->source.fd, p->line + p->len, sizeof(p->line) - p->len, MSG_DONTWAIT);
	char *lf;

	if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
		return;
	}
	if (n <= 0) {
		probe_end(p, false, "closed the connection");
		return;
	}
	p->len += (size_t)n;
	while ((lf = memchr(p->line, '\n', p->len)) != NULL) {
		size_t used = (size_t)(lf - p->line) + 1;

		if (!probe_line(p, p->line, used - 1)) {
			return;
		}
		memmove(p->line, p->line + used, p->len - used);
		p->len -= used;
	}
	if (p->len == sizeof(p->line)) {
		probe_end(p, false, "does not speak SMTP");
	}
}

static void
probe_ready(void *context, uint32_t events)
{
	struct smtp_probe *p = context;
	int error = 0;
	socklen_t size = sizeof(error);

	(void)events;
	if (p->stage != CONNECTING) {
		probe_read(p);
		return;
	}
	if (getsockopt(p->source.fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) {
		probe_end(p, false, "refuses connections");
		return;
	}
	p->stage = GREETING;
	loop_change(p->loop, &p->source, EPOLLIN);
}

static void
probe_timeout(void *context)
{
	probe_end(context, false, "does not answer in time");
}

static int
probe_connect(int fd, const struct address *a, uint16_t port)
{
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};

	if (address_is_ipv4(a)) {
		memcpy(&in.sin_addr, a->byte + 12, 4);
		return connect(fd, (struct sockaddr *)&in, sizeof(in));
	}
	memcpy(&in6.sin6_addr, a->byte, 16);
	return connect(fd, (struct sockaddr *)&in6, sizeof(in6));
}

struct smtp_probe *
smtp_probe_start(struct loop *loop, const struct address *a, uint16_t port, const char *name,
    smtp_probe_result *result, void *context)
{
	struct smtp_probe *p = calloc(1, sizeof(*p));
	int fd = socket(
	    address_is_ipv4(a) ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (p == NULL || fd < 0) {
		goto fail;
	}
	p->loop = loop;
	p->source = (struct loop_source){.fd = fd, .ready = probe_ready, .context = p};
	p->timer = (struct loop_timer){.fire = probe_timeout, .context = p};
	snprintf(p->name, sizeof(p->name), "%s", name);
	p->result = result;
	p->context = context;
	if ((probe_connect(fd, a, port) != 0 && errno != EINPROGRESS) ||
	    loop_add(loop, &p->source, EPOLLOUT) != 0) {
		goto fail;
	}
	(void)loop_timer_set(loop, &p->timer, loop_now(loop) + HEALTH_TIMEOUT_MS);
	return p;
fail:
	if (fd >= 0) {
		close(fd);
	}
	free(p);
	return NULL;
}
