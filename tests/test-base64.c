/*
 * test-base64.c - the base64 codec against OpenSSL, the RFC, and its own description
 *
 * Every kernel that runs here is forced and compared with OpenSSL's encoder, called line by line.
 * Buffers lie against inaccessible pages, so that a byte read or written outside ends the test. The
 * decoder is compared with one that is told another way and knows no streaming.
 *
 * Not here: speed (bench/bench-base64.c), random input (fuzz-base64.c)
 */
#include <check.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mime/base64.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0]))

enum { MOST = 10000, LINE_OUT = BASE64_LINE_CHARS + 1, BLOCK = 4 * BASE64_LINE_BYTES };

/* Usable bytes between two pages that are not: begin[0] and end[-1] are the outermost. */
struct fenced {
	uint8_t *begin;
	uint8_t *end;
};

static struct fenced
fenced_new(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t inner = (size + page - 1) / page * page;
	uint8_t *p = mmap(
	    NULL, inner + 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ck_assert(p != MAP_FAILED);
	ck_assert_int_eq(mprotect(p, page, PROT_NONE), 0);
	ck_assert_int_eq(mprotect(p + page + inner, page, PROT_NONE), 0);
	return (struct fenced){.begin = p + page, .end = p + page + inner};
}

static void
fenced_free(struct fenced *f)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	munmap(f->begin - page, (size_t)(f->end - f->begin) + 2 * page);
}

/* Bytes that repeat with no short period and do not change from run to run. */
static void
fill(uint8_t *p, size_t len)
{
	uint64_t x = 0x9e3779b97f4a7c15;

	for (size_t i = 0; i < len; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		p[i] = (uint8_t)(x >> 32);
	}
}

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

/* The kernel that is to be tested in this round of a loop test; false, said aloud, without it. */
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

/* A wrong constant for one place of a vector shows at that place alone. */
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

/* What a decoder says about an input. */
struct reading {
	size_t len;
	bool irregular;
	bool unfinished;
};

/*
 * The decoder told another way, for whole inputs: white space goes, then strangers go, then what is
 * left is runs of data with '=' between them. Writes at most len bytes to out.
 */
static struct reading
read_simply(const uint8_t *in, size_t len, uint8_t *out)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct reading r = {0};
	char *kept = malloc(len + 1), *p = kept;
	size_t n = 0;

	ck_assert(kept != NULL);
	for (size_t i = 0; i < len; i++) {
		if (in[i] == '=' || (in[i] != 0 && strchr(alphabet, in[i]) != NULL)) {
			kept[n++] = (char)in[i];
		} else if (in[i] == 0 || strchr(" \t\r\n", in[i]) == NULL) {
			r.irregular = true;
		}
	}
	kept[n] = '\0';
	while (*p != '\0') {
		uint32_t bits = 0;
		size_t data = 0, padding = 0;
		for (; *p != '\0' && (*p != '=' || data % 4 < 2); p++) {
			if (*p == '=') {
				r.irregular = true;
				continue;
			}
			bits = bits << 6 | (uint32_t)(strchr(alphabet, *p) - alphabet);
			if (++data % 4 == 0) {
				out[r.len++] = (uint8_t)(bits >> 16);
				out[r.len++] = (uint8_t)(bits >> 8);
				out[r.len++] = (uint8_t)bits;
			}
		}
		r.unfinished = data % 4 != 0;
		for (; *p == '='; p++) {
			padding++;
		}
		if (padding == 0) {
			break; /* the end of the text */
		}
		r.unfinished = data % 4 + padding < 4;
		if (data % 4 + padding != 4 || *p != '\0' ||
		    (bits & (data % 4 == 2 ? 0xf : 0x3)) != 0) {
			r.irregular = true;
		}
		out[r.len++] = (uint8_t)(data % 4 == 2 ? bits >> 4 : bits >> 10);
		if (data % 4 == 3) {
			out[r.len++] = (uint8_t)(bits >> 2);
		}
	}
	r.irregular |= r.unfinished;
	free(kept);
	return r;
}

