/*
 * test-base64.c - the base64 encoder against OpenSSL, the RFC, and its own description
 *
 * Every kernel that runs here is forced and compared with OpenSSL's encoder, called line by line.
 * Buffers lie against inaccessible pages, so that a byte read or written outside ends the test.
 *
 * Not here: the decoder (test-base64-decode.c), speed (bench/bench-base64.c), random input
 * (fuzz-base64.c)
 */
#include <check.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mime/base64.h"
#include "tests/fenced.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0]))

enum { MOST = 10000, LINE_OUT = BASE64_LINE_CHARS + 1, BLOCK = 4 * BASE64_LINE_BYTES };

/* OpenSSL's encoding of one line, its LF included. */
static size_t
openssl_line(const uint8_t *in, size_t len, uint8_t *out)
{
	uint8_t line[LINE_OUT + 1]; /* it ends what it writes with a NUL */
	int n = EVP_EncodeBlock(line, in, (int)len);

	memcpy(out, line, (size_t)n);
	out[n] = '\n';
	return (size_t)n + 1;
}

static size_t
openssl_lines(const uint8_t *in, size_t len, uint8_t *out)
{
	size_t n = 0;

	for (size_t at = 0; at < len; at += BASE64_LINE_BYTES) {
		size_t rest = len - at;
		n += openssl_line(
		    in + at, rest < BASE64_LINE_BYTES ? rest : BASE64_LINE_BYTES, out + n);
	}
	return n;
}

/* The kernel of this round of a loop test. False, with a message: this CPU does not have it. */
static bool
kernel_of(int i, enum base64_kernel *k)
{
	*k = (enum base64_kernel)i;
	if (!base64_kernel_usable(*k)) {
		printf("no kernel '%s' here: nothing tested\n", base64_kernel_name(*k));
		return false;
	}
	return true;
}

/* Encodes with k and fails unless out[0] to out[size - 1] are want. */
static void
expect(enum base64_kernel k, const uint8_t *in, size_t len, uint8_t *out, const uint8_t *want,
    size_t size, const char *where)
{
	memset(out, 0xa5, size);
	if (base64_encode_lines_with(k, in, len, out) != size || memcmp(out, want, size) != 0) {
		ck_abort_msg("%s: %zu bytes, %s", base64_kernel_name(k), len, where);
	}
}

static const struct vector {
	const char *plain;
	const char *coded;
} vectors[] = {
    /* RFC 4648, 10 */
    {.plain = "", .coded = ""},
    {.plain = "f", .coded = "Zg==\n"},
    {.plain = "fo", .coded = "Zm8=\n"},
    {.plain = "foo", .coded = "Zm9v\n"},
    {.plain = "foob", .coded = "Zm9vYg==\n"},
    {.plain = "fooba", .coded = "Zm9vYmE=\n"},
    {.plain = "foobar", .coded = "Zm9vYmFy\n"},
};

START_TEST(vectors_of_the_rfc_come_out_and_go_back)
{
	const struct vector *r = &vectors[_i];
	size_t len = strlen(r->plain), size = strlen(r->coded);
	uint8_t out[64];
	struct base64_decoder d = {0};

	ck_assert_uint_eq(base64_encoded_size(len), size);
	ck_assert_uint_eq(base64_encode_lines((const uint8_t *)r->plain, len, out), size);
	ck_assert_mem_eq(out, r->coded, size);
	ck_assert_uint_eq(base64_decode(&d, (const uint8_t *)r->coded, size, out), len);
	ck_assert_mem_eq(out, r->plain, len);
	ck_assert(!base64_decode_end(&d));
	ck_assert(!d.irregular);
}
END_TEST

static const struct size_row {
	uint64_t len;
	uint64_t size;
} sizes[] = {
    {.len = 0, .size = 0},
    {.len = 1, .size = 5},
    {.len = 3, .size = 5},
    {.len = 4, .size = 9},
    {.len = 54, .size = 73},
    {.len = 55, .size = 77},
    {.len = 56, .size = 77},
    {.len = 57, .size = 77},
    {.len = 58, .size = 82},
    {.len = 114, .size = 154},
    {.len = 5 * 1024 * 1024, .size = 7082489},
    {.len = (uint64_t)57 << 40, .size = (uint64_t)77 << 40},
    {.len = (uint64_t)1 << 63, .size = 12459642926979258549u},
};

