/*
 * base64.h - base64 as mail carries it: lines of 76 columns out, anything in
 *
 * The encoder turns whole buffers into finished lines, with the widest vector instructions of the
 * CPU at hand. The decoder is a step function that takes its input in pieces of any size, reads
 * what mail programs read, and remembers whether an honest encoder could have written it.
 *
 * Owns:     nothing; no allocation, no global state, safe from any thread
 * Returns:  byte counts; there are no errors, oddities of encoded input are flags
 * Not here: other line lengths, base64url, verdicts on irregular input
 */
#ifndef MIME_BASE64_H
#define MIME_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mime/base64-alphabet.h"

/*
 * The exact number of bytes that base64_encode_lines() writes for len input bytes: lines of 76
 * columns, every line, the last one too, ended by one LF; 0 for 0. len may be up to 2^63.
 */
uint64_t base64_encoded_size(uint64_t len);

/*
 * Encodes len bytes (RFC 4648, 4: standard alphabet, padded) into out, which has room for
 * base64_encoded_size(len) bytes and does not overlap in. Writes and returns exactly that many, and
 * reads exactly in[0] to in[len - 1]. in and out may be NULL if len is 0. Who encodes piecewise
 * passes a multiple of BASE64_LINE_BYTES each time but the last.
 */
size_t base64_encode_lines(const uint8_t *in, size_t len, uint8_t *out);

/*
 * The same with CRLF line ends, as SMTP has them: the last line ends in one too. Writes and returns
 * base64_encoded_size(len) bytes and one more for each line.
 */
size_t base64_encode_crlf(const uint8_t *in, size_t len, uint8_t *out);

/*
 * The encoder's variants, slowest first, for tests and benchmarks that force one. All write the
 * same bytes.
 */
enum base64_kernel {
	BASE64_PORTABLE,
	BASE64_SSSE3,
	BASE64_AVX2,
	BASE64_AVX512VBMI,
	BASE64_NEON,
	BASE64_KERNELS /* how many there are */
};

/* Whether k is compiled in and this CPU and kernel can run it; BASE64_PORTABLE always is. */
bool base64_kernel_usable(enum base64_kernel k);

/* A short lower-case name, a static string; "?" for what is no kernel. */
const char *base64_kernel_name(enum base64_kernel k);

/* base64_encode_lines() with kernel k; writes nothing and returns 0 if k is not usable. */
size_t base64_encode_lines_with(enum base64_kernel k, const uint8_t *in, size_t len, uint8_t *out);

/*
 * A decoder between two pieces of input; zero-initialised is the start. irregular may be read at
 * any time; it is final after base64_decode_end(). The rest belongs to the decoder.
 */
struct base64_decoder {
	uint32_t bits;  /* the sextets, in the low bits; above them, old ones */
	uint8_t count;  /* how many sextets; while padded, how many '=' are still awaited */
	bool padded;    /* the last character that counts was '=', in its place */
	bool irregular; /* sticky; see base64_decode() */
};

/*
 * Decodes in[0] to in[len - 1] into out, which has room for len / 4 * 3 + 3 bytes and does not
 * overlap in; returns the number of bytes written, and writes no others. State goes on from call to
 * call: any split of the input gives the same bytes and the same flags.
 *
 * Reads as mail programs do: what is not in the alphabet is skipped (RFC 2045, 6.8), and so is '='
 * where a quantum cannot be padded; data after padding starts afresh, as concatenated encodings
 * need it. But d->irregular becomes true at
 *   - a character outside the alphabet other than SP, TAB, CR, LF, and '=' as padding,
 *   - '=' after none or one character of a quantum, or after complete padding,
 *   - data after padding, complete or not,
 *   - bits that are not zero in the part of the last character that padding cuts off.
 * Where white space stands, and how long lines are, is no concern of it.
 */
size_t base64_decode(struct base64_decoder *d, const uint8_t *in, size_t len, uint8_t *out);

/*
 * Ends the input: true, and irregular set, if it ended inside a quantum or before all of its
 * padding. One to three characters without any padding have then given no byte. Start again with a
 * zeroed decoder.
 */
bool base64_decode_end(struct base64_decoder *d);

#endif
