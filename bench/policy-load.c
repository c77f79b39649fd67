/*
 * policy-load.c - asks a policy server on a UNIX or TCP socket, lock-step as Postfix does
 *
 *   policy-load unix:PATH|inet:HOST:PORT CLIENTS SECONDS persistent|fresh REQUEST-FILE
 *   policy-load echo unix:PATH       the limit: a bare epoll server, answering any request
 *
 * Prints requests a second, and the 50th, 99th and highest latency in microseconds.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { CLIENTS_MAX = 2000, BUCKETS = 200000, REQUEST_SIZE = 4096 };

struct client {
	int fd;
	int64_t sent; /* nanoseconds */
};

static struct sockaddr_storage address;
static socklen_t address_len;
static char request[REQUEST_SIZE];
static size_t request_len;
static uint64_t latency[BUCKETS]; /* by microsecond; the last holds the rest */
static struct client clients[CLIENTS_MAX];
static uint64_t answers;
static int64_t highest;

static int64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static void
parse_address(const char *text)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	struct sockaddr_in in = {.sin_family = AF_INET};
	char host[64];
	unsigned port;

	if (strncmp(text, "unix:", 5) == 0) {
		snprintf(un.sun_path, sizeof(un.sun_path), "%s", text + 5);
		memcpy(&address, &un, sizeof(un));
		address_len = sizeof(un);
	} else if (sscanf(text, "inet:%63[^:]:%u", host, &port) == 2 &&
	    inet_pton(AF_INET, host, &in.sin_addr) == 1) {
		in.sin_port = htons((uint16_t)port);
		memcpy(&address, &in, sizeof(in));
		address_len = sizeof(in);
	} else {
		fprintf(stderr, "policy-load: '%s' is no address\n", text);
		exit(64);
	}
}

static void
client_send(int epoll, struct client *c, int fresh, int64_t now)
{
	/*
	 * Fresh: the answer is read in one go once the server has closed, which ends it. By edges,
	 * or what came first would not be taken first, and be called late.
	 */
	struct epoll_event e = {.events = (fresh ? EPOLLRDHUP : EPOLLIN) | EPOLLET, .data.ptr = c};
	int known = c->fd >= 0;

	c->sent = now;
	if (fresh || !known) {
		c->fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, address_len) != 0) {
			die("connect");
		}
	}
	if (send(c->fd, request, request_len, MSG_NOSIGNAL) != (ssize_t)request_len) {
		die("send");
	}
	if (fresh) {
		shutdown(c->fd, SHUT_WR);
	}
	if (fresh || !known) {
		epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &e);
	}
}

static void
client_done(const struct client *c, int64_t now)
{
	int64_t ns = now - c->sent;

	answers++;
	highest = ns > highest ? ns : highest;
	latency[ns / 1000 < BUCKETS - 1 ? ns / 1000 : BUCKETS - 1]++;
}

/* The whole answer: none is longer than a packet of the socket. */
static void
client_read(const struct client *c, int fresh)
{
	char bytes[2048];
	ssize_t n = recv(c->fd, bytes, sizeof(bytes), 0);

	if (n < 2 || bytes[n - 1] != '\n' || bytes[n - 2] != '\n') {
		fprintf(stderr, "policy-load: closed without an answer\n");
		exit(1);
	}
	if (fresh) {
		close(c->fd);
	}
}

static int64_t
percentile(double p)
{
	uint64_t want = (uint64_t)((double)answers * p), sum = 0;

	for (int i = 0; i < BUCKETS; i++) {
		sum += latency[i];
		if (sum > want) {
			return i;
		}
	}
	return BUCKETS;
}

static void
load(unsigned count, double seconds, int fresh)
{
	int epoll = epoll_create1(0);
	int64_t start = now_ns(), end = start + (int64_t)(seconds * 1e9);
	struct epoll_event events[256];

	for (unsigned i = 0; i < count; i++) {
		clients[i].fd = -1;
		client_send(epoll, &clients[i], fresh, now_ns());
	}
	while (now_ns() < end) {
		int n = epoll_wait(epoll, events, 256, 1000);

		for (int i = 0; i < n; i++) {
			struct client *c = events[i].data.ptr;
			int64_t now;

			client_read(c, fresh);
			now = now_ns();
			client_done(c, now);
			client_send(epoll, c, fresh, now);
		}
	}
	printf("%.0f\t%lld\t%lld\t%lld\n", (double)answers / ((double)(now_ns() - start) / 1e9),
	    (long long)percentile(0.5), (long long)percentile(0.99), (long long)highest / 1000);
}

/* The bare limit: reads what is there, answers once it ends in an empty line. */
static void
echo(void)
{
	static const char reply[] = "action=DUNNO\n\n";
	int epoll = epoll_create1(0), listener = socket(address.ss_family, SOCK_STREAM, 0);
	struct epoll_event e = {.events = EPOLLIN, .data.fd = listener}, events[256];
	char bytes[16384];

	if (bind(listener, (struct sockaddr *)&address, address_len) != 0 ||
	    listen(listener, 4096) != 0) {
		die("bind");
	}
	epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &e);
	for (;;) {
		int n = epoll_wait(epoll, events, 256, -1);

		for (int i = 0; i < n; i++) {
			int fd = events[i].data.fd;
			ssize_t got;

			if (fd == listener) {
				e.events = EPOLLIN | EPOLLRDHUP | EPOLLET;
				e.data.fd = accept(listener, NULL, NULL);
				epoll_ctl(epoll, EPOLL_CTL_ADD, e.data.fd, &e);
				continue;
			}
			got = recv(fd, bytes, sizeof(bytes), 0);
			if (got <= 0) {
				close(fd);
			} else if (memmem(bytes, (size_t)got, "\n\n", 2) != NULL) {
				(void)!send(fd, reply, sizeof(reply) - 1, MSG_NOSIGNAL);
				if ((events[i].events & EPOLLRDHUP) != 0) {
					close(fd);
				}
			}
		}
	}
}

int
main(int argc, char **argv)
{
	struct rlimit limit;
	FILE *f;

	if (argc == 3 && strcmp(argv[1], "echo") == 0) {
		parse_address(argv[2]);
		echo();
	}
	if (argc != 6) {
		fprintf(
		    stderr, "usage: policy-load ADDRESS CLIENTS SECONDS persistent|fresh FILE\n");
		return 64;
	}
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	parse_address(argv[1]);
	f = fopen(argv[5], "r");
	if (f == NULL) {
		die(argv[5]);
	}
	request_len = fread(request, 1, sizeof(request), f);
	fclose(f);
	load((unsigned)atoi(argv[2]) % CLIENTS_MAX, atof(argv[3]), strcmp(argv[4], "fresh") == 0);
	return 0;
}