/* The decoder, given in[0..cut) and in[cut..len), each with as little room as it may have. */
static struct reading
read_split(const uint8_t *in, size_t len, size_t cut, uint8_t *out)
{
	struct base64_decoder d = {0};
	struct reading r = {0};
	size_t at = 0;

	for (int half = 0; half < 2; half++) {
		size_t n = half == 0 ? cut : len - cut, room = n / 4 * 3 + 3, wrote;
		uint8_t *piece = malloc(n), *exact = malloc(room);
		ck_assert((piece != NULL || n == 0) && exact != NULL);
		if (n > 0) {
			memcpy(piece, in + at, n);
		}
		wrote = base64_decode(&d, piece, n, exact);
		ck_assert_uint_le(wrote, room);
		memcpy(out + r.len, exact, wrote);
		r.len += wrote;
		at += n;
		free(piece);
		free(exact);
	}
	r.unfinished = base64_decode_end(&d);
	r.irregular = d.irregular;
	return r;
}

static struct reading
read_bytewise(const uint8_t *in, size_t len, uint8_t *out)
{
	struct base64_decoder d = {0};
	struct reading r = {0};

	for (size_t i = 0; i < len; i++) {
		uint8_t room[3];
		size_t n = base64_decode(&d, in + i, 1, room);
		memcpy(out + r.len, room, n);
		r.len += n;
	}
	r.unfinished = base64_decode_end(&d);
	r.irregular = d.irregular;
	return r;
}

static void
same(const char *name, const char *how, const struct reading *r, const uint8_t *bytes,
    const struct reading *want, const uint8_t *want_bytes)
{
	if (r->len != want->len || memcmp(bytes, want_bytes, r->len) != 0 ||
	    r->irregular != want->irregular || r->unfinished != want->unfinished) {
		ck_abort_msg("%s, %s: %zu bytes, irregular %d, unfinished %d; expected %zu, %d, %d",
		    name, how, r->len, r->irregular, r->unfinished, want->len, want->irregular,
		    want->unfinished);
	}
}

/* Decodes whole, byte by byte and cut at each place. */
static void
expect_reading(const char *name, const uint8_t *in, size_t len, const struct reading *want,
    const uint8_t *want_bytes)
{
	uint8_t *bytes = malloc(len + 6);
	struct reading r;

	ck_assert(bytes != NULL);
	r = read_bytewise(in, len, bytes);
	same(name, "byte by byte", &r, bytes, want, want_bytes);
	for (size_t cut = 0; cut <= len; cut++) {
		char how[32];
		snprintf(how, sizeof(how), "cut at %zu", cut);
		r = read_split(in, len, cut, bytes);
		same(name, how, &r, bytes, want, want_bytes);
	}
	free(bytes);
}

#define BYTES(s) (const uint8_t *)(s), sizeof(s) - 1

