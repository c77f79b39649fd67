/*
 * attachment.h - a proved attachment's content, on its way into a sink
 *
 * attachment_copy() encodes the content and holds its last block back until the checksum agrees,
 * so content that was altered never gets its end.
 *
 * Not here: proving (prover.h); the attachment's header (rewrite.h)
 */
#ifndef FILTER_ATTACHMENT_H
#define FILTER_ATTACHMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "filter/boundary.h"
#include "filter/prover.h"
#include "filter/refusal.h"
#include "filter/sink.h"
#include "mime/base64.h"

enum { COPY_IN = COPY_LINES * BASE64_LINE_BYTES };

/* Bytes of the blob that are on their way: what is hashed is what is encoded. */
struct copy_buffer {
	uint8_t bytes[COPY_IN];
};

/* Bytes that attachment_copy() writes, with LF line ends. */
uint64_t attachment_size(const struct proof *a);

/*
 * Whether the copy ends without the LF that ends its last line: base64, whose last LF is left to
 * the delimiter that follows. A message is copied whole.
 */
bool attachment_owes_lf(const struct proof *a);

/*
 * Copies the content. `b` are the boundaries that no line of an attached message may begin with.
 * 0, or -1: REFUSED_BLOB_CONTENT, REFUSED_BLOB_SIZE, REFUSED_COLLISION, REFUSED_IO.
 */
int attachment_copy(const struct proof *a, const struct boundaries *b, struct copy_buffer *buffer,
    struct sink *s, struct refusal *why);

#endif
