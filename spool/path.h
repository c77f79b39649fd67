/*
 * path.h - the names of files in a spool: keys/, and the 256 folders under blobs/ and entries/
 *
 * Returns: paths beneath the spool, such as "blobs/ab/abcd…"
 * Not here: what lies in them (blob.h, entry.h)
 */
#ifndef SPOOL_PATH_H
#define SPOOL_PATH_H

#include <stdint.h>

#include "spool/spool.h"
#include "spool/token.h"

enum {
	BLOB_PATH_MAX = sizeof("blobs/ab/") + 64,
	ENTRY_PATH_MAX = sizeof("entries/ab/") + 40,
	KEY_PATH_MAX = sizeof("keys/") + 8,
};

void blob_path(const uint8_t *digest, char path[BLOB_PATH_MAX]);
void entry_path(const uint8_t id[ENTRY_ID_BYTES], char path[ENTRY_PATH_MAX]);
void key_path(const uint8_t id[KEY_ID_BYTES], char path[KEY_PATH_MAX]);

#endif
