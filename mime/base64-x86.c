/*
 * base64-x86.c - base64 lines with SSSE3, AVX2 and AVX-512 VBMI
 *
 * A line is 57 bytes in and 77 out, neither of which fits a vector. The two narrow kernels work
 * line by line and let their vectors overlap, the same characters being written twice, so that
 * every load and every store stays inside its own line and the LF is part of a vector. The wide one
 * finds that four lines are almost exactly five vectors and works on those.
 *
 * How three bytes become four sextets, and those characters, without a table in memory: W. Mula,
 * D. Lemire, "Faster Base64 Encoding and Decoding Using AVX2 Instructions", ACM TOW 12 (2018), and
 * "Base64 encoding and decoding at almost the speed of a memory copy", SPE 50 (2020).
 *
 * Returns:  see base64-private.h
 * Not here: whether the CPU has these instructions; who calls has asked
 */
#include "mime/base64-alphabet.h"
#include "mime/base64-kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

enum { LINE_IN = BASE64_LINE_BYTES, LINE_OUT = BASE64_LINE_CHARS + 1 };
enum { PAIR_IN = 2 * LINE_IN, PAIR_OUT = 2 * LINE_OUT };

#define SSSE3 __attribute__((target("ssse3")))
#define AVX2 __attribute__((target("avx2")))
#define VBMI __attribute__((target("avx512f,avx512bw,avx512vbmi")))

/*
 * Where the bytes a, b, c of a triple go: into a dword as b a c b, lowest first, so that each
 * 16-bit half holds two of the four sextets as one contiguous field each.
 */
#define TRIPLE(i) (i) + 1, (i), (i) + 2, (i) + 1
#define TRIPLES_FROM(i) TRIPLE(i), TRIPLE((i) + 3), TRIPLE((i) + 6), TRIPLE((i) + 9)

/* What to add to a sextet, by class: 0 upper case, 1 lower case, 2 to 11 digits, 12 '+', 13 '/'. */
#define OFFSETS \
	'A', 'a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, \
	    '0' - 52, '0' - 52, '0' - 52, '+' - 62, '/' - 63, 0, 0

/*
 * Four triples, laid out as above, to sixteen characters. Multiplying shifts each field by its own
 * distance: the high half of a product shifts right, the low half left.
 */
SSSE3 static inline __m128i
characters_16(__m128i triples)
{
	const __m128i offsets = _mm_setr_epi8(OFFSETS);
	__m128i odd = _mm_and_si128(triples, _mm_set1_epi32(0x0fc0fc00));
	__m128i even = _mm_and_si128(triples, _mm_set1_epi32(0x003f03f0));
	__m128i sextets = _mm_or_si128(_mm_mulhi_epu16(odd, _mm_set1_epi32(0x04000040)),
	    _mm_mullo_epi16(even, _mm_set1_epi32(0x01000010)));
	__m128i class = _mm_sub_epi8(
	    _mm_subs_epu8(sextets, _mm_set1_epi8(51)), _mm_cmpgt_epi8(sextets, _mm_set1_epi8(25)));

	return _mm_add_epi8(sextets, _mm_shuffle_epi8(offsets, class));
}

AVX2 static inline __m256i
characters_32(__m256i triples)
{
	const __m256i offsets = _mm256_setr_epi8(OFFSETS, OFFSETS);
	__m256i odd = _mm256_and_si256(triples, _mm256_set1_epi32(0x0fc0fc00));
	__m256i even = _mm256_and_si256(triples, _mm256_set1_epi32(0x003f03f0));
	__m256i sextets = _mm256_or_si256(_mm256_mulhi_epu16(odd, _mm256_set1_epi32(0x04000040)),
	    _mm256_mullo_epi16(even, _mm256_set1_epi32(0x01000010)));
	__m256i class = _mm256_sub_epi8(_mm256_subs_epu8(sextets, _mm256_set1_epi8(51)),
	    _mm256_cmpgt_epi8(sextets, _mm256_set1_epi8(25)));

	return _mm256_add_epi8(sextets, _mm256_shuffle_epi8(offsets, class));
}

SSSE3 static inline void
store_16(uint8_t *out, __m128i v)
{
	_mm_storeu_si128((__m128i *)out, v);
}

