/*
 * blob.c - opens an attachment's bytes by their SHA-256
 */
#include "spool/blob.h"

#include <errno.h>
#include <unistd.h>

#include "spool/path.h"

int
blob_open(const struct spool *spool, const uint8_t digest[SHA256_BYTES], uint64_t size,
    struct spool_fail *why)
{
	char name[BLOB_PATH_MAX];
	uint64_t real;
	int fd;

	blob_path(digest, name);
	fd = spool_open_file(spool, name, 0, &real, why);
	if (fd >= 0 && real != size) {
		close(fd);
		return spool_fail_check(why, FAIL_SIZE, name, ESTALE);
	}
	return fd;
}
