/*
 * blob.h - raw bytes of an attachment, by SHA-256: SPOOL/blobs/ab/<64 hex digits>
 *
 * Not here: the check of the content, which its reader makes while copying (checksum.h), and
 * writing (store.h).
 */
#ifndef SPOOL_BLOB_H
#define SPOOL_BLOB_H

#include <stdint.h>

#include "spool/hmac.h"
#include "spool/spool.h"

/*
 * Opens a blob whose size must be `size`. Returns a descriptor. -ENOENT: gone.
 * -ESTALE: its size is not what the entry says (call "size").
 */
int blob_open(const struct spool *spool, const uint8_t digest[SHA256_BYTES], uint64_t size,
    struct spool_fail *why);

#endif
