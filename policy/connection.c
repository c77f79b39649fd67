/* connection.c - see connection.h */
#include "policy/connection.h"
#include "policy/byte-stash.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum connection_state { READING, WAITING, WRITING };

struct connection {
	struct connection_set *set;
	struct connection *older;
	struct connection *newer;
	struct loop_source source;
	struct loop_timer timer;
	struct engine_waiter waiter;
	enum connection_state state;
	bool registered;      /* with the loop */
	bool ended;           /* the peer has sent its last byte */
	bool more;            /* the last read was full, or before the end: there may be more */
	struct byte_stash in; /* not answered yet */
	size_t in_scanned;
	struct byte_stash out; /* the peer has not taken */
	int64_t active;
	int64_t begun; /* the first byte of the request being read, or 0 */
	int64_t asked; /* WAITING: since when */
};

/* Answers of one go, for all connections. */
static char output[OUTPUT_MAX];

static void
set_unlink(struct connection *c)
{
	struct connection_set *s = c->set;

	if (c->older != NULL) {
		c->older->newer = c->newer;
	} else {
		s->oldest = c->newer;
	}
	if (c->newer != NULL) {
		c->newer->older = c->older;
	} else {
		s->newest = c->older;
	}
}

static void
set_append(struct connection *c)
{
	struct connection_set *s = c->set;

	c->newer = NULL;
	c->older = s->newest;
	if (s->newest != NULL) {
		s->newest->newer = c;
	} else {
		s->oldest = c;
	}
	s->newest = c;
}

static void
connection_close(struct connection *c, enum connection_close why)
{
	struct connection_set *s = c->set;

	s->closed[why]++;
	if (why != CONNECTION_DONE && why != CONNECTION_IDLE) {
		log_begin(s->engine->log, "closed");
		log_text(s->engine->log, "reason", connection_close_name(why));
		log_number(s->engine->log, "fd", c->source.fd);
		if (c->in.len > 0) {
			log_value(
			    s->engine->log, "bytes", c->in.bytes, c->in.len < 64 ? c->in.len : 64);
		}
		log_end(s->engine->log);
	}
	engine_cancel(&c->waiter);
	loop_timer_clear(s->loop, &c->timer);
	if (c->registered) {
		loop_remove(s->loop, &c->source);
	}
	close(c->source.fd);
	byte_stash_drop(&c->in, &s->buffered);
	byte_stash_drop(&c->out, &s->buffered);
	set_unlink(c);
	s->count--;
	s->waiting -= c->state == WAITING;
	free(c);
}

/*
 * Tells the loop what to wait for in this state. False: closed.
 *
 * By edges, for these are served in the order in which they came. A level that was reported goes to
 * the end of the kernel's list at once, ready or not; its next request would then stand before
 * those that came earlier, and some wait for two rounds. So whoever leaves something at the socket
 * asks for it again.
 */
static bool
connection_arm(struct connection *c)
{
	static const uint32_t events[] = {
	    [READING] = EPOLLIN | EPOLLRDHUP | EPOLLET,
	    [WAITING] = 0,
	    [WRITING] = EPOLLOUT | EPOLLET,
	};
	bool left = c->state == WRITING ? c->out.len == 0 : c->state == READING && c->more;
	int64_t now = loop_now(c->set->loop), limit = CONNECTION_IDLE_MS;

	if (c->registered && c->source.events == events[c->state] && left) {
		loop_again(c->set->loop, &c->source);
	} else if (c->registered) {
		loop_change(c->set->loop, &c->source, events[c->state]);
	} else if (loop_add(c->set->loop, &c->source, events[c->state]) == 0) {
		c->registered = true;
	} else {
		connection_close(c, CONNECTION_NO_MEMORY);
		return false;
	}
	if (c->state == WAITING) {
		limit = config_deadline_ms(c->set->engine->config) - (now - c->asked);
	} else if (c->state == WRITING) {
		limit = CONNECTION_WRITE_MS;
	} else if (c->in.len > 0) {
		if (c->begun == 0) {
			c->begun = now;
		}
		limit = CONNECTION_REQUEST_MS - (now - c->begun);
	} else if (c->timer.place != 0 && c->timer.at >= now + CONNECTION_REQUEST_MS) {
		return true; /* idle; moved on when it fires */
	}
	if (loop_timer_set(c->set->loop, &c->timer, now + limit) != 0) {
		connection_close(c, CONNECTION_NO_MEMORY);
		return false;
	}
	return true;
}

static void
connection_enter(struct connection *c, enum connection_state state)
{
	if (c->state != state) {
		loop_timer_clear(c->set->loop, &c->timer);
	}
	c->set->waiting -= c->state == WAITING;
	c->set->waiting += state == WAITING;
	c->state = state;
}

/* Keeps bytes for later; they may be part of c->in. False: closed. */
static bool
connection_keep(struct connection *c, const char *bytes, size_t len, size_t scanned)
{
	c->in_scanned = scanned;
	if (!byte_stash_set(&c->in, &c->set->buffered, bytes, len)) {
		connection_close(c, CONNECTION_NO_MEMORY);
		return false;
	}
	return true;
}

