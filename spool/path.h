/*
 * path.h - the names of files in a spool: keys/, and the 256 folders under blobs/ and entries/
 *
 * Returns: paths beneath the spool, such as "blobs/ab/abcd…"
 * Not here: what lies in them (blob.h, entry.h)
 */
#ifndef SPOOL_PATH_H
#define SPOOL_PATH_H

#include <stdint.h>

#include "spool/hmac.h"

enum {
	KEY_ID_BYTES = 4,    /* random; never used again */
	ENTRY_ID_BYTES = 20, /* the beginning of the SHA-256 of the entry's file */

	BLOB_PATH_MAX = sizeof("blobs/ab/") + 2 * SHA256_BYTES,
	ENTRY_PATH_MAX = sizeof("entries/ab/") + 2 * ENTRY_ID_BYTES,
	KEY_PATH_MAX = sizeof("keys/") + 2 * KEY_ID_BYTES,
};

void blob_path(const uint8_t digest[SHA256_BYTES], char path[BLOB_PATH_MAX]);
void entry_path(const uint8_t id[ENTRY_ID_BYTES], char path[ENTRY_PATH_MAX]);
void key_path(const uint8_t id[KEY_ID_BYTES], char path[KEY_PATH_MAX]);

#endif
