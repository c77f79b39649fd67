/*
 * checksum-avx2.c - XXH3 compiled for AVX2: half the time of the SSE2 that Debian's library has
 *
 * The state does not depend on the vector width, so beginning and ending stay
 * with checksum.c.
 */
#ifdef __x86_64__
#pragma GCC target("avx2")
#endif
#define XXH_INLINE_ALL
#include "spool/checksum-avx2.h"

#include <xxhash.h>

#ifdef __x86_64__
void
checksum_avx2_update(void *state, const void *data, size_t len)
{
	XXH3_128bits_update(state, data, len);
}
#endif
