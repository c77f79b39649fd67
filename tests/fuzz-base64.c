/*
 * fuzz-base64.c - any bytes through the base64 codec, both ways
 *
 * The first byte chooses the size of slices; the rest is taken once as data and once as text.
 *   - As data: every kernel writes what a bit-by-bit encoder writes, and decoding gives it back.
 *   - As text: slices decode as the whole does; and the text is irregular if and only if, white
 *     space apart, it is not what encoding its own meaning gives.
 * Buffers are heap blocks of exactly the promised size. What does not hold ends in abort().
 */
#include <stdlib.h>
#include <string.h>

#include "mime/base64.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
	if (!holds) {
		abort();
	}
}

static uint8_t *
block(size_t size)
{
	uint8_t *p = malloc(size > 0 ? size : 1);

	require(p != NULL);
	return p;
}

/* Lines of 76 columns, told one sextet at a time. */
static size_t
encode_simply(const uint8_t *in, size_t len, uint8_t *out)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t n = 0, column = 0;

	for (size_t bit = 0; bit < len * 8 || column % 4 != 0; bit += 6) {
		unsigned sextet = 0;
		for (size_t b = bit; b < bit + 6; b++) {
			sextet = sextet << 1 | (b < len * 8 && (in[b / 8] & 0x80 >> b % 8) != 0);
		}
		out[n++] = bit < len * 8 ? (uint8_t)alphabet[sextet] : '=';
		if (++column == BASE64_LINE_CHARS) {
			out[n++] = '\n';
			column = 0;
		}
	}
	if (column > 0) {
		out[n++] = '\n';
	}
	return n;
}

struct reading {
	size_t len;
	bool irregular;
	bool unfinished;
};

/* Decodes in slices of at most slice bytes, each into no more room than promised. */
static struct reading
decode(const uint8_t *in, size_t len, size_t slice, uint8_t *out)
{
	struct base64_decoder d = {0};
	struct reading r = {0};

	for (size_t at = 0; at < len; at += slice) {
		size_t n = len - at < slice ? len - at : slice;
		uint8_t *room = block(n / 4 * 3 + 3);
		size_t wrote = base64_decode(&d, in + at, n, room);
		require(wrote <= n / 4 * 3 + 3);
		memcpy(out + r.len, room, wrote);
		r.len += wrote;
		free(room);
	}
	r.unfinished = base64_decode_end(&d);
	r.irregular = d.irregular;
	return r;
}

static void
as_data(const uint8_t *in, size_t len, size_t slice)
{
	size_t size = base64_encoded_size(len);
	uint8_t *want = block(size), *out = block(size), *back = block(size / 4 * 3 + 3);
	struct reading r;

	require(encode_simply(in, len, want) == size);
	for (int i = 0; i < BASE64_KERNELS; i++) {
		enum base64_kernel k = (enum base64_kernel)i;
		if (base64_kernel_usable(k)) {
			memset(out, 0, size);
			require(base64_encode_lines_with(k, in, len, out) == size);
			require(memcmp(out, want, size) == 0);
		}
	}
	require(base64_encode_lines(in, len, out) == size);
	require(memcmp(out, want, size) == 0);
	r = decode(want, size, slice, back);
	require(r.len == len && !r.irregular && !r.unfinished);
	require(len == 0 || memcmp(back, in, len) == 0);
	free(want);
	free(out);
	free(back);
}

static size_t
without_white_space(const uint8_t *in, size_t len, uint8_t *out)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (in[i] != ' ' && in[i] != '\t' && in[i] != '\r' && in[i] != '\n') {
			out[n++] = in[i];
		}
	}
	return n;
}

static void
as_text(const uint8_t *in, size_t len, size_t slice)
{
	uint8_t *whole = block(len / 4 * 3 + 3), *sliced = block(len / 4 * 3 + 3);
	uint8_t *stripped = block(len), *again;
	struct reading a = decode(in, len, len > 0 ? len : 1, whole);
	struct reading b = decode(in, len, slice, sliced);
	size_t stripped_len = without_white_space(in, len, stripped), size;

	require(a.len == b.len && memcmp(whole, sliced, a.len) == 0);
	require(a.irregular == b.irregular && a.unfinished == b.unfinished);
	require(a.irregular || !a.unfinished);
	size = base64_encoded_size(a.len);
	again = block(size);
	require(base64_encode_lines(whole, a.len, again) == size);
	size = without_white_space(again, size, again);
	require(a.irregular == (size != stripped_len || memcmp(again, stripped, size) != 0));
	free(whole);
	free(sliced);
	free(stripped);
	free(again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0) {
		size_t slice = data[0] > 0 ? data[0] : 1;
		as_data(data + 1, size - 1, slice);
		as_text(data + 1, size - 1, slice);
	}
	return 0;
}
