/*
 * spool-prover.c - see spool-prover.h
 */
#include "filter/spool-prover.h"

#include <errno.h>
#include <string.h>

#include "filter/boundary.h"
#include "spool/blob.h"
#include "spool/hex.h"
#include "spool/seen.h"

static int
load_key(struct spool_prover *s, const uint8_t id[KEY_ID_BYTES], struct refusal *why)
{
	struct spool_fail fail = {.call = NULL};

	if (s->has_key && memcmp(s->key.id, id, KEY_ID_BYTES) == 0) {
		return 0;
	}
	s->has_key = false;
	if (key_load(s->spool, id, &s->key, &fail) < 0) {
		return refuse_system(why, &fail, REFUSED_TOKEN_KEY);
	}
	s->has_key = true;
	return 0;
}

static int
verify(struct spool_prover *s, const uint8_t *text, const struct recipient *to, struct token *t,
    struct refusal *why)
{
	enum token_verdict verdict = token_decode(text, TOKEN_CHARS, t);

	if (verdict == TOKEN_OK) {
		if (load_key(s, t->key_id, why) < 0) {
			return -1;
		}
		verdict = token_verify(t, &s->key, to, s->now);
	}
	switch (verdict) {
	case TOKEN_OK:
		return 0;
	case TOKEN_MALFORMED:
		return refuse(why, REFUSED_TOKEN_MALFORMED);
	case TOKEN_NEWER:
		return refuse(why, REFUSED_TOKEN_NEWER);
	case TOKEN_FORGED:
		return refuse(why, REFUSED_TOKEN_FORGED);
	case TOKEN_REVOKED:
		return refuse(why, REFUSED_TOKEN_REVOKED);
	case TOKEN_EXPIRED:
		return refuse(why,
		    seen_believes(s->spool, (time_t)s->now * EXPIRY_UNIT) ? REFUSED_TOKEN_EXPIRED
		                                                          : REFUSED_CLOCK);
	case TOKEN_NO_RECIPIENT:
		return refuse(why, REFUSED_TOKEN_NO_RECIPIENT);
	}
	return refuse(why, REFUSED_BUG);
}

static int
prove(void *state, const uint8_t text[TOKEN_CHARS], const struct recipient *to,
    struct proof *proof_r, struct refusal *why)
{
	struct spool_prover *s = state;
	struct spool_fail fail = {.call = NULL};
	struct token *t = &proof_r->token;
	struct entry *e = &proof_r->entry;

	proof_r->fd = -1;
	if (verify(s, text, to, t, why) < 0) {
		return -1;
	}
	*hex_encode(t->entry_id, ENTRY_ID_BYTES, why->entry) = '\0';
	if (entry_load(s->spool, t->entry_id, e, &fail) < 0) {
		if (fail.error == EBADMSG || fail.error == EFBIG) {
			why->fail = fail;
			return refuse(why, REFUSED_ENTRY_DAMAGED);
		}
		if (fail.error == EPROTONOSUPPORT) {
			return refuse(why, REFUSED_ENTRY_NEWER);
		}
		return refuse_system(why, &fail, REFUSED_ENTRY_MISSING);
	}
	if (e->expires != t->expiry) {
		return refuse(why, REFUSED_TOKEN_EXPIRY_DIFFERS);
	}
	proof_r->fd = blob_open(s->spool, e->blob, e->size, &fail);
	if (proof_r->fd < 0) {
		if (fail.error == ESTALE) {
			why->fail = fail;
			return refuse(why, REFUSED_BLOB_SIZE);
		}
		return refuse_system(why, &fail, REFUSED_BLOB_MISSING);
	}
	return 0;
}

static int
secret(void *state, const uint8_t key_id[KEY_ID_BYTES], const uint8_t input[SHA256_BYTES],
    uint8_t secret_r[SHA256_BYTES], struct refusal *why)
{
	struct spool_prover *s = state;

	if (load_key(s, key_id, why) < 0) {
		return -1;
	}
	boundary_secret(s->key.secret, sizeof(s->key.secret), input, secret_r);
	return 0;
}

static int
spill(void *state, int *fd_r, struct refusal *why)
{
	struct spool_prover *s = state;
	struct spool_fail fail = {.call = NULL};

	*fd_r = spool_spill(s->spool, &fail);
	return *fd_r < 0 ? refuse_system(why, &fail, REFUSED_SPOOL) : 0;
}

int
spool_prover_open(struct spool_prover *s, const char *path, int64_t now, struct prover *prover,
    struct refusal *why)
{
	struct spool_fail fail = {.call = NULL};

	s->spool = NULL;
	s->now = (uint32_t)(now / EXPIRY_UNIT);
	s->has_key = false;
	if (spool_open(path, &s->spool, &fail) < 0) {
		return refuse_system(why, &fail, REFUSED_SPOOL);
	}
	*prover = (struct prover){
	    .state = s,
	    .limits = spool_limits(s->spool),
	    .prove = prove,
	    .secret = secret,
	    .spill = spill,
	};
	return 0;
}

void
spool_prover_close(struct spool_prover *s)
{
	spool_close(&s->spool);
	explicit_bzero(&s->key, sizeof(s->key));
	s->has_key = false;
}
