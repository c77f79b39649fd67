/*
 * attachment.c - see attachment.h
 */
#include "filter/attachment.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "spool/checksum.h"
#include "spool/hex.h"

/* A line and its CR and LF. */
enum { LINE_OUT = BASE64_LINE_CHARS + 2 };

_Static_assert(COPY_LINES *(int)LINE_OUT <= (int)SINK_ROOM, "the sink has room for a block");

uint64_t
attachment_size(const struct proof *a)
{
	uint64_t size;

	if (a->entry.message) {
		return a->entry.size - a->entry.crs;
	}
	size = base64_encoded_size(a->entry.size);
	return size > 0 ? size - 1 : 0;
}

bool
attachment_owes_lf(const struct proof *a)
{
	return !a->entry.message;
}

/* Reads exactly len bytes at offset at. */
static int
read_exactly(int fd, uint8_t *p, size_t len, uint64_t at, struct refusal *why)
{
	while (len > 0) {
		ssize_t n = pread(fd, p, len, (off_t)at);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			spool_fail(&why->fail, "pread", "blob", errno);
			return refuse(why, REFUSED_IO);
		}
		if (n == 0) {
			return refuse(why, REFUSED_BLOB_SIZE);
		}
		p += n;
		at += (size_t)n;
		len -= (size_t)n;
	}
	return 0;
}

/* The checksum agrees, and the blob ends where the entry says. */
static int
check_end(const struct proof *a, const struct checksum *sum, struct refusal *why)
{
	uint8_t got[CHECKSUM_BYTES], beyond;
	ssize_t n;

	checksum_end(sum, got);
	if (memcmp(got, a->entry.checksum, sizeof(got)) != 0) {
		return refuse(why, REFUSED_BLOB_CONTENT);
	}
	do {
		n = pread(a->fd, &beyond, 1, (off_t)a->entry.size);
	} while (n < 0 && errno == EINTR);
	return n == 0 ? 0 : refuse(why, REFUSED_BLOB_SIZE);
}

/* Encodes into the sink's buffer. */
static int
copy_base64(const struct proof *a, struct copy_buffer *buffer, struct sink *s, struct refusal *why)
{
	struct checksum sum;
	uint64_t at = 0;

	checksum_begin(&sum);
	do {
		uint64_t left = a->entry.size - at;
		size_t n = left < COPY_IN ? (size_t)left : COPY_IN;
		size_t lines = (n + BASE64_LINE_BYTES - 1) / BASE64_LINE_BYTES, len;
		uint8_t *out;

		if (read_exactly(a->fd, buffer->bytes, n, at, why) < 0) {
			return -1;
		}
		checksum_add(&sum, buffer->bytes, n);
		at += n;
		out = sink_room(s, COPY_LINES * LINE_OUT);
		len = s->smtp ? base64_encode_crlf(buffer->bytes, n, out)
		              : base64_encode_lines(buffer->bytes, n, out);
		if (at == a->entry.size) { /* the last block, held back until now */
			if (check_end(a, &sum, why) < 0) {
				return -1;
			}
			if (lines > 0) { /* its last line end is the delimiter's */
				len -= s->smtp ? 2 : 1;
				lines--;
			}
		}
		if (sink_fill(s, len, lines) < 0) {
			return refuse_output(why, s);
		}
	} while (at < a->entry.size);
	return 0;
}

/* Lines of an attached message, which may begin in one block and end in the next. */
struct line_watch {
	size_t len;
	uint8_t head[2 + BOUNDARY_CHARS];
};

static bool
watch(struct line_watch *w, const struct boundaries *b, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len;) {
		const uint8_t *lf = memchr(p + i, '\n', len - i);
		size_t n = lf == NULL ? len - i : (size_t)(lf - p) - i;
		size_t room = sizeof(w->head) - w->len;
		size_t take = n < room ? n : room;

		memcpy(w->head + w->len, p + i, take);
		w->len += take;
		if (take > 0 && boundaries_begin_line(b, w->head, w->len)) {
			return true;
		}
		i += n;
		if (lf != NULL) {
			w->len = 0;
			i++;
		}
	}
	return false;
}

static size_t
drop_crs(uint8_t *p, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		p[n] = p[i];
		n += p[i] != '\r';
	}
	return n;
}

/* A message goes out as it is, with LF line ends: `put` has seen that it is 7bit and its lines
 * short. */
static int
copy_message(const struct proof *a, const struct boundaries *b, struct copy_buffer *buffer,
    struct sink *s, struct refusal *why)
{
	struct line_watch lines = {.len = 0};
	struct checksum sum;
	uint64_t at = 0, crs = 0;

	checksum_begin(&sum);
	while (at < a->entry.size) {
		uint64_t left = a->entry.size - at;
		size_t n = left < COPY_IN ? (size_t)left : COPY_IN;
		size_t len = n;

		if (read_exactly(a->fd, buffer->bytes, n, at, why) < 0) {
			return -1;
		}
		checksum_add(&sum, buffer->bytes, n);
		at += n;
		if (a->entry.crs > 0) {
			len = drop_crs(buffer->bytes, n);
			crs += n - len;
		}
		if (watch(&lines, b, buffer->bytes, len)) {
			return refuse(why, REFUSED_COLLISION);
		}
		if (at == a->entry.size &&
		    (check_end(a, &sum, why) < 0 ||
		        (crs != a->entry.crs && refuse(why, REFUSED_ENTRY_DAMAGED) < 0))) {
			return -1;
		}
		if (sink_write(s, buffer->bytes, len) < 0) {
			return refuse_output(why, s);
		}
	}
	return a->entry.size > 0 ? 0 : check_end(a, &sum, why);
}

/* What nobody needs to see is not read. The lines of a message are not known without. */
static bool
count(const struct proof *a, struct sink *s)
{
	uint64_t lines = 0;

	if (s->write != NULL || (a->entry.message && s->smtp)) {
		return false;
	}
	if (!a->entry.message && a->entry.size > 0) {
		lines = (a->entry.size - 1) / BASE64_LINE_BYTES;
	}
	sink_count(s, attachment_size(a), lines);
	return true;
}

int
attachment_copy(const struct proof *a, const struct boundaries *b, struct copy_buffer *buffer,
    struct sink *s, struct refusal *why)
{
	int result;

	if (count(a, s)) {
		return 0;
	}
	result = a->entry.message ? copy_message(a, b, buffer, s, why)
	                          : copy_base64(a, buffer, s, why);
	if (result < 0) {
		*hex_encode(a->token.entry_id, ENTRY_ID_BYTES, why->entry) = '\0';
	}
	return result;
}
