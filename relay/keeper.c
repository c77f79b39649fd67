/*
 * keeper.c - see keeper.h
 */
#include "relay/keeper.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "filter/spool-prover.h"
#include "relay/confine.h"
#include "relay/handover.h"
#include "relay/keeper-words.h"
#include "relay/key-ring.h"
#include "relay/log.h"

/* One session's end of the keeper. */
struct keeper_client {
	int fd;
	uint32_t id;
	unsigned proved;
	uint8_t key[KEEPER_PROVED_MAX][KEY_ID_BYTES]; /* of tokens that it has proved */
};

struct keeper {
	const struct relay_settings *settings;
	int control, epoll;
	size_t clients;
	bool has_spool;
	struct spool_prover spool;
	struct prover prover;
	struct ledger *ledger;
	struct key_ring keys;
	int64_t tidied;
};

static int64_t
wall_clock(void)
{
	return (int64_t)time(NULL);
}

/* The spool may come later than we do: it is tried anew until it is there. */
static int
have_spool(struct keeper *k, struct refusal *why)
{
	k->spool.now = (uint32_t)(wall_clock() / EXPIRY_UNIT);
	if (!k->has_spool) {
		k->has_spool = spool_prover_open(&k->spool, k->settings->spool, wall_clock(),
		                   &k->prover, why) == 0;
	}
	return k->has_spool ? 0 : -1;
}

/* --- questions */

static bool
has_proved(const struct keeper_client *c, const uint8_t *key_id)
{
	for (unsigned i = 0; i < c->proved && i < KEEPER_PROVED_MAX; i++) {
		if (memcmp(c->key[i], key_id, KEY_ID_BYTES) == 0) {
			return true;
		}
	}
	return false;
}

static int
answer_prove(struct keeper *k, struct keeper_client *c, const struct keeper_question *q,
    struct keeper_answer *a)
{
	struct proof proof = {.fd = -1};

	if (q->as.prove.to.len > RECIPIENT_MAX) {
		return refuse(&a->why, REFUSED_BUG);
	}
	if (k->prover.prove(k->prover.state, q->as.prove.token, &q->as.prove.to, &proof, &a->why) <
	    0) {
		return -1;
	}
	a->as.proof.token = proof.token;
	a->as.proof.entry = proof.entry;
	if (!has_proved(c, proof.token.key_id)) {
		memcpy(c->key[c->proved++ % KEEPER_PROVED_MAX], proof.token.key_id, KEY_ID_BYTES);
	}
	return proof.fd;
}

static int
answer_secret(struct keeper *k, const struct keeper_client *c, const struct keeper_question *q,
    struct keeper_answer *a)
{
	if (!has_proved(c, q->as.secret.key_id)) {
		return refuse(&a->why, REFUSED_TOKEN_KEY);
	}
	return k->prover.secret(
	    k->prover.state, q->as.secret.key_id, q->as.secret.input, a->as.secret, &a->why);
}

/* Those that need the spool. Returns -1, or 0; *fd_r goes with the answer. */
static int
answer_spool(struct keeper *k, struct keeper_client *c, const struct keeper_question *q,
    struct keeper_answer *a, int *fd_r)
{
	if (have_spool(k, &a->why) < 0) {
		return -1;
	}
	switch (q->kind) {
	case KEEPER_BEGIN:
		a->as.limits = k->prover.limits;
		return 0;
	case KEEPER_PROVE:
		*fd_r = answer_prove(k, c, q, a);
		return *fd_r < 0 ? -1 : 0;
	case KEEPER_SECRET:
		return answer_secret(k, c, q, a);
	default:
		return k->prover.spill(k->prover.state, fd_r, &a->why);
	}
}

static int
answer_ledger(struct keeper *k, const struct keeper_client *c, struct keeper_question *q,
    struct keeper_answer *a)
{
	const uint8_t *key = q->as.ledger.key;
	int64_t now = wall_clock();