/* Sends; keeps what the peer does not take. False: closed. */
static bool
connection_send(struct connection *c, const char *bytes, size_t len)
{
	size_t sent = 0;

	assert(c->out.len == 0);
	if (len > 0 && !byte_stash_send(c->source.fd, bytes, len, &sent)) {
		connection_close(c, CONNECTION_DONE); /* gone before its answer */
		return false;
	}
	if (sent < len && !byte_stash_set(&c->out, &c->set->buffered, bytes + sent, len - sent)) {
		connection_close(c, CONNECTION_NO_MEMORY);
		return false;
	}
	return true;
}

/*
 * Judges one request. Appends the answer, or returns false: it waits. now: no more waiting.
 */
static bool
connection_answer(
    struct connection *c, const struct request *r, bool now, char *answers, size_t *answers_len)
{
	struct engine *e = c->set->engine;
	struct decision d;
	int64_t took;

	engine_cancel(&c->waiter);
	if (!engine_decide(e, r, now ? NULL : &c->waiter, &d)) {
		assert(!now);
		return false;
	}
	/* A verdict may stand before all that was asked is answered: nobody waits for the rest. */
	engine_cancel(&c->waiter);
	took = c->state == WAITING ? loop_now(c->set->loop) - c->asked : 0;
	engine_record(e, r, &d, took);
	*answers_len += reply_write(answers + *answers_len, d.reply, d.text);
	return true;
}

/* How a go over the bytes at hand has ended. */
enum go { GO_MORE, GO_WAIT, GO_FULL, GO_BAD };

static enum go
connection_go(struct connection *c, const char *bytes, size_t len, size_t *used, size_t *scanned,
    size_t *answers_len, enum request_status *status)
{
	while (*used < len) {
		struct request r;
		size_t end;

		*status = request_find_end(bytes + *used, len - *used, scanned, &end);
		if (*status == REQUEST_MORE) {
			return GO_MORE;
		}
		if (*status == REQUEST_OK) {
			*status = request_parse(&r, bytes + *used, end);
		}
		if (*status != REQUEST_OK) {
			return GO_BAD;
		}
		if (*answers_len + REPLY_MAX > sizeof(output)) {
			return GO_FULL;
		}
		if (!connection_answer(c, &r, false, output, answers_len)) {
			return GO_WAIT;
		}
		if (c->state == WAITING) {
			connection_enter(c, READING);
		}
		*used += end;
		*scanned = 0;
	}
	return GO_MORE;
}

/*
 * Answers what is complete in these bytes, keeps the rest, sends, decides what comes next.
 * False: closed.
 */
static bool
connection_process(struct connection *c, const char *bytes, size_t len)
{
	size_t used = 0, answers = 0, scanned = c->in_scanned;
	enum request_status status = REQUEST_OK;
	enum go go = connection_go(c, bytes, len, &used, &scanned, &answers, &status);

	if (!connection_send(c, output, answers)) {
		return false;
	}
	if (go == GO_BAD) {
		if (connection_keep(c, bytes + used, len - used, 0)) {
			connection_close(c,
			    status == REQUEST_TOO_LONG ? CONNECTION_TOO_LONG
			                               : CONNECTION_MALFORMED);
		}
		return false;
	}
	if (!connection_keep(c, bytes + used, len - used, go == GO_MORE ? scanned : 0)) {
		return false;
	}
	if (used > 0) {
		c->begun = 0;
	}
	if (go == GO_WAIT) {
		if (c->state != WAITING || used > 0) {
			c->asked = loop_now(c->set->loop);
		}
		connection_enter(c, WAITING);
	} else if (c->out.len > 0 || go == GO_FULL) {
		connection_enter(c, WRITING);
	} else if (c->ended) {
		connection_close(c, c->in.len > 0 ? CONNECTION_HALF : CONNECTION_DONE);
		return false;
	} else {
		connection_enter(c, READING);
	}
	return true;
}

/* Answers that the peer has not taken go first. False: closed. */
static bool
connection_process_rest(struct connection *c)
{
	if (c->out.len > 0) {
		engine_cancel(&c->waiter);
		connection_enter(c, WRITING);
		return true;
	}
	return connection_process(c, c->in.bytes != NULL ? c->in.bytes : "", c->in.len);
}

enum read_result { READ_CLOSED, READ_NOTHING, READ_SOME };

static enum read_result
connection_read(struct connection *c, bool end_expected)
{
	static char fresh[READ_SIZE + REQUEST_MAX];
	size_t old = c->in.len;
	ssize_t n;

	assert(old <= REQUEST_MAX);
	if (old > 0) {
		memcpy(fresh, c->in.bytes, old);
	}
	do {
		n = recv(c->source.fd, fresh + old, READ_SIZE, MSG_DONTWAIT);
	} while (n < 0 && errno == EINTR);
	c->more = n == READ_SIZE || (n > 0 && end_expected);
	if (n < 0) {
		if (errno == EAGAIN) {
			return READ_NOTHING;
		}
		connection_close(c, CONNECTION_BROKEN);
		return READ_CLOSED;
	}
	if (n == 0) {
		c->ended = true;
		return connection_process_rest(c) ? READ_SOME : READ_CLOSED;
	}
	c->active = loop_now(c->set->loop);
	byte_stash_drop(&c->in, &c->set->buffered);
	return connection_process(c, fresh, old + (size_t)n) ? READ_SOME : READ_CLOSED;
}

