/*
 * boundary.c - see boundary.h
 */
#include "filter/boundary.h"

#include <string.h>

#include "spool/base64url.h"

static const char LABEL[] = "mailgraft boundary 2";
static const char PREFIX[] = "=_g";

/* Where a serial stands, or would stand. */
static size_t
place(const struct boundaries *b, uint32_t serial)
{
	size_t low = 0, high = b->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (b->serial[mid] < serial) {
			low = mid + 1;
		} else {
			high = mid;
		}
	}
	return low;
}

int
boundaries_mark(struct boundaries *b, uint32_t serial)
{
	size_t i = place(b, serial);

	if (i < b->count && b->serial[i] == serial) {
		return 0;
	}
	if (b->count == SERIALS_MAX) {
		return -1;
	}
	memmove(b->serial + i + 1, b->serial + i, (b->count - i) * sizeof(b->serial[0]));
	b->serial[i] = serial;
	b->count++;
	return 0;
}

void
boundary_secret(const uint8_t *key, size_t len, const uint8_t input[SHA256_BYTES],
    uint8_t secret_r[SHA256_BYTES])
{
	struct hmac h;

	hmac_begin(&h, key, len);
	hmac_add(&h, LABEL, sizeof(LABEL));
	hmac_add(&h, input, SHA256_BYTES);
	hmac_end(&h, secret_r);
}

void
boundaries_derive(struct boundaries *b, const uint8_t secret[SHA256_BYTES])
{
	for (size_t i = 0; i < b->count; i++) {
		uint8_t serial[4] = {
		    (uint8_t)(b->serial[i] >> 24),
		    (uint8_t)(b->serial[i] >> 16),
		    (uint8_t)(b->serial[i] >> 8),
		    (uint8_t)b->serial[i],
		};
		uint8_t mac[SHA256_BYTES];
		struct hmac h;

		hmac_begin(&h, secret, SHA256_BYTES);
		hmac_add(&h, serial, sizeof(serial));
		hmac_end(&h, mac);
		memcpy(b->text[i], PREFIX, sizeof(PREFIX) - 1);
		base64url_encode(
		    mac, BOUNDARY_CHARS - (sizeof(PREFIX) - 1), b->text[i] + sizeof(PREFIX) - 1);
		b->text[i][BOUNDARY_CHARS] = '\0';
	}
}

const char *
boundaries_find(const struct boundaries *b, uint32_t serial)
{
	size_t i = place(b, serial);

	return i < b->count && b->serial[i] == serial ? b->text[i] : NULL;
}

bool
boundaries_begin_line(const struct boundaries *b, const uint8_t *line, size_t len)
{
	if (len < 2 + BOUNDARY_CHARS || memcmp(line, "--=_g", 5) != 0) {
		return false;
	}
	for (size_t i = 0; i < b->count; i++) {
		if (memcmp(line + 2, b->text[i], BOUNDARY_CHARS) == 0) {
			return true;
		}
	}
	return false;
}
