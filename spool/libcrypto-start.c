/*
 * libcrypto-start.c - what a statically linked libcrypto does before main(): next to nothing
 *
 * libcrypto asks the processor what it can by some ten CPUID instructions,
 * each a trap on a virtual machine: a tenth of a millisecond for every message.
 * A static link takes this function instead. It tells libcrypto's SHA-256 of
 * the one thing it would use, the SHA extensions, from what glibc knows already.
 * Should libcrypto change its inside, the link fails with a duplicate symbol, or
 * SHA-256 runs without the extensions; its result is the same.
 *
 * A shared libcrypto never calls it.
 */
#include "spool/cpu.h"

#ifdef CPU_HAS

void OPENSSL_cpuid_setup(void);

/* libcrypto's own: words 2 and 3 are EBX and ECX of CPUID leaf 7. Absent where it is shared. */
extern unsigned int OPENSSL_ia32cap_P[4] __attribute__((weak));

enum { LEAF_7_EBX = 2, SHA_EXTENSIONS = 1 << 29, LEAF_1_ECX = 1, SSSE3 = 1 << 9 };

void
OPENSSL_cpuid_setup(void)
{
	if (OPENSSL_ia32cap_P != 0 && CPU_HAS(SHA, "sse4.2") && CPU_HAS(SSSE3, "ssse3")) {
		OPENSSL_ia32cap_P[LEAF_1_ECX] |= SSSE3;
		OPENSSL_ia32cap_P[LEAF_7_EBX] |= SHA_EXTENSIONS;
	}
}

#endif
