/*
 * quoted-printable.h - decodes quoted-printable, a byte at a time (RFC 2045 6.7)
 *
 * It reads what mail programs read: a `=` that begins neither a code nor a soft line break is a
 * `=`, and digits may be in lower case. A zeroed decoder is the start.
 *
 * Not here: encoding; the Q encoding of header fields (words.h)
 */
#ifndef MIME_QUOTED_PRINTABLE_H
#define MIME_QUOTED_PRINTABLE_H

#include <stddef.h>
#include <stdint.h>

/* the most bytes that one byte of input can give */
enum { QP_OUT = 3 };

struct qp_decoder {
	enum { QP_TEXT, QP_EQUALS, QP_PADDING, QP_CR, QP_HEX } state;
	uint8_t high; /* QP_HEX: the first digit */
};

/* What qp_decode() does where c, or what came before it, is no plain text. */
size_t qp_decode_escape(struct qp_decoder *d, uint8_t c, uint8_t out[QP_OUT]);

/*
 * Takes the next byte and writes what is known now; returns how many bytes that is. An LF in the
 * output comes from the byte just taken, so that its end in the input is known.
 */
static inline size_t
qp_decode(struct qp_decoder *d, uint8_t c, uint8_t out[QP_OUT])
{
	if (d->state == QP_TEXT && c != '=') {
		out[0] = c;
		return 1;
	}
	return qp_decode_escape(d, c, out);
}

/* The end of the input: what an unfinished code stands for. Returns how many bytes. */
size_t qp_decode_end(struct qp_decoder *d, uint8_t out[QP_OUT]);

#endif
