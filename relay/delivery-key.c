/*
 * delivery-key.c - see delivery-key.h
 */
#include "relay/delivery-key.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

void
delivery_queue_id(const struct held *h, char id[QUEUE_ID_MAX + 1])
{
	const uint8_t *body = NULL;
	size_t len = held_field(h, "graft-id", &body);

	id[0] = '\0';
	if (len == 0 || len > QUEUE_ID_MAX) {
		return;
	}
	for (size_t i = 0; i < len; i++) {
		if (!isalnum(body[i]) && body[i] != '-') {
			return;
		}
	}
	memcpy(id, body, len);
	id[len] = '\0';
}

static bool
is_separator(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == ';';
}

void
delivery_received_id(const struct held *h, char id[QUEUE_ID_MAX + 1])
{
	const uint8_t *body = NULL;
	size_t len = held_field(h, "received", &body);

	id[0] = '\0';
	for (size_t i = 1; i + 3 < len; i++) {
		size_t n = 0;

		if (!is_separator(body[i - 1]) || memcmp(body + i, "id ", 3) != 0) {
			continue;
		}
		while (i + 3 + n < len && n < QUEUE_ID_MAX && isalnum(body[i + 3 + n])) {
			n++;
		}
		if (n > 0 && (i + 3 + n == len || is_separator(body[i + 3 + n]))) {
			memcpy(id, body + i + 3, n);
			id[n] = '\0';
			return;
		}
	}
}

/* A text with its NUL, so that two texts never run together. */
static void
add_text(struct sha256 *hash, const char *text)
{
	sha256_add(hash, text, strlen(text) + 1);
}

void
delivery_key(const struct delivery_name *n, const struct held *h, const struct graft *g,
    const char *recipient, uint8_t key[LEDGER_KEY_BYTES])
{
	uint8_t digest[SHA256_BYTES];
	const uint8_t *id = NULL;
	size_t id_len = held_field(h, "message-id", &id);
	struct graft_summary sum = {.entries = 0};
	struct sha256 hash;

	sha256_begin(&hash);
	add_text(&hash, "mailgraft ledger 1");
	add_text(&hash, n->listener);
	add_text(&hash, n->sender);
	add_text(&hash, recipient);
	add_text(&hash, n->queue_id);
	if (n->queue_id[0] == '\0' && held_digest(h, digest)) {
		sha256_add(&hash, digest, sizeof(digest));
	}
	if (id_len > 0) {
		sha256_add(&hash, id, id_len);
	}
	add_text(&hash, "");
	if (g != NULL) {
		graft_summary(g, &sum);
	}
	for (size_t i = 0; i < sum.entries; i++) {
		char entry[GRAFT_ENTRY_CHARS + 1];

		graft_entry(g, i, entry);
		add_text(&hash, entry);
	}
	sha256_end(&hash, digest);
	memcpy(key, digest, LEDGER_KEY_BYTES);
}
