/* request.c - see request.h */
#include "policy/request.h"
#include "policy/limits.h"

#include <stdint.h>
#include <string.h>

enum request_status
request_find_end(const char *bytes, size_t len, size_t *scanned, size_t *end)
{
	size_t at = *scanned;

	if (len > 0 && bytes[0] == '\n') {
		return REQUEST_EMPTY;
	}
	for (;;) {
		const char *lf = memchr(bytes + at, '\n', len - at);

		if (lf == NULL) {
			*scanned = len;
			return len >= REQUEST_MAX ? REQUEST_TOO_LONG : REQUEST_MORE;
		}
		at = (size_t)(lf - bytes);
		if (at > 0 && bytes[at - 1] == '\r') {
			return REQUEST_MALFORMED; /* or the end would never be found */
		}
		if (at + 1 > REQUEST_MAX) {
			return REQUEST_TOO_LONG;
		}
		if (at + 1 == len) {
			*scanned = at; /* look at this LF again */
			return len >= REQUEST_MAX ? REQUEST_TOO_LONG : REQUEST_MORE;
		}
		if (bytes[at + 1] == '\n') {
			*end = at + 2;
			return *end > REQUEST_MAX ? REQUEST_TOO_LONG : REQUEST_OK;
		}
		at++;
	}
}

#define KNOWN(field) \
	{ \
#field, sizeof(#field) - 1, offsetof(struct request, field) \
	}

static void
request_store(struct request *r, const char *name, size_t name_len, const char *text, size_t len)
{
	static const struct {
		const char *name;
		size_t len;
		size_t offset;
	} known[] = {
	    KNOWN(request),
	    KNOWN(protocol_state),
	    KNOWN(policy_context),
	    KNOWN(client_address),
	    KNOWN(helo_name),
	    KNOWN(sender),
	    KNOWN(recipient),
	    KNOWN(queue_id),
	    KNOWN(instance),
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct request_value *v;

		if (known[i].len != name_len || memcmp(known[i].name, name, name_len) != 0) {
			continue;
		}
		v = (struct request_value *)(void *)((char *)r + known[i].offset);
		if (v->text == NULL) {
			v->text = text;
			v->len = len;
		}
		return;
	}
}

enum request_status
request_parse(struct request *r, const char *bytes, size_t len)
{
	const char *p = bytes, *end = bytes + len - 1; /* without the empty line */
	unsigned lines = 0;

	*r = (struct request){0};
	if (memchr(bytes, 0, len) != NULL || memchr(bytes, '\r', len) != NULL) {
		return REQUEST_MALFORMED;
	}
	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		const char *stop = lf != NULL ? lf : end;
		const char *equals = memchr(p, '=', (size_t)(stop - p));

		if (equals == NULL || equals == p) {
			return REQUEST_MALFORMED;
		}
		if (++lines > REQUEST_ATTRIBUTES_MAX) {
			return REQUEST_TOO_LONG;
		}
		request_store(r, p, (size_t)(equals - p), equals + 1, (size_t)(stop - equals - 1));
		p = stop + 1;
	}
	return REQUEST_OK;
}

const char *
request_status_text(enum request_status status)
{
	static const char *const texts[] = {
	    [REQUEST_OK] = "complete",
	    [REQUEST_MORE] = "incomplete",
	    [REQUEST_TOO_LONG] = "too long",
	    [REQUEST_EMPTY] = "empty",
	    [REQUEST_MALFORMED] = "malformed",
	};

	return texts[status];
}

bool
request_value_is(const struct request_value *v, const char *text)
{
	return v->len == strlen(text) && (v->len == 0 || memcmp(v->text, text, v->len) == 0);
}
