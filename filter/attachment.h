/*
 * attachment.h - from a token to verified, opened, copied content
 *
 * attachment_open() checks everything that can be checked before the first
 * byte goes out; attachment_copy() sends the content and holds its last block
 * back until the checksum agrees.
 *
 * Owns:    the blob's descriptor
 */
#ifndef FILTER_ATTACHMENT_H
#define FILTER_ATTACHMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "filter/fields.h"
#include "filter/refusal.h"
#include "filter/sink.h"
#include "spool/entry.h"
#include "spool/spool.h"
#include "spool/token.h"

struct attachment {
	struct token token;
	struct entry entry;
	int fd; /* the blob, or -1 */
};

/* The key that the last token was made with: most messages use one. */
struct key_cache {
	bool loaded;
	struct key key;
};

/*
 * Verifies a token and opens what it stands for. `now` in EXPIRY_UNITs since
 * 1970. 0, or -1 with the reason; then a->fd is -1.
 */
int attachment_open(const struct spool *spool, const uint8_t token[TOKEN_CHARS],
    const struct fields *fields, uint32_t now, struct key_cache *keys, struct attachment *a,
    struct refusal *why);

void attachment_close(struct attachment *a);

/* Bytes that attachment_copy() writes. */
uint64_t attachment_size(const struct attachment *a);

/*
 * Whether the copy ends without the LF that ends its last line: base64, whose
 * last LF is left to the delimiter that follows. A message is copied whole.
 */
bool attachment_owes_lf(const struct attachment *a);

/* Asked about each line of an attached message that begins like a delimiter of ours. */
struct boundaries;

/* Copies the content. REFUSED_BLOB_CONTENT, REFUSED_BLOB_SIZE, REFUSED_COLLISION, REFUSED_IO. */
int attachment_copy(
    const struct attachment *a, const struct boundaries *b, struct sink *s, struct refusal *why);

#endif
