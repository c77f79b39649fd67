/*
 * base64.c - the base64 encoder: sizes, choice of a kernel, the portable kernel
 *
 * Each vector kernel (base64-x86.c, base64-neon.c) takes as many whole lines as suit it from the
 * front of the input; what it leaves is encoded here. So only this file knows padding.
 *
 * Owns:     nothing; the choice is made anew in every call, from what the C library found out about
 *           the CPU before main(): a few nanoseconds, and nothing to initialise
 * Not here: the vector code, decoding
 */
#include "mime/base64.h"

#include "mime/base64-kernel.h"

#include <string.h>

/*
 * glibc has asked the CPU, and the kernel, before main(). Asking again, as the compiler's run-time
 * library does in a constructor, takes some thirty microseconds in a virtual machine: each CPUID is
 * a trap there.
 */
#if defined(__x86_64__) && defined(__GLIBC__)
#if __GLIBC_PREREQ(2, 33)
#include <sys/platform/x86.h>
#define CPU_HAS(glibc_name, compiler_name) CPU_FEATURE_ACTIVE(glibc_name)
#endif
#endif
#if defined(__x86_64__) && !defined(CPU_HAS)
#define CPU_HAS(glibc_name, compiler_name) (__builtin_cpu_supports(compiler_name) != 0)
#endif

uint64_t
base64_encoded_size(uint64_t len)
{
	uint64_t rest = len % BASE64_LINE_BYTES;
	uint64_t size = len / BASE64_LINE_BYTES * (BASE64_LINE_CHARS + 1);

	if (rest > 0) {
		size += (rest + 2) / 3 * 4 + 1;
	}
	return size;
}

/* Encodes one line of 1 to 57 bytes; returns the end of what it wrote. */
static uint8_t *
encode_line(const uint8_t *in, size_t len, uint8_t *out)
{
	while (len >= 3) {
		uint32_t bits = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];
		out[0] = base64_alphabet[bits >> 18];
		out[1] = base64_alphabet[bits >> 12 & 63];
		out[2] = base64_alphabet[bits >> 6 & 63];
		out[3] = base64_alphabet[bits & 63];
		in += 3;
		len -= 3;
		out += 4;
	}
	if (len > 0) {
		uint32_t bits = (uint32_t)in[0] << 16 | (len == 2 ? (uint32_t)in[1] << 8 : 0);
		out[0] = base64_alphabet[bits >> 18];
		out[1] = base64_alphabet[bits >> 12 & 63];
		out[2] = len == 2 ? base64_alphabet[bits >> 6 & 63] : '=';
		out[3] = '=';
		out += 4;
	}
	*out++ = '\n';
	return out;
}

static size_t
encode_portable(const uint8_t *in, size_t len, uint8_t *out)
{
	uint8_t *p = out;

	while (len > 0) {
		size_t n = len < BASE64_LINE_BYTES ? len : BASE64_LINE_BYTES;
		p = encode_line(in, n, p);
		in += n;
		len -= n;
	}
	return (size_t)(p - out);
}

bool
base64_kernel_usable(enum base64_kernel k)
{
	switch (k) {
	case BASE64_PORTABLE:
		return true;
#if defined(__x86_64__)
	case BASE64_SSSE3:
		return CPU_HAS(SSSE3, "ssse3");
	case BASE64_AVX2:
		return CPU_HAS(AVX2, "avx2");
	case BASE64_AVX512VBMI:
		return CPU_HAS(AVX512F, "avx512f") && CPU_HAS(AVX512BW, "avx512bw") &&
		    CPU_HAS(AVX512_VBMI, "avx512vbmi");
#endif
#if defined(__AARCH64EL__)
	case BASE64_NEON:
		return true;
#endif
	default:
		return false;
	}
}

const char *
base64_kernel_name(enum base64_kernel k)
{
	switch (k) {
	case BASE64_PORTABLE:
		return "portable";
	case BASE64_SSSE3:
		return "ssse3";
	case BASE64_AVX2:
		return "avx2";
	case BASE64_AVX512VBMI:
		return "avx512vbmi";
	case BASE64_NEON:
		return "neon";
	case BASE64_KERNELS:
		break;
	}
	return "?";
}

/* k is usable. */
static size_t
encode_with(enum base64_kernel k, const uint8_t *in, size_t len, uint8_t *out)
{
	size_t done = 0, written;

	switch (k) {
#if defined(__x86_64__)
	case BASE64_SSSE3:
		done = base64_ssse3(in, len, out);
		break;
	case BASE64_AVX2:
		done = base64_avx2(in, len, out);
		break;
	case BASE64_AVX512VBMI:
		done = base64_avx512vbmi(in, len, out);
		break;
#endif
#if defined(__AARCH64EL__)
	case BASE64_NEON:
		done = base64_neon(in, len, out);
		break;
#endif
	default:
		break;
	}
	written = done / BASE64_LINE_BYTES * (BASE64_LINE_CHARS + 1);
	if (done == len) {
		return written;
	}
	return written + encode_portable(in + done, len - done, out + written);
}

size_t
base64_encode_lines_with(enum base64_kernel k, const uint8_t *in, size_t len, uint8_t *out)
{
	return base64_kernel_usable(k) ? encode_with(k, in, len, out) : 0;
}

size_t
base64_encode_lines(const uint8_t *in, size_t len, uint8_t *out)
{
	enum base64_kernel k = BASE64_KERNELS - 1;

	while (!base64_kernel_usable(k)) {
		k--;
	}
	return encode_with(k, in, len, out);
}

size_t
base64_encode_crlf(const uint8_t *in, size_t len, uint8_t *out)
{
	size_t lines = (len + BASE64_LINE_BYTES - 1) / BASE64_LINE_BYTES;
	uint8_t *from = out + lines, *to = out;
	size_t left = base64_encode_lines(in, len, from);

	/* The lines move towards the start, each by one byte less than the one before it. */
	while (left > 0) {
		size_t n = left > BASE64_LINE_CHARS ? BASE64_LINE_CHARS : left - 1;

		memmove(to, from, n);
		to[n] = '\r';
		to[n + 1] = '\n';
		to += n + 2;
		from += n + 1;
		left -= n + 1;
	}
	return (size_t)(to - out);
}
