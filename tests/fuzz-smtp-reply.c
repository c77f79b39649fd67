/*
 * fuzz-smtp-reply.c - any bytes as the replies of a server, in pieces of any size
 *
 * The first byte picks the size. What is found must not depend on it; what is kept has no control
 * character.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "relay/smtp-offers.h"
#include "relay/smtp-reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum smtp_reply_status
feed(struct smtp_reply *r, const uint8_t *p, size_t len, size_t step, size_t *used)
{
	enum smtp_reply_status status = SMTP_REPLY_MORE;
	size_t u;

	smtp_reply_begin(r);
	*used = 0;
	while (*used < len && status == SMTP_REPLY_MORE) {
		size_t piece = step < len - *used ? step : len - *used;
		uint8_t *copy = malloc(piece);

		if (copy == NULL) {
			exit(0);
		}
		memcpy(copy, p + *used, piece);
		status = smtp_reply_feed(r, copy, piece, &u);
		free(copy);
		*used += u;
	}
	return status;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct smtp_reply a, b;
	struct smtp_offers o;
	size_t ua, ub;

	if (size < 2) {
		return 0;
	}
	if (feed(&a, data + 1, size - 1, size, &ua) !=
	        feed(&b, data + 1, size - 1, data[0] % 16 + 1u, &ub) ||
	    ua != ub || a.len != b.len || a.code != b.code || memcmp(a.text, b.text, a.len) != 0) {
		abort();
	}
	if (a.code != 0 && (a.code < 200 || a.code > 599)) {
		abort();
	}
	for (size_t i = 0; i < a.len; i++) {
		/* a CR is still undecided at the end of what has come */
		if ((unsigned char)a.text[i] < ' ' && a.text[i] != '\n' && i + 1 < a.len) {
			abort();
		}
	}
	smtp_offers_read(&a, &o);
	return 0;
}
