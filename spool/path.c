/*
 * path.c - the names of files in a spool
 */
#include "spool/path.h"

#include <string.h>

#include "spool/hex.h"

static void
shard_path(const char *folder, const uint8_t *id, size_t len, char *path)
{
	char *end = mempcpy(path, folder, strlen(folder));

	end = hex_encode(id, 1, end);
	*end++ = '/';
	*hex_encode(id, len, end) = '\0';
}

void
blob_path(const uint8_t digest[SHA256_BYTES], char path[BLOB_PATH_MAX])
{
	shard_path("blobs/", digest, SHA256_BYTES, path);
}

void
entry_path(const uint8_t id[ENTRY_ID_BYTES], char path[ENTRY_PATH_MAX])
{
	shard_path("entries/", id, ENTRY_ID_BYTES, path);
}

void
key_path(const uint8_t id[KEY_ID_BYTES], char path[KEY_PATH_MAX])
{
	memcpy(path, "keys/", strlen("keys/"));
	*hex_encode(id, KEY_ID_BYTES, path + strlen("keys/")) = '\0';
}
