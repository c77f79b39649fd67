/*
 * lmtp-data.h - the bytes after DATA, to their end: line ends become LF, stuffed dots go
 *
 * Only CRLF . CRLF ends a message (RFC 5321 4.5.2). A bare CR or LF ends nothing, begins no line
 * and spoils the message: whoever asks refuses it, and no server that reads line ends in another
 * way can be made to see a second message in it.
 *
 * Pure.
 */
#ifndef RELAY_LMTP_DATA_H
#define RELAY_LMTP_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum lmtp_data_state {
	DATA_LINE_BEGINS,
	DATA_DOT,    /* a dot began the line */
	DATA_DOT_CR, /* and a CR came after it */
	DATA_TEXT,
	DATA_CR,
	DATA_ENDED,
};

struct lmtp_data {
	enum lmtp_data_state state;
	bool bare;      /* a CR or LF stood alone */
	bool eight_bit; /* a byte over 0x7f was seen */
};

void lmtp_data_begin(struct lmtp_data *d);

/*
 * Takes bytes until the message ends: *used_r of them. Writes what the message holds to `out`,
 * which has room for len bytes (a spoiled message's text is of no use); returns how many.
 */
size_t lmtp_data_feed(
    struct lmtp_data *d, const uint8_t *in, size_t len, size_t *used_r, uint8_t *out);

#endif
