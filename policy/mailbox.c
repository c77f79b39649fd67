/* mailbox.c - see mailbox.h */
#include "policy/mailbox.h"

#include <string.h>
#include <strings.h>

static enum mailbox_kind
mailbox_domain(struct mailbox *m, const char *text, size_t len)
{
	if (len == 0) {
		return MAILBOX_NO_DOMAIN;
	}
	if (text[0] == '[') {
		return MAILBOX_LITERAL;
	}
	switch (domain_name_parse(&m->domain, text, len)) {
	case DOMAIN_NAME_OK:
		return MAILBOX_PLAIN;
	case DOMAIN_NAME_BAD_IDN:
		return MAILBOX_BAD_IDN;
	case DOMAIN_NAME_EMPTY:
	case DOMAIN_NAME_BAD:
		break;
	}
	return MAILBOX_BAD_DOMAIN;
}

void
mailbox_parse(struct mailbox *m, const char *text, size_t len)
{
	const char *at = memrchr(text, '@', len);
	size_t first = 0;

	m->local = text;
	m->local_len = 0;
	m->domain.len = 0;
	m->domain.text[0] = 0;
	if (len == 0) {
		m->kind = MAILBOX_EMPTY;
		return;
	}
	if (len > MAILBOX_MAX) {
		m->kind = MAILBOX_TOO_LONG;
		return;
	}
	while (first < len && text[first] != '@' && text[first] != '!' && text[first] != '%') {
		first++;
	}
	if (first < len && text + first != at) {
		m->kind = MAILBOX_ROUTED;
		return;
	}
	if (at == NULL || at == text) {
		m->kind = MAILBOX_NO_DOMAIN;
		return;
	}
	m->local_len = (size_t)(at - text);
	m->kind = mailbox_domain(m, at + 1, len - m->local_len - 1);
}

struct mailbox
mailbox_without_extension(const struct mailbox *m, const char *delimiters)
{
	struct mailbox base = *m;

	for (size_t i = 1; i < m->local_len; i++) {
		if (m->local[i] != 0 && strchr(delimiters, m->local[i]) != NULL) {
			base.local_len = i;
			break;
		}
	}
	return base;
}

bool
mailbox_is_role(const struct mailbox *m)
{
	return (m->local_len == 10 && strncasecmp(m->local, "postmaster", 10) == 0) ||
	    (m->local_len == 5 && strncasecmp(m->local, "abuse", 5) == 0);
}