static const struct row {
	const char *name;
	struct {
		const uint8_t *p;
		size_t len;
	} in, out;
	bool irregular;
	bool unfinished;
} rows[] = {
    {.name = "nothing", .in = {BYTES("")}, .out = {BYTES("")}},
    {.name = "white space only", .in = {BYTES(" \t\r\n\n")}, .out = {BYTES("")}},
    {.name = "one byte", .in = {BYTES("QQ==")}, .out = {BYTES("A")}},
    {.name = "two bytes", .in = {BYTES("QUI=")}, .out = {BYTES("AB")}},
    {.name = "three bytes", .in = {BYTES("QUJD")}, .out = {BYTES("ABC")}},
    {.name = "NUL bytes", .in = {BYTES("AAAAAA==")}, .out = {BYTES("\0\0\0\0")}},
    {.name = "all ones", .in = {BYTES("////++++")}, .out = {BYTES("\xff\xff\xff\xfb\xef\xbe")}},
    {.name = "lines, LF", .in = {BYTES("QUJD\nREVG\nRw==\n")}, .out = {BYTES("ABCDEFG")}},
    {.name = "lines, CRLF", .in = {BYTES("QUJD\r\nREVG\r\nRw==\r\n")}, .out = {BYTES("ABCDEFG")}},
    {.name = "white space within quanta",
        .in = {BYTES(" Q\tU\rJ\nD R\n w = \n = \n")},
        .out = {BYTES("ABCG")}},
    {.name = "a stranger is skipped",
        .in = {BYTES("QU-JD")},
        .out = {BYTES("ABC")},
        .irregular = true},
    {.name = "base64url is strange",
        .in = {BYTES("__--QUJD")},
        .out = {BYTES("ABC")},
        .irregular = true},
    {.name = "NUL is strange", .in = {BYTES("\0QUJD")}, .out = {BYTES("ABC")}, .irregular = true},
    {.name = "vertical tab is strange",
        .in = {BYTES("QUJD\v")},
        .out = {BYTES("ABC")},
        .irregular = true},
    {.name = "8-bit is strange",
        .in = {BYTES("QUJD\xc1\xff")},
        .out = {BYTES("ABC")},
        .irregular = true},
    {.name = "data after padding starts afresh",
        .in = {BYTES("QQ==QkM=REVG")},
        .out = {BYTES("ABCDEF")},
        .irregular = true},
    {.name = "data after half the padding",
        .in = {BYTES("QQ=QUJD")},
        .out = {BYTES("AABC")},
        .irregular = true},
    {.name = "padding that is one short",
        .in = {BYTES("QQ=")},
        .out = {BYTES("A")},
        .irregular = true,
        .unfinished = true},
    {.name = "padding after white space", .in = {BYTES("QQ\r\n==")}, .out = {BYTES("A")}},
    {.name = "a stranger within padding",
        .in = {BYTES("QQ=.=")},
        .out = {BYTES("A")},
        .irregular = true},
    {.name = "padding alone", .in = {BYTES("=")}, .out = {BYTES("")}, .irregular = true},
    {.name = "four times padding", .in = {BYTES("====")}, .out = {BYTES("")}, .irregular = true},
    {.name = "padding after a whole quantum",
        .in = {BYTES("QUJD=")},
        .out = {BYTES("ABC")},
        .irregular = true},
    {.name = "padding after one character",
        .in = {BYTES("Q=UJD")},
        .out = {BYTES("ABC")},
        .irregular = true},
    {.name = "too much padding", .in = {BYTES("QQ===")}, .out = {BYTES("A")}, .irregular = true},
    {.name = "too much padding after three",
        .in = {BYTES("QUI==")},
        .out = {BYTES("AB")},
        .irregular = true},
    {.name = "spare bits, one byte", .in = {BYTES("QR==")}, .out = {BYTES("A")}, .irregular = true},
    {.name = "spare bits, two bytes",
        .in = {BYTES("QUJ=")},
        .out = {BYTES("AB")},
        .irregular = true},
    {.name = "one character",
        .in = {BYTES("Q")},
        .out = {BYTES("")},
        .irregular = true,
        .unfinished = true},
    {.name = "two characters, no padding",
        .in = {BYTES("QUJDQQ")},
        .out = {BYTES("ABC")},
        .irregular = true,
        .unfinished = true},
    {.name = "three characters, no padding",
        .in = {BYTES("QUJDQUI\n")},
        .out = {BYTES("ABC")},
        .irregular = true,
        .unfinished = true},
};

START_TEST(decoder_reads_what_mail_programs_read)
{
	const struct row *r = &rows[_i];
	struct reading want = {
	    .len = r->out.len, .irregular = r->irregular, .unfinished = r->unfinished};
	struct reading simple;
	uint8_t bytes[64];

	simple = read_simply(r->in.p, r->in.len, bytes);
	same(r->name, "read simply", &simple, bytes, &want, r->out.p);
	expect_reading(r->name, r->in.p, r->in.len, &want, r->out.p);
}
END_TEST

