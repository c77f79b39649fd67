/*
 * keeper-ask.c - see keeper-ask.h
 */
#include "relay/keeper-ask.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "relay/handover.h"
#include "relay/keeper-words.h"

static void
hang_up(struct keeper_link *l)
{
	if (l->fd >= 0) {
		close(l->fd);
		l->fd = -1;
	}
}

void
keeper_link_begin(struct keeper_link *l, int fd)
{
	l->fd = fd;
}

/* 0, or -EPIPE; then the keeper is gone, or as good as that. */
static int
ask(struct keeper_link *l, const struct keeper_question *q, struct keeper_answer *a, int *fd_r)
{
	struct pollfd p = {.fd = l->fd, .events = POLLIN};

	*fd_r = -1;
	if (l->fd < 0) {
		return -EPIPE;
	}
	if (handover_send(l->fd, q, sizeof(*q), -1, 0) < 0) {
		hang_up(l);
		return -EPIPE;
	}
	while (poll(&p, 1, KEEPER_WAIT_MS) < 0 && errno == EINTR) {
	}
	if (p.revents == 0 ||
	    handover_receive(l->fd, a, sizeof(*a), fd_r, MSG_DONTWAIT) != (ssize_t)sizeof(*a)) {
		hang_up(l);
		return -EPIPE;
	}
	return 0;
}

/* The same for what is refused with a reason. */
static int
ask_spool(struct keeper_link *l, const struct keeper_question *q, struct keeper_answer *a,
    int *fd_r, struct refusal *why)
{
	if (ask(l, q, a, fd_r) < 0) {
		spool_fail(&why->fail, "ask", "keeper", EPIPE);
		return refuse(why, REFUSED_LATER);
	}
	why->reason = a->why.reason;
	why->fail = a->why.fail;
	memcpy(why->entry, a->why.entry, sizeof(why->entry));
	return a->result < 0 ? -1 : 0;
}

static int
ask_prove(void *state, const uint8_t token[TOKEN_CHARS], const struct recipient *to,
    struct proof *proof_r, struct refusal *why)
{
	struct keeper_question q = {.kind = KEEPER_PROVE};
	static struct keeper_answer a;

	memcpy(q.as.prove.token, token, TOKEN_CHARS);
	if (to != NULL) {
		q.as.prove.to = *to;
	}
	if (ask_spool(state, &q, &a, &proof_r->fd, why) < 0) {
		return -1;
	}
	proof_r->token = a.as.proof.token;
	proof_r->entry = a.as.proof.entry;
	return 0;
}

static int
ask_secret(void *state, const uint8_t key_id[KEY_ID_BYTES], const uint8_t input[SHA256_BYTES],
    uint8_t secret_r[SHA256_BYTES], struct refusal *why)
{
	struct keeper_question q = {.kind = KEEPER_SECRET};
	struct keeper_answer a;
	int fd;

	memcpy(q.as.secret.key_id, key_id, KEY_ID_BYTES);
	memcpy(q.as.secret.input, input, SHA256_BYTES);
	if (ask_spool(state, &q, &a, &fd, why) < 0) {
		return -1;
	}
	memcpy(secret_r, a.as.secret, SHA256_BYTES);
	return 0;
}

static int
ask_spill(void *state, int *fd_r, struct refusal *why)
{
	return keeper_ask_spill(state, fd_r, why);
}

int
keeper_ask_spill(struct keeper_link *l, int *fd_r, struct refusal *why)
{
	struct keeper_question q = {.kind = KEEPER_SPILL};
	struct keeper_answer a;

	return ask_spool(l, &q, &a, fd_r, why);
}

int
keeper_ask_begin(struct keeper_link *l, struct refusal *why)
{
	struct keeper_question q = {.kind = KEEPER_BEGIN};
	struct keeper_answer a;
	int fd;

	if (ask_spool(l, &q, &a, &fd, why) < 0) {
		return -1;
	}
	l->prover = (struct prover){
	    .state = l,
	    .limits = a.as.limits,
	    .prove = ask_prove,
	    .secret = ask_secret,
	    .spill = ask_spill,
	};
	return 0;
}

static int
ask_ledger(
    struct keeper_link *l, enum keeper_kind kind, const uint8_t *key, const char *text, char *reply)
{
	struct keeper_question q = {.kind = kind};
	struct keeper_answer a;
	int fd, e;

	memcpy(q.as.ledger.key, key, LEDGER_KEY_BYTES);
	snprintf(q.as.ledger.text, sizeof(q.as.ledger.text), "%s", text);
	e = ask(l, &q, &a, &fd);
	if (e == 0 && reply != NULL) {
		memcpy(reply, a.as.reply, LEDGER_REPLY_MAX + 1);
	}
	return e < 0 ? e : a.result;
}

int
keeper_claim(
    struct keeper_link *l, const uint8_t key[LEDGER_KEY_BYTES], char reply[LEDGER_REPLY_MAX + 1])
{
	return ask_ledger(l, KEEPER_CLAIM, key, "", reply);
}

int
keeper_dot(struct keeper_link *l, const uint8_t key[LEDGER_KEY_BYTES], const char *label)
{
	return ask_ledger(l, KEEPER_DOT, key, label, NULL);
}

int
keeper_taken(struct keeper_link *l, const uint8_t key[LEDGER_KEY_BYTES], const char *reply)
{
	return ask_ledger(l, KEEPER_TAKEN, key, reply, NULL);
}

int
keeper_free(struct keeper_link *l, const uint8_t key[LEDGER_KEY_BYTES])
{
	return ask_ledger(l, KEEPER_FREE, key, "", NULL);
}

static int
ask_key(struct keeper_link *l, struct keeper_question *q, const char *domain, const char *selector,
    struct keeper_answer *a)
{
	int fd, e;

	snprintf(q->as.sign.domain, sizeof(q->as.sign.domain), "%s", domain);
	snprintf(q->as.sign.selector, sizeof(q->as.sign.selector), "%s", selector);
	e = ask(l, q, a, &fd);
	return e < 0 ? e : a->result;
}

int
keeper_key(struct keeper_link *l, const char *domain, const char *selector)
{
	struct keeper_question q = {.kind = KEEPER_KEY};
	struct keeper_answer a;

	return ask_key(l, &q, domain, selector, &a);
}

int
keeper_sign(struct keeper_link *l, const char *domain, const char *selector,
    const uint8_t digest[DKIM_HASH_BYTES], uint8_t signature_r[DKIM_SIGNATURE_MAX])
{
	struct keeper_question q = {.kind = KEEPER_SIGN};
	struct keeper_answer a;
	int n;

	memcpy(q.as.sign.digest, digest, DKIM_HASH_BYTES);
	n = ask_key(l, &q, domain, selector, &a);
	if (n > DKIM_SIGNATURE_MAX) {
		return -EIO;
	}
	if (n > 0) {
		memcpy(signature_r, a.as.signature, (size_t)n);
	}
	return n;
}
