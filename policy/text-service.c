/* text-service.c - see text-service.h */
#include "policy/text-service.h"
#include "policy/limits.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct text_client {
	struct text_service *service;
	struct loop_source source;
	struct loop_timer timer;
	bool used;
	char question[TEXT_QUESTION_MAX];
	size_t question_len;
	struct text answer;
	size_t sent;
};

struct text_service {
	struct loop *loop;
	text_service_answer *answer;
	void *context;
	struct text_client clients[TEXT_CLIENTS_MAX];
};

void
text_add(struct text *t, const char *format, ...)
{
	va_list args;
	int n;

	if (t->failed) {
		return;
	}
	for (;;) {
		size_t room;
		char *more;

		va_start(args, format);
		n = vsnprintf(t->bytes + t->len, t->room - t->len, format, args);
		va_end(args);
		if (n >= 0 && (size_t)n < t->room - t->len) {
			t->len += (size_t)n;
			return;
		}
		room = t->room * 2 + (n > 0 ? (size_t)n : 0) + 1024;
		more = n < 0 || room > TEXT_ANSWER_MAX ? NULL : realloc(t->bytes, room);
		if (more == NULL) {
			t->failed = true;
			return;
		}
		t->bytes = more;
		t->room = room;
	}
}

void
text_finish(struct text *t)
{
	free(t->bytes);
	*t = (struct text){0};
}

static void
client_close(struct text_client *c)
{
	loop_remove(c->service->loop, &c->source);
	loop_timer_clear(c->service->loop, &c->timer);
	close(c->source.fd);
	text_finish(&c->answer);
	c->used = false;
}

static void
client_write(struct text_client *c)
{
	ssize_t n = send(c->source.fd, c->answer.bytes + c->sent, c->answer.len - c->sent,
	    MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
		loop_change(c->service->loop, &c->source, EPOLLOUT);
		return;
	}
	if (n >= 0) {
		c->sent += (size_t)n;
	}
	if (n < 0 || c->sent == c->answer.len) {
		client_close(c);
		return;
	}
	loop_change(c->service->loop, &c->source, EPOLLOUT);
}

static void
client_read(struct text_client *c)
{
	ssize_t n = recv(c->source.fd, c->question + c->question_len,
	    sizeof(c->question) - c->question_len, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
		return;
	}
	if (n <= 0) {
		client_close(c);
		return;
	}
	c->question_len += (size_t)n;
	if (c->service->answer(c->service->context, c->question, c->question_len, &c->answer)) {
		if (c->answer.failed || c->answer.len == 0) {
			client_close(c);
			return;
		}
		client_write(c);
	} else if (c->question_len == sizeof(c->question)) {
		client_close(c);
	}
}

static void
client_ready(void *context, uint32_t events)
{
	struct text_client *c = context;

	(void)events;
	if (c->answer.len > 0) {
		client_write(c);
	} else {
		client_read(c);
	}
}

static void
client_timeout(void *context)
{
	client_close(context);
}

struct text_service *
text_service_new(struct loop *loop, text_service_answer *answer, void *context)
{
	struct text_service *s = calloc(1, sizeof(*s));

	if (s != NULL) {
		s->loop = loop;
		s->answer = answer;
		s->context = context;
	}
	return s;
}

void
text_service_free(struct text_service *s)
{
	if (s == NULL) {
		return;
	}
	for (unsigned i = 0; i < TEXT_CLIENTS_MAX; i++) {
		if (s->clients[i].used) {
			client_close(&s->clients[i]);
		}
	}
	free(s);
}

/* A place for one more. When all are taken, the one that has been there longest goes. */
static struct text_client *
service_place(struct text_service *s)
{
	struct text_client *oldest = &s->clients[0];

	for (unsigned i = 0; i < TEXT_CLIENTS_MAX; i++) {
		if (!s->clients[i].used) {
			return &s->clients[i];
		}
		if (s->clients[i].timer.at < oldest->timer.at) {
			oldest = &s->clients[i];
		}
	}
	client_close(oldest);
	return oldest;
}

void
text_service_take(struct text_service *s, int fd)
{
	struct text_client *c = service_place(s);

	c->service = s;
	c->source = (struct loop_source){.fd = fd, .ready = client_ready, .context = c};
	c->timer = (struct loop_timer){.fire = client_timeout, .context = c};
	c->question_len = 0;
	c->sent = 0;
	if (loop_add(s->loop, &c->source, EPOLLIN) != 0) {
		close(fd);
		return;
	}
	c->used = true;
	(void)loop_timer_set(s->loop, &c->timer, loop_now(s->loop) + TEXT_CLIENT_MS);
}
