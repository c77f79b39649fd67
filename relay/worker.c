/*
 * worker.c - see worker.h
 */
#include "relay/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "relay/confine.h"
#include "relay/log.h"
#include "relay/peer.h"
#include "relay/session.h"
#include "relay/socks5.h"

static struct lmtp_session session;

/* Everything else that the master has open is none of our business. */
static void
close_the_rest(const struct worker *w)
{
	int mine[] = {w->mta, w->keeper, w->stop, relay_log_fd()};
	int from = STDERR_FILENO + 1;

	for (;;) {
		int next = -1;

		for (unsigned i = 0; i < sizeof(mine) / sizeof(mine[0]); i++) {
			if (mine[i] >= from && (next < 0 || mine[i] < next)) {
				next = mine[i];
			}
		}
		if (next < 0) {
			break;
		}
		if (next > from) {
			(void)close_range((unsigned)from, (unsigned)next - 1, 0);
		}
		from = next + 1;
	}
	(void)close_range((unsigned)from, ~0u, 0);
}

/* Whether the peer is one of the listener's. */
static bool
is_welcome(const struct worker *w)
{
	const struct settings_listener *l = w->listener;
	uid_t uid = (uid_t)-1;
	int e = peer_uid(w->mta, &uid);

	for (unsigned i = 0; e == 0 && i < l->peers; i++) {
		if (l->peer[i] == uid) {
			return true;
		}
	}
	if (e < 0) {
		relay_log(RELAY_WARNING, "refused a connection to %s: cannot tell whose it is: %s",
		    l->at.text, strerror(-e));
	} else {
		relay_log(RELAY_WARNING, "refused a connection to %s: uid %u is no peer of it",
		    l->at.text, (unsigned)uid);
	}
	return false;
}

static void
set_port(struct settings_address *a, uint16_t port)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&a->address;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&a->address;

	if (a->address.ss_family == AF_INET6) {
		in6->sin6_port = htons(port);
	} else {
		in->sin_port = htons(port);
	}
}

/* --- a named next hop */

static bool
read_password(const char *path, char password[PASSWORD_MAX + 1])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t n = fd >= 0 ? read(fd, password, PASSWORD_MAX + 1) : -1;
	int e = errno;

	if (fd >= 0) {
		close(fd);
	}
	while (n > 0 && (password[n - 1] == '\n' || password[n - 1] == '\r')) {
		n--;
	}
	if (n <= 0 || n > PASSWORD_MAX) {
		relay_log(RELAY_ERROR, "cannot read the password in '%s': %s", path,
		    n < 0        ? strerror(e)
		        : n == 0 ? "it is empty"
		                 : "it is too long");
		return false;
	}
	password[n] = '\0';
	return memchr(password, '\0', (size_t)n) == NULL;
}

static bool
resolve(struct hop_target *t)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
	struct addrinfo *list = NULL;
	int e = getaddrinfo(t->host, NULL, &hints, &list);

	if (e != 0) {
		snprintf(session.hop.why, sizeof(session.hop.why), "4.4.3 cannot find '%s': %s",
		    t->host, gai_strerror(e));
		return false;
	}
	for (struct addrinfo *a = list; a != NULL && t->addresses < HOP_ADDRESSES_MAX;
	     a = a->ai_next) {
		if (a->ai_family != AF_INET && a->ai_family != AF_INET6) {
			continue;
		}
		memcpy(&t->address[t->addresses].address, a->ai_addr, a->ai_addrlen);
		t->address[t->addresses].len = a->ai_addrlen;
		set_port(&t->address[t->addresses++], t->port);
	}
	freeaddrinfo(list);
	return true;
}

/* Fills in whom to reach from the configuration. False: why is in session.hop.why. */
static bool
aim_at_named(const struct settings_hop *from, struct hop_target *t)
{
	snprintf(t->host, sizeof(t->host), "%s", from->host);
	t->port = from->port;
	t->tls = from->tls;
	t->implicit_tls = from->implicit_tls;
	if (from->user[0] != '\0') {
		snprintf(t->user, sizeof(t->user), "%s", from->user);
		if (!read_password(from->password_file, t->password)) {
			snprintf(session.hop.why, sizeof(session.hop.why),
			    "4.3.5 the password for '%s' cannot be read", from->name);
			return false;
		}
	}
	return resolve(t);
}

/* --- SOCKS5 */

