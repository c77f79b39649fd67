/*
 * bench-wire.c - what delivering a stored wire form would cost: read, check, write
 *
 *	bench-wire < encoded-message > pipe
 *
 * The alternative to encoding at delivery is a second copy of each file that is
 * encoded already. If it is to be checked as the blob is, over bytes that
 * nobody else can change, it must be read into a buffer of ours and written
 * from there, since pages that splice passes on can still change after the check.
 * This program does just that and nothing else, to stand beside
 * mailgraft-filter and cat in one run.
 */
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#include "spool/checksum.h"

enum { BLOCK = 2048 * 77, PIPE = 256 * 1024 };

static uint8_t buffer[BLOCK];

int
main(void)
{
	uint8_t sum[CHECKSUM_BYTES];
	struct checksum c;
	ssize_t n;

	fcntl(1, F_SETPIPE_SZ, PIPE);
	checksum_begin(&c);
	while ((n = read(0, buffer, sizeof(buffer))) > 0) {
		checksum_add(&c, buffer, (size_t)n);
		for (ssize_t at = 0; at < n;) {
			ssize_t wrote = write(1, buffer + at, (size_t)(n - at));

			if (wrote < 0) {
				return 1;
			}
			at += wrote;
		}
	}
	checksum_end(&c, sum);
	return n < 0;
}
