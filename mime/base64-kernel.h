/*
 * base64-kernel.h - the vector kernels of the base64 encoder
 *
 * A kernel encodes some number of whole lines, at its choice, from the front of in[0] to
 * in[len - 1] into out, 57 bytes to 76 characters and an LF each, and returns how many input bytes
 * that were. It leaves less than a line. It reads and writes nothing outside those lines, so that a
 * caller's buffers need no slack.
 *
 * Not here: the choice between kernels, padding, the last line where it is short (base64.c)
 */
#ifndef MIME_BASE64_KERNEL_H
#define MIME_BASE64_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
size_t base64_ssse3(const uint8_t *in, size_t len, uint8_t *out);
size_t base64_avx2(const uint8_t *in, size_t len, uint8_t *out);
size_t base64_avx512vbmi(const uint8_t *in, size_t len, uint8_t *out);
#endif

#if defined(__AARCH64EL__)
size_t base64_neon(const uint8_t *in, size_t len, uint8_t *out);
#endif

#endif
