/*
 * checksum-avx2.h - the one function of XXH3 that is worth AVX2, for checksum.c
 *
 * Not to be called where the processor has no AVX2.
 */
#ifndef SPOOL_CHECKSUM_AVX2_H
#define SPOOL_CHECKSUM_AVX2_H

#include "spool/checksum.h"

#ifdef __x86_64__
void checksum_avx2_add(struct checksum *c, const void *data, size_t len);
#endif

#endif
