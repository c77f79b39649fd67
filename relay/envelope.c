/*
 * envelope.c - see envelope.h
 */
#include "relay/envelope.h"

#include <string.h>

void
envelope_reset(struct envelope *e, bool all)
{
	e->begun = false;
	e->mail = (struct hop_mail){.sender = NULL};
	e->count = 0;
	e->used = 0;
	if (all) {
		e->ident[0] = '\0';
	}
}

/* A copy; NULL for what was not given. False: no room. */
static bool
copy(struct envelope *e, const struct lmtp_text *t, const char **to)
{
	*to = NULL;
	if (t->p == NULL) {
		return true;
	}
	if (sizeof(e->text) - e->used <= t->len) {
		return false;
	}
	*to = e->text + e->used;
	memcpy(e->text + e->used, t->p, t->len);
	e->used += t->len;
	e->text[e->used++] = '\0';
	return true;
}

bool
envelope_mail(struct envelope *e, const struct lmtp_command *c)
{
	e->mail.size = c->size;
	e->mail.eight_bit = c->eight_bit;
	e->mail.utf8 = c->utf8;
	e->begun = copy(e, &c->address, &e->mail.sender) && copy(e, &c->ret, &e->mail.ret) &&
	    copy(e, &c->envid, &e->mail.envid);
	return e->begun;
}

bool
envelope_rcpt(struct envelope *e, const struct lmtp_command *c)
{
	struct hop_recipient *r = &e->to[e->count];

	if (e->count == LMTP_RECIPIENTS_MAX || !copy(e, &c->address, &r->address) ||
	    !copy(e, &c->notify, &r->notify) || !copy(e, &c->orcpt, &r->orcpt)) {
		return false;
	}
	r->logged = false;
	r->said.code = 0;
	r->said.text[0] = '\0';
	e->count++;
	return true;
}
