/* smtp-probe.c - see smtp-probe.h */
#include "policy/smtp-probe.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct smtp_probe {
	struct loop *loop;
	struct loop_source source;
	struct loop_timer timer;
	bool connected;
	struct smtp_dialogue dialogue;
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

/* With what the dialogue has found. */
static void
probe_report(struct smtp_probe *p)
{
	struct smtp_report report = p->dialogue.report;
	smtp_probe_result *result = p->result;
	void *context = p->context;

	smtp_probe_cancel(p);
	result(context, &report);
}

/* It broke off. */
static void
probe_end(struct smtp_probe *p, const char *words)
{
	p->dialogue.report.words = words;
	probe_report(p);
}

static bool
probe_say(struct smtp_probe *p)
{
	const char *command = p->dialogue.command;
	size_t len = strlen(command);

	return len == 0 ||
	    send(p->source.fd, command, len, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)len;
}

static void
probe_read(struct smtp_probe *p)
{
	char bytes[2048];
	ssize_t n = recv(p->source.fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	bool goes_on;

	if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
		return;
	}
	goes_on = n > 0 && smtp_dialogue_take(&p->dialogue, bytes, (size_t)n);
	if (n > 0 && !goes_on) {
		(void)probe_say(p);
		probe_report(p);
	} else if (n <= 0 || !probe_say(p)) {
		probe_end(p, "closed the connection");
	}
}

static void
probe_ready(void *context, uint32_t events)
{
	struct smtp_probe *p = context;
	int error = 0;
	socklen_t size = sizeof(error);

	(void)events;
	if (p->connected) {
		probe_read(p);
		return;
	}
	if (getsockopt(p->source.fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) {
		probe_end(p, "refuses connections");
		return;
	}
	p->connected = true;
	loop_change(p->loop, &p->source, EPOLLIN);
}

static void
probe_timeout(void *context)
{
	probe_end(context, "does not answer in time");
}

static int
connect_to(int fd, const struct address *a, uint16_t port)
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

int
smtp_probe_connect(const struct address *a, uint16_t port)
{
	int fd = socket(
	    address_is_ipv4(a) ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int error;

	if (fd >= 0 && connect_to(fd, a, port) != 0 && errno != EINPROGRESS) {
		error = errno;
		close(fd);
		return -error;
	}
	return fd >= 0 ? fd : -errno;
}

struct smtp_probe *
smtp_probe_start(struct loop *loop, int fd, int64_t timeout_ms,
    const struct smtp_dialogue *dialogue, smtp_probe_result *result, void *context)
{
	struct smtp_probe *p = fd >= 0 ? calloc(1, sizeof(*p)) : NULL;

	if (p == NULL) {
		goto fail;
	}
	p->loop = loop;
	p->source = (struct loop_source){.fd = fd, .ready = probe_ready, .context = p};
	p->timer = (struct loop_timer){.fire = probe_timeout, .context = p};
	p->dialogue = *dialogue;
	p->result = result;
	p->context = context;
	if (loop_timer_set(loop, &p->timer, loop_now(loop) + timeout_ms) != 0) {
		goto fail;
	}
	if (loop_add(loop, &p->source, EPOLLOUT) != 0) {
		loop_timer_clear(loop, &p->timer);
		goto fail;
	}
	return p;
fail:
	if (fd >= 0) {
		close(fd);
	}
	free(p);
	return NULL;
}
