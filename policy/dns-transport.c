/* dns-transport.c - see dns-transport.h */
#include "policy/dns-transport.h"
#include "policy/limits.h"

#include <ares.h>
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
	/* in a message's fourth byte */
	RCODE_BYTE = 3,
	RCODE_MASK = 0x0f,
	RCODE_FORMERR = 1,
};

/* One server, with a channel of its own: c-ares would send a message on to the next one. */
struct transport_server {
	struct dns_transport *transport;
	ares_channel channel;
	char text[INET6_ADDRSTRLEN + 16];
};

struct transport_socket {
	struct loop_source source;
	struct transport_server *server;
	bool used;
};

struct dns_transport {
	struct loop *loop;
	struct loop_timer tick;
	unsigned inflight;
	unsigned server_count;
	struct transport_server servers[DNS_SERVERS_MAX];
	struct transport_socket sockets[DNS_SOCKETS_MAX];
};

struct transport_query {
	struct dns_transport *transport;
	dns_transport_reply *reply;
	void *context;
};

static void
transport_ready(void *context, uint32_t events)
{
	struct transport_socket *s = context;
	int fd = s->source.fd;
	bool in = (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0;

	ares_process_fd(s->server->channel, in ? fd : ARES_SOCKET_BAD,
	    (events & EPOLLOUT) ? fd : ARES_SOCKET_BAD);
}

static void
transport_tick(void *context)
{
	struct dns_transport *t = context;

	for (unsigned i = 0; i < t->server_count; i++) {
		ares_process_fd(t->servers[i].channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	}
	if (t->inflight > 0) {
		(void)loop_timer_set(t->loop, &t->tick, loop_now(t->loop) + DNS_TICK_MS);
	}
}

static struct transport_socket *
transport_socket(struct dns_transport *t, int fd, bool make)
{
	struct transport_socket *spare = NULL;

	for (unsigned i = 0; i < DNS_SOCKETS_MAX; i++) {
		struct transport_socket *s = &t->sockets[i];

		if (s->used && s->source.fd == fd) {
			return s;
		}
		if (!s->used && spare == NULL) {
			spare = s;
		}
	}
	if (!make || spare == NULL) {
		return NULL;
	}
	spare->source = (struct loop_source){.fd = fd, .ready = transport_ready, .context = spare};
	return spare;
}

/* c-ares says which of its sockets it wants to hear about. */
static void
transport_socket_state(void *context, ares_socket_t fd, int readable, int writable)
{
	struct transport_server *server = context;
	struct dns_transport *t = server->transport;
	uint32_t events = (readable ? EPOLLIN : 0u) | (writable ? EPOLLOUT : 0u);
	struct transport_socket *s = transport_socket(t, fd, events != 0);

	if (s == NULL) {
		return; /* too many sockets: its queries time out */
	}
	s->server = server;
	if (events == 0) {
		loop_remove(t->loop, &s->source);
		s->used = false;
	} else if (!s->used) {
		s->used = loop_add(t->loop, &s->source, events) == 0;
	} else {
		loop_change(t->loop, &s->source, events);
	}
}

/* The sockets of c-ares, so that it does not see a FORMERR: it would give up EDNS for good. */

static ares_socket_t
socket_open(int family, int type, int protocol, void *context)
{
	int size = 4 * 1024 * 1024;
	int fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);

	(void)context;
	if (fd >= 0 && type == SOCK_DGRAM) {
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	}
	return fd;
}

static int
socket_close(ares_socket_t fd, void *context)
{
	(void)context;
	return close(fd);
}

static int
socket_connect(ares_socket_t fd, const struct sockaddr *to, ares_socklen_t len, void *context)
{
	(void)context;
	return connect(fd, to, len);
}

static ares_ssize_t
socket_receive(ares_socket_t fd, void *buf, size_t cap, int flags, struct sockaddr *from,
    ares_socklen_t *from_len, void *context)
{
	uint8_t *msg = buf;
	ssize_t n = recvfrom(fd, buf, cap, flags, from, from_len);

	(void)context;
	if (from != NULL && n > RCODE_BYTE && (msg[RCODE_BYTE] & RCODE_MASK) == RCODE_FORMERR) {
		msg[RCODE_BYTE] |= RCODE_MASK;
	}
	return n;
}

static ares_ssize_t
socket_send(ares_socket_t fd, const struct iovec *pieces, int count, void *context)
{
	(void)context;
	return writev(fd, pieces, count);
}

static const struct ares_socket_functions socket_functions = {
    .asocket = socket_open,
    .aclose = socket_close,
    .aconnect = socket_connect,
    .arecvfrom = socket_receive,
    .asendv = socket_send,
};

/* 0 or c-ares's error. node: the server, or NULL for all that resolv.conf names. */
static int
server_open(struct transport_server *s, int timeout_ms, const struct ares_addr_port_node *node)
{
	struct ares_options options = {
	    .flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_STAYOPEN |
	        ARES_FLAG_NOCHECKRESP | ARES_FLAG_EDNS,
	    .ednspsz = DNS_UDP_SIZE,
	    .timeout = timeout_ms,
	    .tries = 1,
	    .sock_state_cb = transport_socket_state,
	    .sock_state_cb_data = s,
	};
	struct ares_addr_port_node one;
	int rc = ares_init_options(&s->channel, &options,
	    ARES_OPT_FLAGS | ARES_OPT_EDNSPSZ | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
	        ARES_OPT_SOCK_STATE_CB);

	if (rc != ARES_SUCCESS) {
		s->channel = NULL;
		return rc;
	}
	ares_set_socket_functions(s->channel, &socket_functions, NULL);
	if (node != NULL) {
		char host[INET6_ADDRSTRLEN];

		one = *node;
		one.next = NULL;
		rc = ares_set_servers_ports(s->channel, &one);
		inet_ntop(node->family, &node->addr, host, sizeof(host));
		(void)snprintf(s->text, sizeof(s->text),
		    node->family == AF_INET6 ? "[%s]:%d" : "%s:%d", host,
		    node->udp_port > 0 ? node->udp_port : 53);
	}
	return rc;
}

/* One channel for each server that a first one, given all of them, has understood. */
static int
transport_servers(struct dns_transport *t, const char *servers, int timeout_ms)
{
	struct transport_server first = {.transport = t};
	struct ares_addr_port_node *list = NULL;
	int rc = server_open(&first, timeout_ms, NULL);

	if (rc == ARES_SUCCESS && servers != NULL) {
		rc = ares_set_servers_ports_csv(first.channel, servers);
	}
	if (rc == ARES_SUCCESS) {
		rc = ares_get_servers_ports(first.channel, &list);
	}
	for (struct ares_addr_port_node *n = list;
	     rc == ARES_SUCCESS && n != NULL && t->server_count < DNS_SERVERS_MAX; n = n->next) {
		struct transport_server *s = &t->servers[t->server_count];

		s->transport = t;
		rc = server_open(s, timeout_ms, n);
		t->server_count += s->channel != NULL;
	}
	if (list != NULL) {
		ares_free_data(list);
	}
	if (first.channel != NULL) {
		ares_destroy(first.channel);
	}
	return rc == ARES_SUCCESS && t->server_count == 0 ? ARES_ENOTFOUND : rc;
}

struct dns_transport *
dns_transport_open(struct loop *loop, const char *servers, int timeout_ms, const char **why)
{
	struct dns_transport *t = calloc(1, sizeof(*t));
	int rc;

	if (t == NULL) {
		*why = "out of memory";
		return NULL;
	}
	t->loop = loop;
	t->tick = (struct loop_timer){.fire = transport_tick, .context = t};
	rc = ares_library_init(ARES_LIB_INIT_ALL);
	if (rc != ARES_SUCCESS) {
		*why = ares_strerror(rc);
		free(t);
		return NULL;
	}
	rc = transport_servers(t, servers, timeout_ms);
	if (rc != ARES_SUCCESS) {
		*why = ares_strerror(rc);
		dns_transport_close(t);
		return NULL;
	}
	return t;
}

void
dns_transport_close(struct dns_transport *t)
{
	if (t == NULL) {
		return;
	}
	for (unsigned i = 0; i < t->server_count; i++) {
		ares_destroy(t->servers[i].channel);
	}
	loop_timer_clear(t->loop, &t->tick);
	ares_library_cleanup();
	free(t);
}

unsigned
dns_transport_count(const struct dns_transport *t)
{
	return t->server_count;
}

static void
transport_done(void *context, int status, int timeouts, unsigned char *msg, int len)
{
	struct transport_query *q = context;

	(void)timeouts;
	q->transport->inflight--;
	if (status != ARES_SUCCESS || msg == NULL || len < 0) {
		len = 0;
	} else if (len > RCODE_BYTE && (msg[RCODE_BYTE] & RCODE_MASK) == RCODE_MASK) {
		msg[RCODE_BYTE] = (uint8_t)((msg[RCODE_BYTE] & ~RCODE_MASK) | RCODE_FORMERR);
	}
	q->reply(q->context, msg, (size_t)len);
	free(q);
}

void
dns_transport_send(struct dns_transport *t, unsigned server, const uint8_t *msg, size_t len,
    dns_transport_reply *reply, void *context)
{
	struct transport_query *q = malloc(sizeof(*q));

	if (q == NULL) {
		reply(context, NULL, 0);
		return;
	}
	*q = (struct transport_query){t, reply, context};
	t->inflight++;
	if (t->tick.place == 0) {
		(void)loop_timer_set(t->loop, &t->tick, loop_now(t->loop) + DNS_TICK_MS);
	}
	ares_send(t->servers[server % t->server_count].channel, msg, (int)len, transport_done, q);
}

void
dns_transport_servers(const struct dns_transport *t, char *text, size_t cap)
{
	size_t at = 0;

	text[0] = 0;
	for (unsigned i = 0; i < t->server_count && at + sizeof(t->servers[i].text) < cap; i++) {
		int wrote = snprintf(
		    text + at, cap - at, "%s%s", at > 0 ? "," : "", t->servers[i].text);

		at += wrote > 0 ? (size_t)wrote : 0;
	}
}
