/*
 * test-hmac.c - SHA-256 by FIPS 180-4's and HMAC-SHA256 by RFC 4231's vectors, whole and in pieces;
 * XXH3-128 against the library, with each instruction set
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "spool/checksum.h"
#include "spool/hex.h"
#include "spool/hmac.h"
#include "tests/scratch.h"

static const struct row {
	const char *name;
	const char *key;
	size_t key_len;
	const char *data;
	size_t data_len;
	const char *mac;
} rows[] = {
    {
        .name = "RFC 4231 4.2",
        .key = "\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b",
        .key_len = 20,
        .data = "Hi There",
        .data_len = 8,
        .mac = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    },
    {
        .name = "RFC 4231 4.3, key shorter than the output",
        .key = "Jefe",
        .key_len = 4,
        .data = "what do ya want for nothing?",
        .data_len = 28,
        .mac = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    },
    {
        .name = "RFC 4231 4.7, key longer than a block",
        .key = NULL, /* 131 times 0xaa */
        .key_len = 131,
        .data = "Test Using Larger Than Block-Size Key - Hash Key First",
        .data_len = 54,
        .mac = "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    },
    {
        .name = "RFC 4231 4.8, key and data longer than a block",
        .key = NULL,
        .key_len = 131,
        .data = "This is a test using a larger than block-size key and a larger than "
                "block-size data. The key needs to be hashed before being used by the "
                "HMAC algorithm.",
        .data_len = 152,
        .mac = "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
    },
    {
        .name = "empty key, empty data",
        .key = "",
        .key_len = 0,
        .data = "",
        .data_len = 0,
        .mac = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad",
    },
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static void
hmac_pieces(const struct row *r, size_t piece, uint8_t mac[SHA256_BYTES])
{
	uint8_t key[131];
	struct hmac h;

	memset(key, 0xaa, sizeof(key));
	if (r->key != NULL && r->key_len > 0) {
		memcpy(key, r->key, r->key_len);
	}
	hmac_begin(&h, key, r->key_len);
	for (size_t at = 0; at < r->data_len; at += piece) {
		size_t len = r->data_len - at < piece ? r->data_len - at : piece;
		hmac_add(&h, r->data + at, len);
	}
	hmac_end(&h, mac);
}

START_TEST(hmac_gives_the_vectors)
{
	const struct row *r = &rows[_i];
	uint8_t mac[SHA256_BYTES], want[SHA256_BYTES];

	ck_assert_int_eq(hex_decode((const uint8_t *)r->mac, 64, want), 0);
	for (size_t piece = 1; piece <= r->data_len + 1; piece++) {
		hmac_pieces(r, piece, mac);
		ck_assert_msg(
		    memcmp(mac, want, sizeof(mac)) == 0, "%s, pieces of %zu", r->name, piece);
	}
}
END_TEST

START_TEST(sha256_gives_the_vectors)
{
	static const char abc[] =
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
	static const char million[] =
	    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
	uint8_t got[SHA256_BYTES], want[SHA256_BYTES], as[1000];
	struct sha256 s;

	sha256_begin(&s);
	sha256_add(&s, "abc", 3);
	sha256_end(&s, got);
	ck_assert_int_eq(hex_decode((const uint8_t *)abc, 64, want), 0);
	ck_assert_mem_eq(got, want, sizeof(got));
	memset(as, 'a', sizeof(as));
	sha256_begin(&s);
	for (int i = 0; i < 1000; i++) {
		sha256_add(&s, as, sizeof(as));
	}
	sha256_end(&s, got);
	ck_assert_int_eq(hex_decode((const uint8_t *)million, 64, want), 0);
	ck_assert_mem_eq(got, want, sizeof(got));
}
END_TEST

START_TEST(the_end_wipes_the_state)
{
	static const struct sha256 wiped;
	uint8_t mac[SHA256_BYTES];
	struct hmac h;

	hmac_begin(&h, (const uint8_t *)"key", 3);
	hmac_end(&h, mac);
	ck_assert_mem_eq(&h.inner, &wiped, sizeof(wiped));
	ck_assert_mem_eq(&h.outer, &wiped, sizeof(wiped));
}
END_TEST

START_TEST(equal_sees_every_bit)
{
	uint8_t a[16] = {0}, b[16] = {0};

	ck_assert_int_eq(hmac_equal(a, b, sizeof(a)), 1);
	for (size_t bit = 0; bit < sizeof(a) * 8; bit++) {
		b[bit / 8] ^= (uint8_t)(1 << bit % 8);
		ck_assert_int_eq(hmac_equal(a, b, sizeof(a)), 0);
		b[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}
END_TEST

START_TEST(checksum_is_xxh3_128_in_any_pieces)
{
	enum { LEN = 70001 };
	static const size_t pieces[] = {1, 63, 64, 255, 256, 257, 1024, 65536, LEN};
	uint8_t *data = malloc(LEN), sum[CHECKSUM_BYTES];
	XXH128_canonical_t want;

	ck_assert_ptr_nonnull(data);
	for (size_t i = 0; i < LEN; i++) {
		data[i] = (uint8_t)(i * 2654435761u >> 13);
	}
	XXH128_canonicalFromHash(&want, XXH3_128bits(data, LEN));
	for (size_t p = 0; p < sizeof(pieces) / sizeof(pieces[0]); p++) {
		struct checksum c;
		checksum_begin(&c);
		for (size_t at = 0; at < LEN; at += pieces[p]) {
			checksum_add(&c, data + at, LEN - at < pieces[p] ? LEN - at : pieces[p]);
		}
		checksum_end(&c, sum);
		ck_assert_mem_eq(sum, want.digest, sizeof(sum));
	}
	free(data);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("hmac");
	TCase *tc = tcase_create("hmac");

	tcase_add_loop_test(tc, hmac_gives_the_vectors, 0, ROWS);
	tcase_add_test(tc, sha256_gives_the_vectors);
	tcase_add_test(tc, the_end_wipes_the_state);
	tcase_add_test(tc, equal_sees_every_bit);
	tcase_add_test(tc, checksum_is_xxh3_128_in_any_pieces);
	suite_add_tcase(suite, tc);
	return scratch_run(suite);
}
