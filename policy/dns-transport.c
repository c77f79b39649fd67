/* dns-transport.c - see dns-transport.h */
#include "policy/dns-transport.h"

#include <ares.h>
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	/* how exactly timeouts are kept; ares_timeout() would walk all queries */
	TICK_MS = 50,
	SOCKETS_MAX = 64,
};

struct transport_socket {
	struct loop_source source;
	struct dns_transport *transport;
	bool used;
};

struct dns_transport {
	struct loop *loop;
	ares_channel channel;
	struct loop_timer tick;
	unsigned inflight;
	struct transport_socket sockets[SOCKETS_MAX];
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

	ares_process_fd(s->transport->channel, in ? fd : ARES_SOCKET_BAD,
	    (events & EPOLLOUT) ? fd : ARES_SOCKET_BAD);
}

static void
transport_tick(void *context)
{
	struct dns_transport *t = context;

	ares_process_fd(t->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	if (t->inflight > 0) {
		(void)loop_timer_set(t->loop, &t->tick, loop_now(t->loop) + TICK_MS);
	}
}

static struct transport_socket *
transport_socket(struct dns_transport *t, int fd, bool make)
{
	struct transport_socket *spare = NULL;

	for (unsigned i = 0; i < SOCKETS_MAX; i++) {
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
	spare->transport = t;
	return spare;
}

/* c-ares says which of its sockets it wants to hear about. */
static void
transport_socket_state(void *context, ares_socket_t fd, int readable, int writable)
{
	struct dns_transport *t = context;
	uint32_t events = (readable ? EPOLLIN : 0u) | (writable ? EPOLLOUT : 0u);
	struct transport_socket *s = transport_socket(t, fd, events != 0);

	if (s == NULL) {
		return; /* too many sockets: its queries time out */
	}
	if (events == 0) {
		loop_remove(t->loop, &s->source);
		s->used = false;
	} else if (!s->used) {
		s->used = loop_add(t->loop, &s->source, events) == 0;
	} else {
		loop_change(t->loop, &s->source, events);
	}
}

static int
transport_socket_created(ares_socket_t fd, int type, void *context)
{
	int size = 4 * 1024 * 1024;

	(void)type;
	(void)context;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	return 0;
}

struct dns_transport *
dns_transport_open(
    struct loop *loop, const char *servers, int timeout_ms, int tries, const char **why)
{
	struct dns_transport *t = calloc(1, sizeof(*t));
	struct ares_options options = {
	    .flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_STAYOPEN,
	    .timeout = timeout_ms,
	    .tries = tries,
	    .sock_state_cb = transport_socket_state,
	    .sock_state_cb_data = t,
	};
	int rc;

	if (t == NULL) {
		*why = "out of memory";
		return NULL;
	}
	t->loop = loop;
	t->tick = (struct loop_timer){.fire = transport_tick, .context = t};
	rc = ares_library_init(ARES_LIB_INIT_ALL);
	if (rc == ARES_SUCCESS) {
		rc = ares_init_options(&t->channel, &options,
		    ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
	}
	if (rc == ARES_SUCCESS) {
		ares_set_socket_callback(t->channel, transport_socket_created, NULL);
	}
	if (rc == ARES_SUCCESS && servers != NULL) {
		rc = ares_set_servers_ports_csv(t->channel, servers);
	}
	if (rc != ARES_SUCCESS) {
		*why = ares_strerror(rc);
		if (t->channel != NULL) {
			ares_destroy(t->channel);
		}
		free(t);
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
	ares_destroy(t->channel);
	loop_timer_clear(t->loop, &t->tick);
	ares_library_cleanup();
	free(t);
}

static void
transport_done(void *context, int status, int timeouts, unsigned char *msg, int len)
{
	struct transport_query *q = context;

	(void)timeouts;
	q->transport->inflight--;
	if (status != ARES_SUCCESS || msg == NULL || len < 0) {
		len = 0;
	}
	q->reply(q->context, msg, (size_t)len);
	free(q);
}

void
dns_transport_send(struct dns_transport *t, const uint8_t *msg, size_t len,
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
		(void)loop_timer_set(t->loop, &t->tick, loop_now(t->loop) + TICK_MS);
	}
	ares_send(t->channel, msg, (int)len, transport_done, q);
}

void
dns_transport_servers(const struct dns_transport *t, char *text, size_t cap)
{
	struct ares_addr_port_node *list = NULL;
	size_t at = 0;

	text[0] = 0;
	if (ares_get_servers_ports(t->channel, &list) != ARES_SUCCESS) {
		return;
	}
	for (struct ares_addr_port_node *n = list; n != NULL && at + 64 < cap; n = n->next) {
		char host[INET6_ADDRSTRLEN];
		int wrote;

		inet_ntop(n->family, &n->addr, host, sizeof(host));
		wrote = snprintf(text + at, cap - at,
		    n->family == AF_INET6 ? "%s[%s]:%d" : "%s%s:%d", at > 0 ? "," : "", host,
		    n->udp_port > 0 ? n->udp_port : 53);
		at += wrote > 0 ? (size_t)wrote : 0;
	}
	ares_free_data(list);
}
