/*
 * base64-decode.c - the streaming base64 decoder
 *
 * Owns:     the meaning of the fields of struct base64_decoder
 * Returns:  bytes, as soon as the characters for them are there: three for four characters, one or
 *           two at the first '=' of a padded quantum
 * Not here: encoding, verdicts on what was irregular
 */
#include "mime/base64.h"

/* Takes one sextet; returns the end of what it wrote. */
static uint8_t *
take_sextet(struct base64_decoder *d, uint32_t sextet, uint8_t *out)
{
	if (d->padded) {
		*d = (struct base64_decoder){.irregular = true};
	}
	d->bits = d->bits << 6 | sextet;
	d->count++;
	if (d->count == 4) {
		*out++ = (uint8_t)(d->bits >> 16);
		*out++ = (uint8_t)(d->bits >> 8);
		*out++ = (uint8_t)d->bits;
		d->count = 0;
	}
	return out;
}

/*
 * Takes one '='. The first of a quantum gives the bytes that are whole and sets how many more must
 * follow.
 */
static uint8_t *
take_padding(struct base64_decoder *d, uint8_t *out)
{
	if (d->padded && d->count > 0) {
		d->count--;
		return out;
	}
	if (d->count < 2) { /* as it is, too, after complete padding */
		d->irregular = true;
		return out;
	}
	if (d->count == 2) {
		d->irregular |= (d->bits & 0xf) != 0;
		*out++ = (uint8_t)(d->bits >> 4);
		d->count = 1;
	} else {
		d->irregular |= (d->bits & 0x3) != 0;
		*out++ = (uint8_t)(d->bits >> 10);
		*out++ = (uint8_t)(d->bits >> 2);
		d->count = 0;
	}
	d->padded = true;
	return out;
}

size_t
base64_decode(struct base64_decoder *d, const uint8_t *in, size_t len, uint8_t *out)
{
	const uint8_t *end;
	uint8_t *p = out;

	if (len == 0) {
		return 0;
	}
	end = in + len;
	while (in < end) {
		/* Whole quanta, until a character that is no sextet comes. */
		bool whole = d->count == 0 && !d->padded;
		while (whole && end - in >= 4) {
			uint32_t a = base64_meaning[in[0]], b = base64_meaning[in[1]];
			uint32_t c = base64_meaning[in[2]], e = base64_meaning[in[3]];
			uint32_t bits = a << 18 | b << 12 | c << 6 | e;
			if ((a | b | c | e) > 63) {
				break;
			}
			p[0] = (uint8_t)(bits >> 16);
			p[1] = (uint8_t)(bits >> 8);
			p[2] = (uint8_t)bits;
			p += 3;
			in += 4;
		}
		if (in == end) {
			break;
		}
		uint8_t m = base64_meaning[*in++];
		if (m < 64) {
			p = take_sextet(d, m, p);
		} else if (m == BASE64_PADDING) {
			p = take_padding(d, p);
		} else if (m == BASE64_STRANGER) {
			d->irregular = true;
		}
	}
	return (size_t)(p - out);
}

bool
base64_decode_end(struct base64_decoder *d)
{
	if (d->count > 0) {
		d->irregular = true;
		return true;
	}
	return false;
}
