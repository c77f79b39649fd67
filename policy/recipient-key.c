/* recipient-key.c - see recipient-key.h */
#include "policy/recipient-key.h"

#include <stdlib.h>
#include <string.h>
#include <uninorm.h>

/* NFC, in place; the length then, 0 when that is more than cap. */
static size_t
compose(char *text, size_t len, size_t cap)
{
	uint8_t room[2 * MAILBOX_MAX], *composed;
	size_t n = sizeof(room);

	composed = u8_normalize(UNINORM_NFC, (const uint8_t *)text, len, room, &n);
	if (composed == NULL) {
		return len; /* no UTF-8 */
	}
	if (n <= cap) {
		memcpy(text, composed, n);
	}
	if (composed != room) {
		free(composed);
	}
	return n <= cap ? n : 0;
}

size_t
recipient_key_fold(char *text, size_t len, size_t cap)
{
	bool ascii = true;

	for (size_t i = 0; i < len; i++) {
		ascii = ascii && (unsigned char)text[i] < 0x80;
	}
	if (!ascii) {
		/* first: the pieces of a capital letter with an accent are a capital and the accent
		 */
		len = compose(text, len, cap);
	}
	for (size_t i = 0; i < len; i++) {
		if (text[i] >= 'A' && text[i] <= 'Z') {
			text[i] = (char)(text[i] + ('a' - 'A'));
		}
	}
	return len;
}

bool
recipient_key_make(struct recipient_key *key, const struct mailbox *m)
{
	if (m->kind != MAILBOX_PLAIN || m->local_len > MAILBOX_MAX ||
	    memchr(m->local, '\n', m->local_len) != NULL) {
		return false;
	}
	memcpy(key->text, m->local, m->local_len);
	key->local_len = recipient_key_fold(key->text, m->local_len, MAILBOX_MAX);
	key->text[key->local_len] = '@';
	memcpy(key->text + key->local_len + 1, m->domain.text, m->domain.len);
	key->len = key->local_len + 1 + m->domain.len;
	return key->local_len > 0 || m->local_len == 0;
}
