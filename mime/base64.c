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

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

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
		out[0] = (uint8_t)alphabet[bits >> 18];
		out[1] = (uint8_t)alphabet[bits >> 12 & 63];
		out[2] = (uint8_t)alphabet[bits >> 6 & 63];
		out[3] = (uint8_t)alphabet[bits & 63];
		in += 3;
		len -= 3;
		out += 4;
	}
	if (len > 0) {
		uint32_t bits = (uint32_t)in[0] << 16 | (len == 2 ? (uint32_t)in[1] << 8 : 0);
		out[0] = (uint8_t)alphabet[bits >> 18];
		out[1] = (uint8_t)alphabet[bits >> 12 & 63];
		out[2] = len == 2 ? (uint8_t)alphabet[bits >> 6 & 63] : '=';
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

	while (len >= BASE64_LINE_BYTES) {
		p = encode_line(in, BASE64_LINE_BYTES, p);
		in += BASE64_LINE_BYTES;
		len -= BASE64_LINE_BYTES;
	}
	if (len > 0) {
		p = encode_line(in, len, p);
	}
	return (size_t)(p - out);
}

bool
base64_kernel_usable(enum base64_kernel k)
{
	return k == BASE64_PORTABLE;
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

size_t
base64_encode_lines_with(enum base64_kernel k, const uint8_t *in, size_t len, uint8_t *out)
{
	if (!base64_kernel_usable(k)) {
		return 0;
	}
	return encode_portable(in, len, out);
}

size_t
base64_encode_lines(const uint8_t *in, size_t len, uint8_t *out)
{
	return encode_portable(in, len, out);
}
