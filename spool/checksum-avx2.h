/*
 * checksum-avx2.h - the one function of XXH3 that is worth AVX2, for checksum.c
 *
 * Not to be called where the processor has no AVX2.
 */
#ifndef SPOOL_CHECKSUM_AVX2_H
#define SPOOL_CHECKSUM_AVX2_H

#include <stddef.h>

#ifdef __x86_64__
/* `state` is an XXH3_state_t. */
void checksum_avx2_update(void *state, const void *data, size_t len);
#endif

#endif
