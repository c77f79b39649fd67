/* recipient-key.c - see recipient-key.h */
#include "policy/recipient-key.h"

#include <string.h>

void
recipient_key_fold(char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] >= 'A' && text[i] <= 'Z') {
			text[i] = (char)(text[i] + ('a' - 'A'));
		}
	}
}

bool
recipient_key_make(struct recipient_key *key, const struct mailbox *m)
{
	if (m->kind != MAILBOX_PLAIN || m->local_len > MAILBOX_MAX ||
	    memchr(m->local, '\n', m->local_len) != NULL) {
		return false;
	}
	memcpy(key->text, m->local, m->local_len);
	recipient_key_fold(key->text, m->local_len);
	key->local_len = m->local_len;
	key->text[m->local_len] = '@';
	memcpy(key->text + m->local_len + 1, m->domain.text, m->domain.len);
	key->len = m->local_len + 1 + m->domain.len;
	return true;
}
