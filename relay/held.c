/*
 * held.c - see held.h
 */
#include "relay/held.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "mime/header.h"
#include "relay/limits.h"

static const char NAME[] = "message";

void
held_begin(struct held *h, uint64_t limit)
{
	h->size = 0;
	h->limit = limit;
	h->eight_bit = h->lost = false;
	h->why = (struct refusal){.reason = REFUSED_NOT};
	h->spill = -1;
}

void
held_end(struct held *h)
{
	if (h->spill >= 0) {
		close(h->spill);
		h->spill = -1;
	}
}

static void
lose(struct held *h, const char *call)
{
	spool_fail(&h->why.fail, call, "spill", errno);
	h->lost = refuse(&h->why, REFUSED_LATER) < 0;
}

static void
spill(struct held *h, const uint8_t *p, size_t len)
{
	while (len > 0) {
		ssize_t n = write(h->spill, p, len);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			lose(h, "write");
			return;
		}
		p += n;
		len -= (size_t)n;
	}
}

bool
held_is_too_large(const struct held *h)
{
	return h->size > h->limit;
}

void
held_add(struct held *h, const uint8_t *p, size_t len, struct keeper_link *keeper)
{
	uint64_t before = h->size;

	h->size += len;
	if (h->lost || held_is_too_large(h) || len == 0) {
		return;
	}
	if (h->size <= HELD_MEMORY) {
		memcpy(h->memory + before, p, len);
		return;
	}
	if (h->spill < 0) {
		if (keeper_ask_spill(keeper, &h->spill, &h->why) < 0) {
			h->lost = true;
			return;
		}
		spill(h, h->memory, (size_t)before);
	}
	if (!h->lost) {
		spill(h, p, len);
	}
}

int
held_to_graft(struct held *h, struct graft *g)
{
	if (h->spill < 0) {
		return graft_from_memory(g, h->memory, (size_t)h->size, NAME);
	}
	if (lseek(h->spill, 0, SEEK_SET) < 0) {
		lose(h, "lseek");
		return -1;
	}
	return graft_from_fd(g, h->spill, NAME);
}

bool
held_digest(const struct held *h, uint8_t digest[SHA256_BYTES])
{
	uint8_t block[16 * 1024];
	struct sha256 hash;
	off_t at = 0;
	ssize_t n = 0;

	sha256_begin(&hash);
	if (h->spill < 0) {
		sha256_add(&hash, h->memory, (size_t)h->size);
	} else {
		while ((n = pread(h->spill, block, sizeof(block), at)) > 0) {
			sha256_add(&hash, block, (size_t)n);
			at += n;
		}
	}
	sha256_end(&hash, digest);
	return n == 0;
}

size_t
held_header(const struct held *h)
{
	size_t len = h->size < HELD_MEMORY ? (size_t)h->size : HELD_MEMORY, at = 0;
	struct field f;

	while (header_next(h->memory, len, &at, &f) == HEADER_FIELD) {
	}
	return at;
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

size_t
held_field(const struct held *h, const char *name, const uint8_t **body_r)
{
	size_t len = h->size < HELD_MEMORY ? (size_t)h->size : HELD_MEMORY, at = 0;
	struct field f;

	while (header_next(h->memory, len, &at, &f) == HEADER_FIELD) {
		if (!header_is(&f, name)) {
			continue;
		}
		while (f.body_len > 0 && is_blank(*f.body)) {
			f.body++;
			f.body_len--;
		}
		while (f.body_len > 0 && is_blank(f.body[f.body_len - 1])) {
			f.body_len--;
		}
		*body_r = f.body;
		return f.body_len;
	}
	return 0;
}
