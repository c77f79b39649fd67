/*
 * checksum.h - XXH3-128 of a blob, computed while it is copied
 *
 * Against altered content, not against an enemy: whoever can write a blob can
 * write its entry. SHA-256 names blobs; this one is cheap enough to be computed
 * at every delivery.
 */
#ifndef SPOOL_CHECKSUM_H
#define SPOOL_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

enum { CHECKSUM_BYTES = 16 };

struct checksum {
	_Alignas(64) unsigned char state[576];
};

void checksum_begin(struct checksum *c);
void checksum_add(struct checksum *c, const void *data, size_t len);
/* The canonical (big-endian) form. */
void checksum_end(const struct checksum *c, uint8_t sum[CHECKSUM_BYTES]);

#endif
