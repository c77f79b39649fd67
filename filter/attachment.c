/*
 * attachment.c - see attachment.h
 */
#include "filter/attachment.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "filter/boundary.h"
#include "mime/base64.h"
#include "spool/blob.h"
#include "spool/checksum.h"
#include "spool/hex.h"

enum { COPY_IN = COPY_LINES * BASE64_LINE_BYTES, COPY_OUT = COPY_LINES * (BASE64_LINE_CHARS + 1) };

_Static_assert((int)COPY_OUT <= (int)SINK_ROOM, "the sink has room for a block");

/* The private buffer: what is hashed is what is encoded. */
static uint8_t in[COPY_IN];

static int
load_key(
    const struct spool *spool, const struct token *t, struct key_cache *keys, struct refusal *why)
{
	struct spool_fail fail = {.call = NULL};

	if (keys->loaded && memcmp(keys->key.id, t->key_id, KEY_ID_BYTES) == 0) {
		return 0;
	}
	keys->loaded = false;
	if (key_load(spool, t->key_id, &keys->key, &fail) < 0) {
		return refuse_system(why, &fail, REFUSED_TOKEN_KEY);
	}
	keys->loaded = true;
	return 0;
}

static int
verify(const struct spool *spool, const uint8_t *text, const struct fields *fields, uint32_t now,
    struct key_cache *keys, struct token *t, struct refusal *why)
{
	enum token_verdict verdict = token_decode(text, TOKEN_CHARS, t);

	if (verdict == TOKEN_OK) {
		if (load_key(spool, t, keys, why) < 0) {
			return -1;
		}
		verdict = token_verify(t, &keys->key, &fields->recipient, now);
	}
	switch (verdict) {
	case TOKEN_OK:
		return 0;
	case TOKEN_MALFORMED:
		return refuse(why, REFUSED_TOKEN_MALFORMED);
	case TOKEN_FORGED:
		return refuse(why, REFUSED_TOKEN_FORGED);
	case TOKEN_REVOKED:
		return refuse(why, REFUSED_TOKEN_REVOKED);
	case TOKEN_EXPIRED:
		return refuse(why, REFUSED_TOKEN_EXPIRED);
	case TOKEN_NO_RECIPIENT:
		return refuse(why,
		    fields->recipient_unreadable ? REFUSED_RECIPIENT_FIELD
		                                 : REFUSED_TOKEN_NO_RECIPIENT);
	}
	return refuse(why, REFUSED_BUG);
}

int
attachment_open(const struct spool *spool, const uint8_t token[TOKEN_CHARS],
    const struct fields *fields, uint32_t now, struct key_cache *keys, struct attachment *a,
    struct refusal *why)
{
	struct spool_fail fail = {.call = NULL};

	a->fd = -1;
	if (verify(spool, token, fields, now, keys, &a->token, why) < 0) {
		return -1;
	}
	*hex_encode(a->token.entry_id, ENTRY_ID_BYTES, why->entry) = '\0';
	if (entry_load(spool, a->token.entry_id, &a->entry, &fail) < 0) {
		if (fail.error == EBADMSG || fail.error == EFBIG) {
			why->fail = fail;
			return refuse(why, REFUSED_ENTRY_DAMAGED);
		}
		return refuse_system(why, &fail, REFUSED_ENTRY_MISSING);
	}
	if (a->entry.expires != a->token.expiry) {
		return refuse(why, REFUSED_TOKEN_EXPIRY_DIFFERS);
	}
	a->fd = blob_open(spool, a->entry.blob, a->entry.size, &fail);
	if (a->fd < 0) {
		if (fail.error == ESTALE) {
			why->fail = fail;
			return refuse(why, REFUSED_BLOB_SIZE);
		}
		return refuse_system(why, &fail, REFUSED_BLOB_MISSING);
	}
	return 0;
}

void
attachment_close(struct attachment *a)
{
	if (a->fd >= 0) {
		close(a->fd);
		a->fd = -1;
	}
}

uint64_t
attachment_size(const struct attachment *a)
{
	uint64_t size;

	if (a->entry.message) {
		return a->entry.size - a->entry.crs;
	}
	size = base64_encoded_size(a->entry.size);
	return size > 0 ? size - 1 : 0;
}

bool
attachment_owes_lf(const struct attachment *a)
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
check_end(const struct attachment *a, const struct checksum *sum, struct refusal *why)
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

static int
copy_base64(const struct attachment *a, struct sink *s, struct refusal *why)
{
	struct checksum sum;
	uint64_t at = 0;

	checksum_begin(&sum);
	do {
		uint64_t left = a->entry.size - at;
		size_t n = left < COPY_IN ? (size_t)left : COPY_IN;
		size_t len;

		if (read_exactly(a->fd, in, n, at, why) < 0) {
			return -1;
		}
		checksum_add(&sum, in, n);
		at += n;
		len = base64_encode_lines(in, n, sink_room(s, COPY_OUT));
		if (at == a->entry.size) { /* the last block, held back until now */
			if (check_end(a, &sum, why) < 0) {
				return -1;
			}
			len -= len > 0; /* its last LF is the delimiter's */
		}
		if (refuse_output(why, sink_fill(s, len)) < 0) {
			return -1;
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

/* A message goes out as it is, with LF line ends: `put` has seen that it is 7bit and its lines
 * short. */
static int
copy_message(
    const struct attachment *a, const struct boundaries *b, struct sink *s, struct refusal *why)
{
	struct line_watch lines = {.len = 0};
	struct checksum sum;
	uint64_t at = 0, crs = 0;

	checksum_begin(&sum);
	while (at < a->entry.size) {
		uint64_t left = a->entry.size - at;
		size_t n = left < COPY_IN ? (size_t)left : COPY_IN;
		size_t len = 0;
		uint8_t *out;

		if (read_exactly(a->fd, in, n, at, why) < 0) {
			return -1;
		}
		checksum_add(&sum, in, n);
		at += n;
		out = sink_room(s, n);
		for (size_t i = 0; i < n; i++) {
			if (in[i] == '\r' && a->entry.crs > 0) {
				crs++;
			} else {
				out[len++] = in[i];
			}
		}
		if (watch(&lines, b, out, len)) {
			return refuse(why, REFUSED_COLLISION);
		}
		if (at == a->entry.size &&
		    (check_end(a, &sum, why) < 0 ||
		        (crs != a->entry.crs && refuse(why, REFUSED_ENTRY_DAMAGED) < 0))) {
			return -1;
		}
		if (refuse_output(why, sink_fill(s, len)) < 0) {
			return -1;
		}
	}
	return a->entry.size > 0 ? 0 : check_end(a, &sum, why);
}

int
attachment_copy(
    const struct attachment *a, const struct boundaries *b, struct sink *s, struct refusal *why)
{
	int result;

	if (s->fd < 0) {
		sink_count(s, attachment_size(a));
		return 0;
	}
	result = a->entry.message ? copy_message(a, b, s, why) : copy_base64(a, s, why);
	if (result < 0) {
		*hex_encode(a->token.entry_id, ENTRY_ID_BYTES, why->entry) = '\0';
	}
	return result;
}
