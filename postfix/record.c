/*
 * record.c - see record.h
 */
#include "postfix/record.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void
record_begin(struct record_reader *r, int fd)
{
	r->fd = fd;
	r->at = r->from = 0;
	r->held = 0;
	r->jumps = 0;
}

/* Makes at least `want` bytes from r->at on available, or all that there are. Returns how many. */
static ssize_t
look(struct record_reader *r, size_t want)
{
	size_t skip = (size_t)(r->at - r->from);

	if (r->at < r->from || skip > r->held) {
		skip = r->held = 0;
		r->from = r->at;
	}
	if (r->held - skip < want && skip > 0) {
		memmove(r->buffer, r->buffer + skip, r->held - skip);
		r->held -= skip;
		r->from += (off_t)skip;
		skip = 0;
	}
	while (r->held - skip < want) {
		ssize_t n = pread(r->fd, r->buffer + r->held, sizeof(r->buffer) - r->held,
		    r->from + (off_t)r->held);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return -errno;
		}
		if (n == 0) {
			break;
		}
		r->held += (size_t)n;
	}
	return (ssize_t)(r->held - skip);
}

/* The length that follows the type: seven bits a byte, the lowest first. Bytes used, or -EBADMSG.
 */
static int
read_length(const uint8_t *p, size_t n, size_t *len_r)
{
	size_t len = 0;

	for (unsigned i = 0; i < 3 && i < n; i++) {
		len |= (size_t)(p[i] & 0x7f) << (7 * i);
		if ((p[i] & 0x80) == 0) {
			*len_r = len;
			return len <= POSTFIX_RECORD_MAX ? (int)i + 1 : -EBADMSG;
		}
	}
	return -EBADMSG;
}

/* A pointer's text: blanks and decimal digits. */
static int
jump(struct record_reader *r, const uint8_t *p, size_t len)
{
	off_t to = 0;
	size_t i = 0;

	while (i < len && p[i] == ' ') {
		i++;
	}
	if (i == len || len - i > 18 || ++r->jumps > POSTFIX_JUMPS_MAX) {
		return -EBADMSG;
	}
	for (; i < len; i++) {
		if (p[i] < '0' || p[i] > '9') {
			return -EBADMSG;
		}
		to = to * 10 + (p[i] - '0');
	}
	if (to > 0) { /* 0: nothing was inserted here */
		r->at = to;
	}
	return 0;
}

int
record_next(struct record_reader *r, int *type_r, const uint8_t **bytes_r, size_t *len_r)
{
	for (;;) {
		ssize_t there = look(r, 4);
		const uint8_t *p;
		size_t len;
		int type, used;

		if (there < 0) {
			return (int)there;
		}
		if (there == 0) {
			*type_r = 0;
			return 0;
		}
		p = r->buffer + (r->at - r->from);
		type = p[0];
		used = read_length(p + 1, (size_t)there - 1, &len);
		if (used < 0) {
			return used;
		}
		there = look(r, 1 + (size_t)used + len);
		if (there < 0) {
			return (int)there;
		}
		if ((size_t)there < 1 + (size_t)used + len) {
			return -EBADMSG;
		}
		p = r->buffer + (r->at - r->from) + 1 + used;
		r->at += 1 + used + (off_t)len;
		if (type == RECORD_POINTER) {
			int ret = jump(r, p, len);

			if (ret < 0) {
				return ret;
			}
			continue;
		}
		*type_r = type;
		*bytes_r = p;
		*len_r = len;
		return type == RECORD_END ? 0 : 1;
	}
}
