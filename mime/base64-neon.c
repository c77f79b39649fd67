/*
 * base64-neon.c - base64 lines with the vector instructions of 64-bit ARM
 *
 * A line is 57 bytes in and 77 out: 48 bytes make 64 characters, and then the last twelve bytes,
 * three of them for the second time, make sixteen, of which the LF displaces the first. So every
 * load and every store stays inside its own line.
 *
 * Returns:  see base64-private.h
 * Not here: SVE, 32-bit ARM, big-endian ARM
 */
#include "mime/base64-alphabet.h"
#include "mime/base64-kernel.h"

#if defined(__AARCH64EL__)
#include <arm_neon.h>

enum { LINE_IN = BASE64_LINE_BYTES, LINE_OUT = BASE64_LINE_CHARS + 1 };

size_t
base64_neon(const uint8_t *in, size_t len, uint8_t *out)
{
	/* Of sixteen bytes the last twelve, each triple a, b, c as the 16-bit numbers ab and bc,
	 * and how far right the two sextets in each lie: 0 in ab, 2 in bc; 1 in ab, 3 in bc. */
	static const uint8_t pairs[16] = {5, 4, 6, 5, 8, 7, 9, 8, 11, 10, 12, 11, 14, 13, 15, 14};
	static const int16_t upper[8] = {-10, -6, -10, -6, -10, -6, -10, -6};
	static const int16_t lower[8] = {-4, 0, -4, 0, -4, 0, -4, 0};
	const uint8x16x4_t characters = vld1q_u8_x4(base64_alphabet);
	const uint8x16_t six_bits = vdupq_n_u8(63);
	const uint8x16_t lf = vdupq_n_u8('\n');
	const size_t lines = len / LINE_IN;

	for (size_t i = 0; i < lines; i++) {
		/* Sixteen triples, loaded apart into first, second and third bytes. */
		uint8x16x3_t b = vld3q_u8(in);
		uint8x16x4_t c;
		c.val[0] = vshrq_n_u8(b.val[0], 2);
		c.val[1] = vandq_u8(vsliq_n_u8(vshrq_n_u8(b.val[1], 4), b.val[0], 4), six_bits);
		c.val[2] = vandq_u8(vsliq_n_u8(vshrq_n_u8(b.val[2], 6), b.val[1], 2), six_bits);
		c.val[3] = vandq_u8(b.val[2], six_bits);
		for (int k = 0; k < 4; k++) {
			c.val[k] = vqtbl4q_u8(characters, c.val[k]);
		}
		vst4q_u8(out, c);

		uint8x16_t v = vqtbl1q_u8(vld1q_u8(in + LINE_IN - 16), vld1q_u8(pairs));
		uint16x8_t even = vshlq_u16(vreinterpretq_u16_u8(v), vld1q_s16(upper));
		uint16x8_t odd = vshlq_u16(vreinterpretq_u16_u8(v), vld1q_s16(lower));
		v = vandq_u8(vreinterpretq_u8_u16(vsliq_n_u16(even, odd, 8)), six_bits);
		v = vextq_u8(vqtbl4q_u8(characters, v), lf, 1);
		vst1q_u8(out + LINE_OUT - 16, v);
		in += LINE_IN;
		out += LINE_OUT;
	}
	return lines * LINE_IN;
}
#endif
