/*
 * blob.c - opens an attachment's bytes by their SHA-256
 */
#include "spool/blob.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "spool/hex.h"

int
blob_open(const struct spool *spool, const uint8_t digest[SHA256_BYTES], uint64_t size,
    struct spool_fail *why)
{
	char name[sizeof "blobs/ab/" + SHA256_BYTES * 2] = "blobs/";
	char *end = hex_encode(digest, 1, name + strlen("blobs/"));
	uint64_t real;
	int fd;

	*end++ = '/';
	*hex_encode(digest, SHA256_BYTES, end) = '\0';
	fd = spool_open_file(spool, name, 0, &real, why);
	if (fd >= 0 && real != size) {
		close(fd);
		return spool_fail(why, "size", name, ESTALE);
	}
	return fd;
}