START_TEST(size_is_known_before)
{
	ck_assert_uint_eq(base64_encoded_size(sizes[_i].len), sizes[_i].size);
}
END_TEST

START_TEST(a_kernel_that_is_not_here_writes_nothing)
{
	uint8_t out[128];
	uint8_t in[57] = {0};

	memset(out, 0xa5, sizeof(out));
	for (int i = -1; i <= BASE64_KERNELS + 1; i++) {
		enum base64_kernel k = (enum base64_kernel)i;
		ck_assert(base64_kernel_name(k) != NULL);
		if (!base64_kernel_usable(k)) {
			ck_assert_uint_eq(base64_encode_lines_with(k, in, sizeof(in), out), 0);
			ck_assert_uint_eq(out[0], 0xa5);
		}
	}
	ck_assert(base64_kernel_usable(BASE64_PORTABLE));
	ck_assert_str_eq(base64_kernel_name(BASE64_KERNELS), "?");
}
END_TEST

START_TEST(every_length_between_fences)
{
	size_t room = base64_encoded_size(MOST);
	struct fenced in = fenced_new(MOST), out = fenced_new(room);
	uint8_t *data = malloc(MOST), *want = malloc(room);
	enum base64_kernel k;

	ck_assert(data != NULL && want != NULL);
	fill(data, MOST);
	if (kernel_of(_i, &k)) {
		size_t whole = 0; /* bytes of the full lines of want */
		for (size_t len = 0; len <= MOST; len++) {
			size_t at = len / BASE64_LINE_BYTES * BASE64_LINE_BYTES, size;
			if (len > 0 && len == at) {
				whole += openssl_line(
				    data + at - BASE64_LINE_BYTES, BASE64_LINE_BYTES, want + whole);
			}
			size = whole;
			if (len > at) {
				size += openssl_line(data + at, len - at, want + whole);
			}
			ck_assert_uint_eq(base64_encoded_size(len), size);
			memcpy(in.begin, data, len);
			expect(k, in.begin, len, out.begin, want, size, "after the fence");
			memcpy(in.end - len, data, len);
			expect(k, in.end - len, len, out.end - size, want, size, "before it");
		}
	}
	free(data);
	free(want);
	fenced_free(&in);
	fenced_free(&out);
}
END_TEST

START_TEST(every_alignment)
{
	static const size_t lengths[] = {1, 16, 56, 57, 58, 113, 114, 115, 171, 227, 228, 229, 285,
	    341, 342, 343, 455, 456, 457, 500, 684, 1000, 4096};
	enum { LONGEST = 4096, EDGE = 64 };
	size_t room = base64_encoded_size(LONGEST);
	uint8_t *in = aligned_alloc(EDGE, LONGEST + EDGE), *out = NULL, *want = malloc(room);
	size_t out_size = (room + 3 * EDGE) / EDGE * EDGE + EDGE;
	enum base64_kernel k;

	out = aligned_alloc(EDGE, out_size);
	ck_assert(in != NULL && out != NULL && want != NULL);
	fill(in, LONGEST + EDGE);
	for (int i = 0; i < COUNT(lengths) && kernel_of(_i, &k); i++) {
		for (size_t a = 0; a < EDGE; a++) {
			size_t size = openssl_lines(in + a, lengths[i], want);
			for (size_t b = 0; b < EDGE; b++) {
				uint8_t *p = out + EDGE + b;
				memset(p - EDGE, 0xc3, EDGE);
				memset(p + size, 0xc3, EDGE);
				expect(k, in + a, lengths[i], p, want, size, "aligned");
				for (int e = 0; e < EDGE; e++) {
					if (p[e - EDGE] != 0xc3 || p[size + (size_t)e] != 0xc3) {
						ck_abort_msg(
						    "%s: writes outside", base64_kernel_name(k));
					}
				}
			}
		}
	}
	free(in);
	free(out);
	free(want);
}
END_TEST

