/*
 * smtp-reply.h - one reply of an SMTP server, from its bytes (RFC 5321 4.2)
 *
 * Several lines, split anywhere; LF alone is taken for a line end, as everybody does. What is no
 * reply is SMTP_REPLY_BROKEN: the session cannot go on.
 *
 * Pure.
 */
#ifndef RELAY_SMTP_REPLY_H
#define RELAY_SMTP_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "relay/limits.h"

enum smtp_reply_status {
	SMTP_REPLY_MORE,
	SMTP_REPLY_DONE,
	/* no code, another code on a later line, a line or a reply that is too long */
	SMTP_REPLY_BROKEN,
};

struct smtp_reply {
	unsigned code; /* 200 to 599; 0: there was none */
	unsigned lines;
	size_t line_len;  /* of the line that has begun */
	uint8_t begun[4]; /* its first bytes */
	bool last;        /* that line is the last one */
	size_t len;
	/* the lines without their codes, LF between them; control characters are '?' */
	char text[REPLY_TEXT_MAX];
};

void smtp_reply_begin(struct smtp_reply *r);

/* Takes bytes; *used_r of them belong to this reply. */
enum smtp_reply_status smtp_reply_feed(
    struct smtp_reply *r, const uint8_t *in, size_t len, size_t *used_r);

/* Makes a reply of our own, as if it had come: for what no server said. `text` is cut to fit. */
void smtp_reply_set(struct smtp_reply *r, unsigned code, const char *text);

/* Its first digit: 2, 3, 4, 5; 0 where there was none. */
unsigned smtp_reply_class(const struct smtp_reply *r);

/* Whether it has an enhanced status code that begins so, such as "5.7." (RFC 3463). */
bool smtp_reply_enhanced(const struct smtp_reply *r, const char *begins);

#endif