/* Twelve of the sixteen bytes at in, laid out by order, as characters. */
SSSE3 static inline __m128i
encode_12(const uint8_t *in, __m128i order)
{
	__m128i v = _mm_loadu_si128((const __m128i *)in);

	return characters_16(_mm_shuffle_epi8(v, order));
}

/*
 * A line as 12 + 12 + 12 + 12 + 12 bytes, the last twelve of which begin three before the end of
 * the fourth. Their 16 characters lose the first, which is there already, and gain the LF.
 */
SSSE3 size_t
base64_ssse3(const uint8_t *in, size_t len, uint8_t *out)
{
	const __m128i first_12 = _mm_setr_epi8(TRIPLES_FROM(0));
	const __m128i last_12 = _mm_setr_epi8(TRIPLES_FROM(4));
	const __m128i lf = _mm_set1_epi8('\n');
	const size_t lines = len / LINE_IN;

	for (size_t i = 0; i < lines; i++) {
		store_16(out, encode_12(in, first_12));
		store_16(out + 16, encode_12(in + 12, first_12));
		store_16(out + 32, encode_12(in + 24, first_12));
		store_16(out + 48, encode_12(in + 36, first_12));
		__m128i end = encode_12(in + LINE_IN - 16, last_12);
		store_16(out + LINE_OUT - 16, _mm_alignr_epi8(lf, end, 1));
		in += LINE_IN;
		out += LINE_OUT;
	}
	return lines * LINE_IN;
}

/* Sixteen bytes from each of two places. */
AVX2 static inline __m256i
load_2(const uint8_t *low, const uint8_t *high)
{
	__m256i v = _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)low));

	return _mm256_inserti128_si256(v, _mm_loadu_si128((const __m128i *)high), 1);
}

/* The first 48 bytes of a line, as characters. */
AVX2 static inline void
encode_48(const uint8_t *in, uint8_t *out)
{
	const __m256i first_12s = _mm256_setr_epi8(TRIPLES_FROM(0), TRIPLES_FROM(0));
	const __m256i middle_24 = _mm256_setr_epi8(TRIPLES_FROM(4), TRIPLES_FROM(0));
	__m256i v = _mm256_shuffle_epi8(load_2(in, in + 12), first_12s);
	__m256i w = _mm256_loadu_si256((const __m256i *)(in + 20));

	w = _mm256_shuffle_epi8(w, middle_24);
	_mm256_storeu_si256((__m256i *)out, characters_32(v));
	_mm256_storeu_si256((__m256i *)(out + 32), characters_32(w));
}

/*
 * Two lines at a time: each as 24 + 24 + 12 bytes, the last twelve of both sharing a vector, and
 * otherwise as above. Both this and the next kernel clear the upper halves before they end: without
 * that the narrow instructions that follow run at a quarter of their speed.
 */
AVX2 size_t
base64_avx2(const uint8_t *in, size_t len, uint8_t *out)
{
	const __m256i last_12s = _mm256_setr_epi8(TRIPLES_FROM(4), TRIPLES_FROM(4));
	const __m256i lf = _mm256_set1_epi8('\n');
	const size_t pairs = len / PAIR_IN;

	for (size_t i = 0; i < pairs; i++) {
		encode_48(in, out);
		encode_48(in + LINE_IN, out + LINE_OUT);
		__m256i ends = load_2(in + LINE_IN - 16, in + PAIR_IN - 16);
		ends = characters_32(_mm256_shuffle_epi8(ends, last_12s));
		ends = _mm256_alignr_epi8(lf, ends, 1);
		_mm_storeu_si128((__m128i *)(out + LINE_OUT - 16), _mm256_castsi256_si128(ends));
		_mm_storeu_si128(
		    (__m128i *)(out + PAIR_OUT - 16), _mm256_extracti128_si256(ends, 1));
		in += PAIR_IN;
		out += PAIR_OUT;
	}
	_mm256_zeroupper();
	return pairs * PAIR_IN + base64_ssse3(in, len - pairs * PAIR_IN, out);
}

/*
 * Four lines are 228 bytes in and 308 out, and those are five vectors: from 0, 64, 128, 192 and,
 * overlapping, 244. Where the LFs stand in each is a constant. Since the bits of the four lines run
 * on without a gap, the character at place p of the block is its sextet number p - p / 77, and each
 * eight places need at most seven bytes. So, per vector: one permutation brings to each qword its
 * eight bytes, in big-endian order; a multi-shift cuts eight sextets out of it, each at its own
 * constant distance; a second permutation, of the alphabet, looks up 64 characters at once, and its
 * mask leaves LFs where they belong. Neither of the two minds garbage above the low six bits.
 */