	q->as.ledger.text[LEDGER_LABEL_MAX] = '\0';
	switch (q->kind) {
	case KEEPER_CLAIM:
		return ledger_claim(k->ledger, key, c->id, now, a->as.reply);
	case KEEPER_DOT:
		return ledger_dot(k->ledger, key, c->id, now, q->as.ledger.text);
	case KEEPER_TAKEN:
		return ledger_taken(k->ledger, key, c->id, now, q->as.ledger.text);
	default:
		return ledger_free(k->ledger, key, c->id, now);
	}
}

static int
answer_key(struct keeper *k, struct keeper_question *q, struct keeper_answer *a)
{
	const struct dkim_key *key;

	q->as.sign.domain[DKIM_DOMAIN_MAX] = q->as.sign.selector[DKIM_DOMAIN_MAX] = '\0';
	key = key_ring_find(&k->keys, q->as.sign.domain, q->as.sign.selector);
	if (key == NULL) {
		return -ENOENT;
	}
	return q->kind == KEEPER_KEY ? (int)dkim_key_algorithm(key)
	                             : dkim_key_sign(key, q->as.sign.digest, a->as.signature);
}

static void
leave(struct keeper *k, struct keeper_client *c)
{
	ledger_leave(k->ledger, c->id, wall_clock());
	close(c->fd);
	free(c);
	k->clients--;
}

static void
serve(struct keeper *k, struct keeper_client *c)
{
	static struct keeper_question q;
	static struct keeper_answer a;
	int fd = -1, stray;
	ssize_t n = handover_receive(c->fd, &q, sizeof(q), &stray, MSG_DONTWAIT);

	if (stray >= 0) {
		close(stray);
	}
	if (n == -EAGAIN) {
		return;
	}
	if (n != sizeof(q)) {
		leave(k, c);
		return;
	}
	memset(&a, 0, sizeof(a));
	switch (q.kind) {
	case KEEPER_BEGIN:
	case KEEPER_PROVE:
	case KEEPER_SECRET:
	case KEEPER_SPILL:
		a.result = answer_spool(k, c, &q, &a, &fd);
		break;
	case KEEPER_CLAIM:
	case KEEPER_DOT:
	case KEEPER_TAKEN:
	case KEEPER_FREE:
		a.result = answer_ledger(k, c, &q, &a);
		break;
	case KEEPER_KEY:
	case KEEPER_SIGN:
		a.result = answer_key(k, &q, &a);
		break;
	default:
		a.result = -EINVAL;
	}
	if (handover_send(c->fd, &a, sizeof(a), fd, MSG_DONTWAIT) < 0) {
		leave(k, c);
	}
	if (fd >= 0) {
		close(fd);
	}
}

/* --- the master's orders */

static void
welcome(struct keeper *k, uint32_t id, int fd)
{
	struct keeper_client *c = calloc(1, sizeof(*c));
	struct epoll_event event = {.events = EPOLLIN};

	event.data.ptr = c;
	if (c == NULL || epoll_ctl(k->epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
		relay_log(RELAY_ERROR, "keeper: cannot take another session: %s", strerror(errno));
		free(c);
		close(fd);
		return;
	}
	c->fd = fd;
	c->id = id;
	k->clients++;
}

static void
obey(struct keeper *k)
{
	static struct keeper_order o;
	int fd, e;
	ssize_t n = handover_receive(k->control, &o, sizeof(o), &fd, MSG_DONTWAIT);

	if (n == -EAGAIN) {
		return;
	}
	if (n != sizeof(o)) {
		/* the master is gone: what is under way is ended */
		close(k->control);
		k->control = -1;
	} else if (o.kind == KEEPER_SESSION && fd >= 0) {
		welcome(k, o.id, fd);
		return; /* with the descriptor */
	} else if (o.kind == KEEPER_KEYS_BEGIN) {
		key_ring_begin(&k->keys);
	} else if (o.kind == KEEPER_KEYS_ADD) {
		e = fd < 0 ? -EBADF : key_ring_add(&k->keys, o.domain, o.selector, fd);
		if (e < 0) {
			relay_log(RELAY_ERROR, "keeper: DKIM key '%s' of %s: %s", o.selector,
			    o.domain, strerror(-e));
		}
	} else if (o.kind == KEEPER_KEYS_END) {
		key_ring_end(&k->keys);
	}
	if (fd >= 0) {
		close(fd);
	}
}

static void
look_after(struct keeper *k)
{
	int64_t now = wall_clock();
	int e = ledger_sync(k->ledger);

	if (e == 0 && now - k->tidied >= KEEPER_TIDY_S) {
		k->tidied = now;
		e = ledger_tidy(k->ledger, now);
	}
	if (e < 0) {
		relay_log(RELAY_ERROR, "keeper: cannot write the ledger: %s", strerror(-e));
	}
}

static void
loop(struct keeper *k)
{
	struct epoll_event events[64];
	struct timespec last, now;

	clock_gettime(CLOCK_MONOTONIC, &last);
	while (k->control >= 0 || k->clients > 0) {
		int n = epoll_wait(k->epoll, events, 64, 1000);

		for (int i = 0; i < n; i++) {
			if (events[i].data.ptr == NULL) {
				obey(k);
			} else {
				serve(k, events[i].data.ptr);
			}
		}
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec != last.tv_sec) {
			last = now;
			look_after(k);
		}
	}
}

