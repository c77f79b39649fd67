/*
 * lmtp-data.c - see lmtp-data.h
 */
#include "relay/lmtp-data.h"

#include <string.h>

void
lmtp_data_begin(struct lmtp_data *d)
{
	*d = (struct lmtp_data){.state = DATA_LINE_BEGINS};
}

static void
look_at(struct lmtp_data *d, const uint8_t *p, size_t len)
{
	uint8_t any = 0;

	for (size_t i = 0; i < len; i++) {
		any |= p[i];
	}
	d->eight_bit = d->eight_bit || (any & 0x80) != 0;
}

/* The plain text that begins here: up to the next CR or LF. */
static size_t
plain(const uint8_t *p, size_t len)
{
	const uint8_t *lf = memchr(p, '\n', len);
	const uint8_t *cr;

	len = lf != NULL ? (size_t)(lf - p) : len;
	cr = memchr(p, '\r', len);
	return cr != NULL ? (size_t)(cr - p) : len;
}

/* One byte that is CR or LF, or comes after one or after a dot. Returns the bytes written. */
static size_t
step(struct lmtp_data *d, uint8_t c, uint8_t *out)
{
	switch (d->state) {
	case DATA_LINE_BEGINS:
		if (c == '.') {
			d->state = DATA_DOT;
			return 0;
		}
		break;
	case DATA_DOT:
		if (c == '\r') {
			d->state = DATA_DOT_CR;
			return 0;
		}
		break;
	case DATA_DOT_CR:
		if (c == '\n') {
			d->state = DATA_ENDED;
			return 0;
		}
		d->bare = true;
		break;
	case DATA_CR:
		if (c == '\n') {
			d->state = DATA_LINE_BEGINS;
			*out = '\n';
			return 1;
		}
		d->bare = true;
		break;
	default:
		break;
	}
	d->state = c == '\r' ? DATA_CR : DATA_TEXT;
	d->bare = d->bare || c == '\n';
	if (c == '\r') {
		return 0;
	}
	*out = c;
	return 1;
}

size_t
lmtp_data_feed(struct lmtp_data *d, const uint8_t *in, size_t len, size_t *used_r, uint8_t *out)
{
	size_t at = 0, n = 0;

	while (at < len && d->state != DATA_ENDED) {
		if (d->state == DATA_TEXT) {
			size_t run = plain(in + at, len - at);

			memcpy(out + n, in + at, run);
			at += run;
			n += run;
			if (at == len) {
				break;
			}
		}
		n += step(d, in[at++], out + n);
	}
	look_at(d, out, n);
	*used_r = at;
	return n;
}