enum { BLOCK_IN = 4 * LINE_IN, BLOCK_OUT = 4 * LINE_OUT, VECTORS = 5 };

/* clang-format off */
/* Vector v begins at this place of the block's output; the character there begins in that byte of
 * its input; and so the vector's bytes are loaded from here, without leaving the block. */
#define OUT_AT(v) ((v) < 4 ? 64 * (v) : BLOCK_OUT - 64)
#define SEXTET(p) ((p) - (p) / LINE_OUT)
#define BYTE(p) (SEXTET(p) * 6 / 8)
#define IN_AT(v) (BYTE(OUT_AT(v)) < BLOCK_IN - 64 ? BYTE(OUT_AT(v)) : BLOCK_IN - 64)

/* For byte i of vector v, whose qword begins at place QWORD: which loaded byte goes there, and how
 * far above bit 0 of the qword its sextet lies. */
#define QWORD(v, i) (OUT_AT(v) + ((i) & ~7))
#define FROM(v, i) (uint8_t)((BYTE(QWORD(v, i)) - IN_AT(v) + 7 - ((i) & 7)) & 63)
#define SHIFT(v, i) (uint8_t)(58 - (SEXTET(OUT_AT(v) + (i)) * 6 - BYTE(QWORD(v, i)) * 8))

/* Where vector v > 0 holds no LF. Each holds one, that of line v - 1. */
#define NO_LF(v) ~((uint64_t)1 << (LINE_OUT * (v) - 1 - OUT_AT(v)))

#define EIGHT(f, v, i)                                                                             \
	f(v, i), f(v, (i) + 1), f(v, (i) + 2), f(v, (i) + 3),                                      \
	f(v, (i) + 4), f(v, (i) + 5), f(v, (i) + 6), f(v, (i) + 7)
#define ALL(f, v) {                                                                                \
		EIGHT(f, v, 0), EIGHT(f, v, 8), EIGHT(f, v, 16), EIGHT(f, v, 24),                  \
		EIGHT(f, v, 32), EIGHT(f, v, 40), EIGHT(f, v, 48), EIGHT(f, v, 56) }
#define ALL_VECTORS(f) {ALL(f, 0), ALL(f, 1), ALL(f, 2), ALL(f, 3), ALL(f, 4)}

_Alignas(64) static const uint8_t from[VECTORS][64] = ALL_VECTORS(FROM);
_Alignas(64) static const uint8_t shift[VECTORS][64] = ALL_VECTORS(SHIFT);

static const uint64_t no_lf[VECTORS] = {~(uint64_t)0, NO_LF(1), NO_LF(2), NO_LF(3), NO_LF(4)};
/* clang-format on */

/* Vector v of the block that begins at in and out; v is a literal. */
VBMI static inline __attribute__((always_inline)) void
encode_vector(size_t v, const uint8_t *in, uint8_t *out)
{
	const __m512i lf = _mm512_set1_epi8('\n');
	__m512i x = _mm512_loadu_si512(in + IN_AT(v));

	x = _mm512_permutexvar_epi8(_mm512_load_si512(from[v]), x);
	x = _mm512_multishift_epi64_epi8(_mm512_load_si512(shift[v]), x);
	x = _mm512_mask_permutexvar_epi8(lf, no_lf[v], x, _mm512_load_si512(base64_alphabet));
	_mm512_storeu_si512(out + OUT_AT(v), x);
}

VBMI size_t
base64_avx512vbmi(const uint8_t *in, size_t len, uint8_t *out)
{
	const size_t blocks = len / BLOCK_IN;

	for (size_t i = 0; i < blocks; i++) {
		encode_vector(0, in, out);
		encode_vector(1, in, out);
		encode_vector(2, in, out);
		encode_vector(3, in, out);
		encode_vector(4, in, out);
		in += BLOCK_IN;
		out += BLOCK_OUT;
	}
	_mm256_zeroupper();
	return blocks * BLOCK_IN + base64_ssse3(in, len - blocks * BLOCK_IN, out);
}
#endif
