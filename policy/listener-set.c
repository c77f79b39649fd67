/* listener-set.c - see listener-set.h */
#include "policy/listener-set.h"
#include "policy/limits.h"
#include "policy/listener.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LISTENERS = LISTENERS_MAX + 2 };

struct set_listener {
	struct listener_set *set;
	struct endpoint endpoint;
	enum listener_face face;
	struct loop_source source;
	bool used;
	bool fresh;     /* opened by the last listener_set_open() */
	bool wanted;    /* by its configuration */
	bool inherited; /* systemd's: its name is not ours to remove */
};

struct listener_set {
	struct loop *loop;
	struct listener_owner owner;
	struct set_listener listeners[LISTENERS];
	struct loop_timer resume; /* accepting, after descriptors ran out */
	bool paused;
};

static void
set_accept_events(struct listener_set *s, uint32_t events)
{
	for (unsigned i = 0; i < LISTENERS; i++) {
		if (s->listeners[i].used) {
			loop_change(s->loop, &s->listeners[i].source, events);
		}
	}
	s->paused = events == 0;
}

static void
set_resume(void *context)
{
	set_accept_events(context, EPOLLIN);
}

static bool
set_make_room(struct listener_set *s)
{
	if (s->owner.make_room(s->owner.context)) {
		return true;
	}
	set_accept_events(s, 0);
	(void)loop_timer_set(s->loop, &s->resume, loop_now(s->loop) + CONNECTION_RESUME_MS);
	return false;
}

static void
listener_accept(void *context, uint32_t events)
{
	struct set_listener *l = context;
	struct listener_set *s = l->set;

	(void)events;
	for (unsigned i = 0; i < CONNECTION_ACCEPT_BURST && !s->paused; i++) {
		int fd;

		/*
		 * One more than can be served waits in the backlog: it would be lost here. Only the
		 * first is sure to be there, and worth another's connection.
		 */
		if (l->face == LISTENER_POLICY && s->owner.is_full(s->owner.context) &&
		    (i > 0 || !set_make_room(s))) {
			return;
		}
		fd = accept4(l->source.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0) {
			if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) {
				(void)set_make_room(s);
			}
			return;
		}
		s->owner.take(s->owner.context, l->face, fd);
	}
}

struct listener_set *
listener_set_new(struct loop *loop, const struct listener_owner *owner)
{
	struct listener_set *s = calloc(1, sizeof(*s));

	if (s != NULL) {
		s->loop = loop;
		s->owner = *owner;
		s->resume = (struct loop_timer){.fire = set_resume, .context = s};
	}
	return s;
}

static struct set_listener *
set_find(struct listener_set *s, const struct endpoint *e, enum listener_face face)
{
	for (unsigned i = 0; i < LISTENERS; i++) {
		struct set_listener *l = &s->listeners[i];

		if (l->used && l->face == face && endpoint_same_address(&l->endpoint, e)) {
			return l;
		}
	}
	return NULL;
}

static void
listener_close(struct set_listener *l)
{
	loop_remove(l->set->loop, &l->source);
	close(l->source.fd);
	if (endpoint_is_unix(&l->endpoint) && !l->inherited) {
		(void)unlink(endpoint_path(&l->endpoint));
	}
	l->used = false;
}

void
listener_set_free(struct listener_set *s)
{
	if (s == NULL) {
		return;
	}
	for (unsigned i = 0; i < LISTENERS; i++) {
		if (s->listeners[i].used) {
			listener_close(&s->listeners[i]);
		}
	}
	loop_timer_clear(s->loop, &s->resume);
	free(s);
}

static bool
set_want(struct listener_set *s, const struct endpoint *e, enum listener_face face, char *error)
{
	struct set_listener *l = set_find(s, e, face);
	const char *what = "";
	bool inherited;
	int fd;

	if (e->len == 0) {
		return true;
	}
	if (l != NULL) {
		l->wanted = true;
		return true;
	}
	for (l = s->listeners; l < s->listeners + LISTENERS && l->used; l++) {
	}
	if (l == s->listeners + LISTENERS) {
		snprintf(error, CONFIG_ERROR_MAX, "too many sockets at once");
		return false;
	}
	fd = listener_inherit(e);
	inherited = fd >= 0;
	if (fd < 0) {
		fd = listener_open(e, &what);
	}
	if (fd < 0) {
		snprintf(
		    error, CONFIG_ERROR_MAX, "cannot %s '%s': %s", what, e->text, strerror(-fd));
		return false;
	}
	*l = (struct set_listener){
	    .set = s,
	    .endpoint = *e,
	    .face = face,
	    .source = {.fd = fd, .ready = listener_accept, .context = l},
	    .used = true,
	    .fresh = true,
	    .wanted = true,
	    .inherited = inherited,
	};
	if (loop_add(s->loop, &l->source, s->paused ? 0 : EPOLLIN) != 0) {
		snprintf(error, CONFIG_ERROR_MAX, "cannot watch '%s'", e->text);
		close(fd);
		l->used = false;
		return false;
	}
	return true;
}

void
listener_set_cancel(struct listener_set *s)
{
	for (unsigned i = 0; i < LISTENERS; i++) {
		if (s->listeners[i].used && s->listeners[i].fresh) {
			listener_close(&s->listeners[i]);
		}
	}
}

bool
listener_set_open(struct listener_set *s, const struct config *c, char *error)
{
	bool ok = true;

	for (unsigned i = 0; i < LISTENERS; i++) {
		s->listeners[i].wanted = s->listeners[i].fresh = false;
	}
	for (unsigned i = 0; i < c->listen_count && ok; i++) {
		ok = set_want(s, &c->listen[i], LISTENER_POLICY, error);
	}
	ok = ok && set_want(s, &c->control, LISTENER_CONTROL, error) &&
	    set_want(s, &c->metrics, LISTENER_METRICS, error);
	if (!ok) {
		listener_set_cancel(s);
	}
	return ok;
}

void
listener_set_settle(struct listener_set *s)
{
	for (unsigned i = 0; i < LISTENERS; i++) {
		if (s->listeners[i].used && !s->listeners[i].wanted) {
			listener_close(&s->listeners[i]);
		}
	}
}
