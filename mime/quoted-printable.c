/*
 * quoted-printable.c - see quoted-printable.h
 */
#include "mime/quoted-printable.h"

#include "mime/hex.h"

size_t
qp_decode_escape(struct qp_decoder *d, uint8_t c, uint8_t out[QP_OUT])
{
	size_t n = 0;

	switch (d->state) {
	case QP_TEXT:
		break;
	case QP_EQUALS:
		if (hex_value(c) >= 0) {
			d->high = c;
			d->state = QP_HEX;
			return 0;
		}
		/* fall through */
	case QP_PADDING:
	case QP_CR:
		if (c == '\n') {
			d->state = QP_TEXT; /* a soft line break */
			return 0;
		}
		if (d->state != QP_CR && (c == ' ' || c == '\t' || c == '\r')) {
			d->state = c == '\r' ? QP_CR : QP_PADDING;
			return 0;
		}
		out[n++] = '=';
		break;
	case QP_HEX:
		if (hex_value(c) >= 0) {
			out[0] = (uint8_t)(hex_value(d->high) * 16 + hex_value(c));
			d->state = QP_TEXT;
			return 1;
		}
		out[n++] = '=';
		out[n++] = d->high;
		break;
	}
	if (c == '=') {
		d->state = QP_EQUALS;
	} else {
		d->state = QP_TEXT;
		out[n++] = c;
	}
	return n;
}

size_t
qp_decode_end(struct qp_decoder *d, uint8_t out[QP_OUT])
{
	size_t n = 0;

	if (d->state == QP_EQUALS || d->state == QP_HEX) {
		out[n++] = '=';
	}
	if (d->state == QP_HEX) {
		out[n++] = d->high;
	}
	d->state = QP_TEXT;
	return n;
}
