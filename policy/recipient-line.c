/* recipient-line.c - see recipient-line.h */
#include "policy/recipient-line.h"
#include "policy/recipient-key.h"

#include <string.h>

/* The address at the start of a line, quotes removed; 0 when there is none. */
static size_t
line_address(const char *line, size_t len, char *address, size_t cap)
{
	bool quoted = false;
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		char c = line[i];

		if (c == '"' && (i == 0 || quoted)) {
			quoted = !quoted;
			continue;
		}
		if (quoted && c == '\\' && i + 1 < len) {
			c = line[++i];
		} else if (!quoted && (c == ' ' || c == '\t' || c == '\r')) {
			break;
		}
		if (n == cap || c == 0) {
			return 0;
		}
		address[n++] = c;
	}
	return quoted ? 0 : n;
}

/* The domain of one address; files are mostly runs of the same one. */
static bool
parse_domain(const char *text, size_t len, struct domain_name *last)
{
	if (last->len > 0 && domain_name_equal(last, text, len)) {
		return true;
	}
	if (domain_name_parse(last, text, len) == DOMAIN_NAME_OK) {
		return true;
	}
	last->len = 0;
	return false;
}

/* Brings an address into the form that is looked up. 0: it is none. */
static size_t
normalize(struct domain_name *last, char *address, size_t len, size_t cap)
{
	const char *at = memrchr(address, '@', len);
	size_t local;

	if (at == NULL) {
		return 0;
	}
	local = (size_t)(at - address);
	if (!parse_domain(at + 1, len - local - 1, last) || local + 1 + last->len > cap) {
		return 0;
	}
	if (memchr(address, '\n', local) != NULL) {
		return 0;
	}
	if (local > 0) {
		local = recipient_key_fold(address, local, cap - 1 - last->len);
		if (local == 0) {
			return 0;
		}
	}
	address[local] = '@';
	memcpy(address + local + 1, last->text, last->len);
	return local + 1 + last->len;
}

size_t
recipient_line_read(
    const char *line, size_t len, struct domain_name *last, char *address, size_t cap)
{
	size_t n = line_address(line, len, address, cap < MAILBOX_MAX ? cap : MAILBOX_MAX);

	return n > 0 ? normalize(last, address, n, cap) : 0;
}