/* Reads, and once more where the end is likely to be there already. */
static void
connection_read_on(struct connection *c, bool end_expected)
{
	enum read_result result = connection_read(c, end_expected);

	if (result == READ_SOME && end_expected && c->state == READING) {
		result = connection_read(c, end_expected);
	}
	if (result != READ_CLOSED) {
		(void)connection_arm(c);
	}
}

static void
connection_write(struct connection *c)
{
	if (c->out.len > 0 && !byte_stash_flush(&c->out, &c->set->buffered, c->source.fd)) {
		connection_close(c, CONNECTION_DONE);
		return;
	}
	if (c->out.len > 0) {
		return;
	}
	connection_enter(c, READING);
	if (connection_process_rest(c)) {
		(void)connection_arm(c);
	}
}

static void
connection_ready(void *context, uint32_t events)
{
	struct connection *c = context;

	set_unlink(c);
	set_append(c);
	if (c->state == WRITING) {
		connection_write(c);
	} else if (c->state == WAITING) {
		/* only EPOLLHUP and EPOLLERR get here: nobody is left to answer */
		connection_close(c, CONNECTION_DONE);
	} else {
		connection_read_on(c, (events & EPOLLRDHUP) != 0);
	}
}

/* Something has come: judge again, from the start. */
static void
connection_arrived(void *context)
{
	struct connection *c = context;

	assert(c->state == WAITING);
	if (connection_process_rest(c)) {
		(void)connection_arm(c);
	}
}

/* The deadline: answer with what is known. */
static void
connection_decide_now(struct connection *c)
{
	char answer[REPLY_MAX];
	size_t answer_len = 0, end = 0, scanned = 0;
	struct request r;

	if (c->out.len > 0) {
		(void)connection_process_rest(c);
		(void)connection_arm(c);
		return;
	}
	if (request_find_end(c->in.bytes, c->in.len, &scanned, &end) != REQUEST_OK ||
	    request_parse(&r, c->in.bytes, end) != REQUEST_OK ||
	    !connection_answer(c, &r, true, answer, &answer_len)) {
		assert(!"a request that waits is complete and can be decided");
		return;
	}
	connection_enter(c, READING);
	if (!connection_send(c, answer, answer_len) ||
	    !connection_keep(c, c->in.bytes + end, c->in.len - end, 0)) {
		return;
	}
	if (c->out.len > 0) {
		connection_enter(c, WRITING);
	} else if (!connection_process_rest(c)) {
		return;
	}
	(void)connection_arm(c);
}

static void
connection_timeout(void *context)
{
	struct connection *c = context;
	int64_t now = loop_now(c->set->loop);

	if (c->state == WAITING) {
		connection_decide_now(c);
	} else if (c->state == WRITING) {
		connection_close(c, CONNECTION_SLOW_READER);
	} else if (c->in.len > 0) {
		connection_close(c, CONNECTION_SLOW_REQUEST);
	} else if (now - c->active >= CONNECTION_IDLE_MS) {
		connection_close(c, CONNECTION_IDLE);
	} else {
		(void)loop_timer_set(c->set->loop, &c->timer, c->active + CONNECTION_IDLE_MS);
	}
}

void
connection_open(struct connection_set *set, int fd)
{
	struct connection *c = calloc(1, sizeof(*c));

	set->accepted++;
	if (c == NULL) {
		close(fd);
		return;
	}
	c->set = set;
	c->source = (struct loop_source){.fd = fd, .ready = connection_ready, .context = c};
	c->timer = (struct loop_timer){.fire = connection_timeout, .context = c};
	engine_waiter_begin(&c->waiter, connection_arrived, c);
	c->active = loop_now(set->loop);
	set->count++;
	set_append(c);
	connection_read_on(c, true);
}

bool
connection_evict(struct connection_set *set)
{
	for (struct connection *c = set->oldest; c != NULL; c = c->newer) {
		if (c->state == READING) {
			connection_close(c, CONNECTION_EVICTED);
			return true;
		}
	}
	return false;
}

void
connection_reconsider(struct connection_set *set)
{
	struct connection *c = set->oldest, *newer;

	for (; c != NULL; c = newer) {
		newer = c->newer;
		if (c->state == WAITING && connection_process_rest(c)) {
			(void)connection_arm(c);
		}
	}
}

void
connection_close_all(struct connection_set *set)
{
	for (struct connection *c = set->oldest, *newer; c != NULL; c = newer) {
		newer = c->newer;
		connection_close(c, CONNECTION_DONE);
	}
}
