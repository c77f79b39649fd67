/*
 * checksum.c - XXH3-128, with AVX2 where the processor has it
 */
#include "spool/checksum.h"

#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

#include "spool/checksum-avx2.h"
#include "spool/cpu.h"

_Static_assert(
    sizeof(XXH3_state_t) <= sizeof(struct checksum), "struct checksum holds XXH3's state");
_Static_assert(sizeof(XXH128_canonical_t) == CHECKSUM_BYTES, "the canonical form");

void
checksum_begin(struct checksum *c)
{
	XXH3_INITSTATE((XXH3_state_t *)(void *)c->state);
	XXH3_128bits_reset((XXH3_state_t *)(void *)c->state);
}

void
checksum_add(struct checksum *c, const void *data, size_t len)
{
#ifdef CPU_HAS
	if (CPU_HAS(AVX2, "avx2")) {
		checksum_avx2_update(c->state, data, len);
		return;
	}
#endif
	XXH3_128bits_update((XXH3_state_t *)(void *)c->state, data, len);
}

void
checksum_end(const struct checksum *c, uint8_t sum[CHECKSUM_BYTES])
{
	XXH128_hash_t hash = XXH3_128bits_digest((const XXH3_state_t *)(const void *)c->state);

	XXH128_canonicalFromHash((XXH128_canonical_t *)(void *)sum, hash);
}
