/*
 * message-check.h - may these bytes go out as message/rfc822, unencoded?
 *
 * RFC 2046 5.2.1 forbids base64 there. So: 7bit without NUL, lines of at most
 * 998 bytes (RFC 5322 2.1.1), and either every line ends with LF or every one
 * with CRLF. The last line need not end.
 *
 * Bytes are added in pieces of any size. Not here: whether it is a message.
 */
#ifndef MIME_MESSAGE_CHECK_H
#define MIME_MESSAGE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct message_check {
	uint64_t crs; /* CRs that are dropped on the way out */
	uint64_t lfs;
	size_t line;    /* bytes of the line so far, without its end */
	bool cr;        /* the last byte was a CR */
	bool eight_bit; /* there was a byte over 0x7f */
	bool bad;
};

void message_check_begin(struct message_check *c);
void message_check_add(struct message_check *c, const uint8_t *data, size_t len);
/* After the last byte. */
bool message_check_end(const struct message_check *c);

#endif