/* A wrong constant for one place of a vector is wrong at that place only. */
START_TEST(every_byte_value_at_every_place)
{
	enum { LEN = 2 * BLOCK + 1 };
	uint8_t in[LEN], want[(LEN + 56) / 57 * LINE_OUT], out[(LEN + 56) / 57 * LINE_OUT];
	enum base64_kernel k;

	if (!kernel_of(_i, &k)) {
		return;
	}
	for (int background = 0; background < 256; background += 255) {
		memset(in, background, LEN);
		for (size_t at = 0; at < LEN; at++) {
			size_t line = at / BASE64_LINE_BYTES;
			size_t begin = line * BASE64_LINE_BYTES;
			size_t len = LEN - begin < BASE64_LINE_BYTES ? LEN - begin
			                                             : BASE64_LINE_BYTES;
			size_t size = openssl_lines(in, LEN, want);
			for (int v = 0; v < 256; v++) {
				in[at] = (uint8_t)v;
				openssl_line(in + begin, len, want + line * LINE_OUT);
				expect(k, in, LEN, out, want, size, "one byte differs");
			}
			in[at] = (uint8_t)background;
		}
	}
}
END_TEST

START_TEST(pieces_of_whole_lines_add_up)
{
	enum { LEN = 57 * 40 + 11 };
	uint8_t in[LEN], whole[41 * LINE_OUT], pieces[41 * LINE_OUT];
	size_t size;

	fill(in, LEN);
	size = base64_encode_lines(in, LEN, whole);
	ck_assert_uint_eq(size, base64_encoded_size(LEN));
	for (size_t lines = 1; lines <= 41; lines++) {
		size_t at = 0, n = 0;
		while (at < LEN) {
			size_t len = lines * BASE64_LINE_BYTES;
			if (len > LEN - at) {
				len = LEN - at;
			}
			n += base64_encode_lines(in + at, len, pieces + n);
			at += len;
		}
		ck_assert_uint_eq(n, size);
		ck_assert_mem_eq(pieces, whole, size);
	}
}
END_TEST

START_TEST(every_length_goes_there_and_back)
{
	size_t room = base64_encoded_size(MOST) / 4 * 3 + 3;
	struct fenced text = fenced_new(base64_encoded_size(MOST)), back = fenced_new(room);
	uint8_t *data = malloc(MOST);

	ck_assert(data != NULL);
	fill(data, MOST);
	for (size_t len = 0; len <= MOST; len += len < 1000 ? 1 : 13) {
		size_t size = base64_encoded_size(len);
		uint8_t *in = text.end - size, *out = back.end - (size / 4 * 3 + 3);
		struct base64_decoder d = {0};
		if (base64_encode_lines(data, len, in) != size ||
		    base64_decode(&d, in, size, out) != len || memcmp(out, data, len) != 0 ||
		    base64_decode_end(&d) || d.irregular) {
			ck_abort_msg("%zu bytes do not come back", len);
		}
	}
	free(data);
	fenced_free(&text);
	fenced_free(&back);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("base64");
	TCase *tcase = tcase_create("base64");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, vectors_of_the_rfc_come_out_and_go_back, 0, COUNT(vectors));
	tcase_add_loop_test(tcase, size_is_known_before, 0, COUNT(sizes));
	tcase_add_test(tcase, a_kernel_that_is_not_here_writes_nothing);
	tcase_add_loop_test(tcase, every_length_between_fences, 0, BASE64_KERNELS);
	tcase_add_loop_test(tcase, every_alignment, 0, BASE64_KERNELS);
	tcase_add_loop_test(tcase, every_byte_value_at_every_place, 0, BASE64_KERNELS);
	tcase_add_test(tcase, pieces_of_whole_lines_add_up);
	tcase_add_test(tcase, every_length_goes_there_and_back);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