/* A name that can be verified: a host's, not what a user typed. */
static void
take_host(const struct socks5 *s, struct hop_target *t)
{
	size_t len = s->user_len;
	const uint8_t *user = s->user;

	if (len >= 2 && user[0] == '[' && user[len - 1] == ']') {
		user++; /* an address literal */
		len -= 2;
	}
	for (size_t i = 0; i < len; i++) {
		if (user[i] <= ' ' || user[i] >= 0x7f || user[i] == '"') {
			return;
		}
	}
	memcpy(t->host, user, len);
	t->host[len] = '\0';
}

static void
aim_as_asked(const struct settings_listener *l, const struct socks5 *s, struct hop_target *t)
{
	struct settings_address *a = &t->address[0];
	struct sockaddr_in *in = (struct sockaddr_in *)&a->address;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&a->address;

	take_host(s, t);
	t->tls = l->tls;
	t->addresses = 1;
	a->address.ss_family = (sa_family_t)s->family;
	if (s->family == AF_INET6) {
		memcpy(&in6->sin6_addr, s->address, sizeof(in6->sin6_addr));
		a->len = sizeof(*in6);
	} else {
		memcpy(&in->sin_addr, s->address, sizeof(in->sin_addr));
		a->len = sizeof(*in);
	}
	for (unsigned i = 0; i < l->ports; i++) {
		if (l->port[i].asked == s->port) {
			t->port = l->port[i].dialled;
			t->implicit_tls = t->port == 465;
		}
	}
	set_port(a, t->port);
}

/* The dialogue, to its request. False: the session is over. */
static bool
socks5_dialogue(struct socks5 *socks)
{
	enum socks5_status status = SOCKS5_MORE;
	struct wire *w = &session.mta;

	socks5_begin(socks);
	while (status == SOCKS5_MORE || status == SOCKS5_ANSWER) {
		int64_t deadline = vigil_now() + SOCKS5_MS;
		size_t used;

		if (status == SOCKS5_MORE && wire_fill(w, deadline) != WIRE_FINE) {
			return false;
		}
		status = socks5_feed(socks, w->in + w->at, w->have - w->at, &used);
		w->at += used;
		if (socks->answer_len > 0 &&
		    wire_write(w, socks->answer, socks->answer_len, deadline) != WIRE_FINE) {
			return false;
		}
	}
	if (status == SOCKS5_REFUSED) {
		relay_log(RELAY_WARNING, "refused a SOCKS5 request: no CONNECT to an address");
		return false;
	}
	socks5_grant(socks);
	return wire_write(w, socks->answer, socks->answer_len, vigil_now() + SOCKS5_MS) ==
	    WIRE_FINE;
}

/* --- */

/* True: there is somebody to reach. Else the MTA has been told. */
static bool
aim(const struct worker *w)
{
	struct hop_target *t = &session.hop.target;
	char line[HOP_WHY_MAX + 8];

	t->source4 = w->listener->source4;
	t->source6 = w->listener->source6;
	if (w->listener->face == FACE_LMTP) {
		bool fine = aim_at_named(&w->settings->hop[w->listener->hop], t);

		confine_session();
		if (!fine) {
			snprintf(line, sizeof(line), "421 %s", session.hop.why);
			relay_log(RELAY_WARNING, "no session: %s", session.hop.why);
			session_refuse(&session, line);
		}
		return fine;
	}
	static struct socks5 socks;

	confine_session();
	if (!socks5_dialogue(&socks)) {
		return false;
	}
	aim_as_asked(w->listener, &socks, t);
	if (t->port == 0) {
		snprintf(line, sizeof(line),
		    "421 4.3.5 port %u does not stand in 'ports' of the listener %s", socks.port,
		    w->listener->at.text);
		relay_log(RELAY_WARNING, "no session: %s", line + 4);
		session_refuse(&session, line);
		return false;
	}
	return true;
}

static void
prepare(const struct worker *w)
{
	int on = 1;

	(void)fcntl(w->mta, F_SETFL, O_NONBLOCK);
	if (w->listener->face == FACE_SOCKS5) {
		(void)setsockopt(w->mta, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	}
	session.settings = w->settings;
	session.listener = w->listener;
	session.vigil = (struct vigil){.mta = w->mta, .stop = w->stop};
	wire_begin(&session.mta, w->mta, &session.vigil);
	hop_init(&session.hop, &session.vigil, w->tls);
	keeper_link_begin(&session.keeper, w->keeper);
}

_Noreturn void
worker_run(const struct worker *w)
{
	close_the_rest(w);
	if (is_welcome(w)) {
		prepare(w);
		if (aim(w)) {
			session_run(&session);
		}
	}
	_exit(0);
}