/* --- the beginning */

static void
report_uncertain(void *context, int64_t when, const char *label)
{
	(void)context;
	relay_log(RELAY_WARNING,
	    "uncertain: %s: the relay ended before the next hop had answered, at %" PRId64
	    "; it may have been delivered",
	    label, when);
}

static int
say_ready(int control, int code, const char *what, const char *object, const char *reason)
{
	struct keeper_ready r = {.exit = code};

	if (code != 0) {
		snprintf(r.why, sizeof(r.why), "%s '%.300s': %.100s", what, object, reason);
	}
	(void)handover_send(control, &r, sizeof(r), -1, 0);
	return code;
}

static int
open_ledger(struct keeper *k, int state)
{
	const char *path = k->settings->state;
	size_t skipped = 0;
	int e = ledger_open(state, wall_clock(), report_uncertain, NULL, &skipped, &k->ledger);

	if (e < 0) {
		return say_ready(k->control, e == -EWOULDBLOCK ? EX_TEMPFAIL : EX_CANTCREAT,
		    "cannot open the ledger in", path,
		    e == -EWOULDBLOCK ? "another relay has it" : strerror(-e));
	}
	if (skipped > 0) {
		relay_log(
		    RELAY_WARNING, "ledger: %zu lines could not be read and are left out", skipped);
	}
	return 0;
}

static int
begin(struct keeper *k)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
	struct refusal why = {.reason = REFUSED_NOT};
	char sentence[256];
	int state = open(k->settings->state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int code = 0;

	if (state < 0) {
		return say_ready(
		    k->control, EX_CANTCREAT, "cannot open", k->settings->state, strerror(errno));
	}
	code = open_ledger(k, state);
	if (code == 0 && have_spool(k, &why) < 0) {
		refusal_sentence(&why, sentence, sizeof(sentence));
		relay_log(RELAY_WARNING,
		    "%s; messages that ask for attachments wait until it is there", sentence);
	}
	k->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (code == 0 &&
	    (k->epoll < 0 || epoll_ctl(k->epoll, EPOLL_CTL_ADD, k->control, &event) < 0)) {
		code = say_ready(k->control, EX_OSERR, "cannot watch", "sessions", strerror(errno));
	}
	if (code == 0 && k->has_spool) {
		confine_keeper(k->settings->spool, state);
	}
	close(state);
	return code;
}

int
keeper_run(const struct relay_settings *s, int control)
{
	static struct keeper k;
	int code;

	k.settings = s;
	k.control = control;
	k.epoll = -1;
	code = begin(&k);
	if (code == 0) {
		say_ready(control, 0, NULL, NULL, NULL);
		loop(&k);
	}
	key_ring_free(&k.keys);
	ledger_close(&k.ledger);
	if (k.has_spool) {
		spool_prover_close(&k.spool);
	}
	return code;
}