/* Each place of a text of three lines and every ending takes each byte value in turn. */
START_TEST(decoder_sees_a_change_at_any_place)
{
	enum { LONGEST = 2 * 57 + 3 };
	size_t len = 2 * 57 + (size_t)_i;
	uint8_t in[LONGEST], coded[3 * LINE_OUT], bytes[LONGEST + 6], want_bytes[3 * LINE_OUT];
	size_t size;

	fill(in, len);
	size = openssl_lines(in, len, coded);
	for (size_t at = 0; at < size; at++) {
		uint8_t before = coded[at];
		for (int v = 0; v < 256; v++) {
			struct reading want, r;
			coded[at] = (uint8_t)v;
			want = read_simply(coded, size, want_bytes);
			r = read_split(coded, size, size, bytes);
			same("changed", "whole", &r, bytes, &want, want_bytes);
			r = read_split(coded, size, at, bytes);
			same("changed", "cut before", &r, bytes, &want, want_bytes);
			r = read_split(coded, size, at + 1, bytes);
			same("changed", "cut after", &r, bytes, &want, want_bytes);
			if (v == before && (r.irregular || r.len != len)) {
				ck_abort_msg("unchanged text is irregular");
			}
		}
		coded[at] = before;
	}
}
END_TEST

/* All short texts over a few characters, one of each kind. */
START_TEST(decoder_reads_every_short_text)
{
	static const uint8_t kinds[] = {'A', 'R', '/', '=', '\n', '-'};
	enum { LEN = 6, KINDS = sizeof(kinds) };
	unsigned texts = 1;

	for (int i = 0; i < LEN; i++) {
		texts *= KINDS;
	}
	for (unsigned t = 0; t < texts; t++) {
		uint8_t text[LEN], bytes[LEN + 6], want_bytes[LEN + 6];
		struct reading want, r;
		unsigned rest = t;
		for (int i = 0; i < LEN; i++) {
			text[i] = kinds[rest % KINDS];
			rest /= KINDS;
		}
		want = read_simply(text, LEN, want_bytes);
		r = read_split(text, LEN, t % (LEN + 1), bytes);
		same("short text", "cut somewhere", &r, bytes, &want, want_bytes);
		r = read_bytewise(text, LEN, bytes);
		same("short text", "byte by byte", &r, bytes, &want, want_bytes);
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
	Suite *s = suite_create("base64");
	TCase *encode = tcase_create("encode"), *decode = tcase_create("decode");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_set_timeout(encode, 120);
	tcase_set_timeout(decode, 120);
	tcase_add_loop_test(encode, vectors_of_the_rfc_come_out_and_go_back, 0, COUNT(vectors));
	tcase_add_loop_test(encode, size_is_known_before, 0, COUNT(sizes));
	tcase_add_test(encode, a_kernel_that_is_not_here_writes_nothing);
	tcase_add_loop_test(encode, every_length_between_fences, 0, BASE64_KERNELS);
	tcase_add_loop_test(encode, every_alignment, 0, BASE64_KERNELS);
	tcase_add_loop_test(encode, every_byte_value_at_every_place, 0, BASE64_KERNELS);
	tcase_add_test(encode, pieces_of_whole_lines_add_up);
	tcase_add_loop_test(decode, decoder_reads_what_mail_programs_read, 0, COUNT(rows));
	tcase_add_loop_test(decode, decoder_sees_a_change_at_any_place, 0, 4);
	tcase_add_test(decode, decoder_reads_every_short_text);
	tcase_add_test(decode, every_length_goes_there_and_back);
	suite_add_tcase(s, encode);
	suite_add_tcase(s, decode);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
