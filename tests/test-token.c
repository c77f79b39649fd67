/*
 * test-token.c - a token is good as it was made, for whom it was made, and in no other way
 */
#include "spool/token.h"

#include "spool/base64url.h"
#include "spool/hmac.h"
#include "tests/scratch.h"

enum { NOW = 29000000, EXPIRY = NOW + 43200 };

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static struct key key = {
    .id = {0x1a, 0x2b, 0x3c, 0x4d},
    .secret = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23,
        24, 25, 26, 27, 28, 29, 30, 31, 32},
    .state = KEY_ACTIVE,
    .created = NOW,
};

static const uint8_t entry[ENTRY_ID_BYTES] = {
    0xde, 0xad, 0xbe, 0xef, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 0xff};

static struct recipient
recipient(const char *address)
{
	struct recipient r;

	ck_assert_int_eq(recipient_canonical((const uint8_t *)address, strlen(address), &r), 0);
	return r;
}

static enum token_verdict
judge(const char *text, size_t len, const struct key *k, const struct recipient *r, uint32_t now)
{
	uint8_t *copy = malloc(len == 0 ? 1 : len);
	enum token_verdict verdict;
	struct token t;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, text, len);
	verdict = token_decode(copy, len, &t);
	free(copy);
	return verdict == TOKEN_OK ? token_verify(&t, k, r, now) : verdict;
}

START_TEST(a_token_reads_as_made)
{
	struct recipient to = recipient("joe@example.net");
	char text[TOKEN_CHARS + 1];
	struct token t;

	token_make(&key, entry, EXPIRY, _i == 1 ? &to : NULL, text);
	ck_assert_uint_eq(strlen(text), TOKEN_CHARS);
	ck_assert_int_eq(token_decode((const uint8_t *)text, TOKEN_CHARS, &t), TOKEN_OK);
	ck_assert_int_eq(t.bound, _i == 1);
	ck_assert_mem_eq(t.key_id, key.id, sizeof(t.key_id));
	ck_assert_mem_eq(t.entry_id, entry, sizeof(t.entry_id));
	ck_assert_uint_eq(t.expiry, EXPIRY);
	ck_assert_int_eq(token_verify(&t, &key, &to, NOW), TOKEN_OK);
}
END_TEST

/* The bytes on the wire are a contract with tokens that are out there. */
START_TEST(a_token_is_the_bytes_of_the_design)
{
	struct recipient to = recipient("joe@example.net");
	char text[TOKEN_CHARS + 1];
	uint8_t bytes[TOKEN_BYTES], mac[SHA256_BYTES];
	struct hmac h;

	token_make(&key, entry, 0x01020304, &to, text);
	ck_assert_int_eq(base64url_decode((const uint8_t *)text, TOKEN_CHARS, bytes), 0);
	ck_assert_uint_eq(bytes[0], 0x11);
	ck_assert_mem_eq(bytes + 1, key.id, 4);
	ck_assert_mem_eq(bytes + 5, entry, 20);
	ck_assert_mem_eq(bytes + 25, "\x01\x02\x03\x04", 4);
	hmac_begin(&h, key.secret, 32);
	hmac_add(&h, "mailgraft token 1\0", 18);
	hmac_add(&h, bytes, 29);
	hmac_add(&h, "joe@example.net", 15);
	hmac_end(&h, mac);
	ck_assert_mem_eq(bytes + 29, mac, 16);
}
END_TEST

/* Each character replaced by each other one: so each bit of each flipped, and more. */
START_TEST(no_character_can_be_changed)
{
	struct recipient to = recipient("joe@example.net");
	char text[TOKEN_CHARS + 1];

	token_make(&key, entry, EXPIRY, _i % 2 == 1 ? &to : NULL, text);
	for (int at = 0; at < TOKEN_CHARS; at++) {
		char was = text[at];
		for (int c = 0; c < 256; c++) {
			if ((char)c == was) {
				continue;
			}
			text[at] = (char)c;
			ck_assert_msg(judge(text, TOKEN_CHARS, &key, &to, NOW) != TOKEN_OK,
			    "character %d as %02x", at, (unsigned)c);
			ck_assert_msg(strchr(alphabet, c) != NULL ||
			        judge(text, TOKEN_CHARS, &key, &to, NOW) == TOKEN_MALFORMED,
			    "character %d as %02x is outside the alphabet", at, (unsigned)c);
		}
		text[at] = was;
	}
	ck_assert_int_eq(judge(text, TOKEN_CHARS, &key, &to, NOW), TOKEN_OK);
}
END_TEST

/* In the bytes: all but the version is under the MAC. */
START_TEST(no_bit_can_be_flipped)
{
	char text[TOKEN_CHARS + 1];
	uint8_t bytes[TOKEN_BYTES + 2] = {0};

	token_make(&key, entry, EXPIRY, NULL, text);
	ck_assert_int_eq(base64url_decode((const uint8_t *)text, TOKEN_CHARS, bytes), 0);
	for (size_t bit = 0; bit < TOKEN_BYTES * 8; bit++) {
		/* The lowest bit of the first byte binds it: then nobody is the recipient. */
		enum token_verdict want = bit == 0 ? TOKEN_NO_RECIPIENT
		    : bit >= 4 && bit < 8          ? TOKEN_NEWER
		                                   : TOKEN_FORGED;
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		base64url_encode(bytes, TOKEN_CHARS, text);
		ck_assert_msg(judge(text, TOKEN_CHARS, &key, NULL, NOW) == want, "bit %zu", bit);
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}
END_TEST

/* A newer program's token, with a MAC that is good: not ours to refuse for ever. */
START_TEST(a_flag_that_is_not_known_waits)
{
	struct recipient to = recipient("joe@example.net");
	uint8_t bytes[TOKEN_BYTES + 2] = {0}, mac[SHA256_BYTES];
	char text[TOKEN_CHARS + 1];
	struct hmac h;

	token_make(&key, entry, EXPIRY, _i % 2 == 1 ? &to : NULL, text);
	ck_assert_int_eq(base64url_decode((const uint8_t *)text, TOKEN_CHARS, bytes), 0);
	bytes[0] |= (uint8_t)(1 << (1 + _i / 2));
	hmac_begin(&h, key.secret, 32);
	hmac_add(&h, "mailgraft token 1\0", 18);
	hmac_add(&h, bytes, 29);
	hmac_add(&h, to.address, _i % 2 == 1 ? to.len : 0);
	hmac_end(&h, mac);
	memcpy(bytes + 29, mac, 16);
	base64url_encode(bytes, TOKEN_CHARS, text);
	ck_assert_int_eq(judge(text, TOKEN_CHARS, &key, &to, NOW), TOKEN_NEWER);
	/* Nor is it told apart from a forged one without its MAC. */
	text[TOKEN_CHARS - 1] = text[TOKEN_CHARS - 1] == 'A' ? 'B' : 'A';
	ck_assert_int_eq(judge(text, TOKEN_CHARS, &key, &to, NOW), TOKEN_FORGED);
}
END_TEST

START_TEST(only_the_exact_length)
{
	char text[2 * TOKEN_CHARS + 1];

	token_make(&key, entry, EXPIRY, NULL, text);
	memset(text + TOKEN_CHARS, 'A', TOKEN_CHARS);
	for (size_t len = 0; len <= 2 * TOKEN_CHARS; len++) {
		ck_assert_int_eq(judge(text, len, &key, NULL, NOW),
		    len == TOKEN_CHARS ? TOKEN_OK : TOKEN_MALFORMED);
	}
}
END_TEST

/* Standard base64's characters, padding, white space, another version. */
START_TEST(no_other_encoding)
{
	static const char *const ends[] = {"+", "/", "=", " ", "\n", "."};
	char text[TOKEN_CHARS + 1];

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		token_make(&key, entry, EXPIRY, NULL, text);
		text[TOKEN_CHARS - 1] = ends[i][0];
		ck_assert_int_eq(judge(text, TOKEN_CHARS, &key, NULL, NOW), TOKEN_MALFORMED);
	}
}
END_TEST

START_TEST(bound_is_for_its_recipient_only)
{
	static const char *const others[] = {"ann@example.net", "joe@example.org", "joe@example.ne",
	    "joe@example.nett", "joe+x@example.net", "jo@example.net"};
	struct recipient to = recipient("Joe@Example.NET"), none = {0};
	char text[TOKEN_CHARS + 1];

	token_make(&key, entry, EXPIRY, &to, text);
	ck_assert_int_eq(judge(text, TOKEN_CHARS, &key, &to, NOW), TOKEN_OK);
	ck_assert_int_eq(judge(text, TOKEN_CHARS, &key, &none, NOW), TOKEN_NO_RECIPIENT);
	ck_assert_int_eq(judge(text, TOKEN_CHARS, &key, NULL, NOW), TOKEN_NO_RECIPIENT);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct recipient other = recipient(others[i]);
		ck_assert_int_eq(judge(text, TOKEN_CHARS, &key, &other, NOW), TOKEN_FORGED);
	}
}
END_TEST

START_TEST(unbound_is_for_anybody)
{
	struct recipient to = recipient("joe@example.net");
	char text[TOKEN_CHARS + 1];

	token_make(&key, entry, EXPIRY, NULL, text);
	ck_assert_int_eq(judge(text, TOKEN_CHARS, &key, NULL, NOW), TOKEN_OK);
	ck_assert_int_eq(judge(text, TOKEN_CHARS, &key, &to, NOW), TOKEN_OK);
}
END_TEST

START_TEST(good_before_its_expiry)
{
	char text[TOKEN_CHARS + 1];

	token_make(&key, entry, EXPIRY, NULL, text);
	ck_assert_int_eq(judge(text, TOKEN_CHARS, &key, NULL, EXPIRY - 1), TOKEN_OK);
	ck_assert_int_eq(judge(text, TOKEN_CHARS, &key, NULL, EXPIRY), TOKEN_EXPIRED);
	ck_assert_int_eq(judge(text, TOKEN_CHARS, &key, NULL, UINT32_MAX), TOKEN_EXPIRED);
}
END_TEST

/* Another spool may have a key of the same id: its secret differs. */
START_TEST(keys_states)
{
	struct key other = key, retired = key, revoked = key;
	char text[TOKEN_CHARS + 1];

	other.secret[31] ^= 1;
	retired.state = KEY_RETIRED;
	revoked.state = KEY_REVOKED;
	token_make(&key, entry, EXPIRY, NULL, text);
	ck_assert_int_eq(judge(text, TOKEN_CHARS, &other, NULL, NOW), TOKEN_FORGED);
	ck_assert_int_eq(judge(text, TOKEN_CHARS, &retired, NULL, NOW), TOKEN_OK);
	ck_assert_int_eq(judge(text, TOKEN_CHARS, &revoked, NULL, NOW), TOKEN_REVOKED);
	/* Whether a key is revoked is not for forgers to learn; nor whether a token has expired. */
	text[TOKEN_CHARS - 1] = text[TOKEN_CHARS - 1] == 'A' ? 'B' : 'A';
	ck_assert_int_eq(judge(text, TOKEN_CHARS, &revoked, NULL, UINT32_MAX), TOKEN_FORGED);
}
END_TEST

START_TEST(base64url_is_strict_both_ways)
{
	uint8_t in[48], out[48];
	char text[64];

	for (size_t i = 0; i < sizeof(in); i++) {
		in[i] = (uint8_t)(i * 89 + 7);
	}
	base64url_encode(in, 64, text);
	ck_assert_int_eq(base64url_decode((const uint8_t *)text, 64, out), 0);
	ck_assert_mem_eq(in, out, sizeof(in));
	base64url_encode((const uint8_t *)"\xfb\xff\xbf", 4, text);
	ck_assert_mem_eq(text, "-_-_", 4);
	/* 22 characters take 132 bits: the last ones are the high bits of the 17th byte. */
	base64url_encode((const uint8_t *)"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xf0", 22, text);
	ck_assert_mem_eq(text, "AAAAAAAAAAAAAAAAAAAAAP", 22);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("token");
	TCase *tc = tcase_create("token");

	tcase_add_loop_test(tc, a_token_reads_as_made, 0, 2);
	tcase_add_test(tc, a_token_is_the_bytes_of_the_design);
	tcase_add_loop_test(tc, no_character_can_be_changed, 0, 2);
	tcase_add_test(tc, no_bit_can_be_flipped);
	tcase_add_loop_test(tc, a_flag_that_is_not_known_waits, 0, 6);
	tcase_add_test(tc, only_the_exact_length);
	tcase_add_test(tc, no_other_encoding);
	tcase_add_test(tc, bound_is_for_its_recipient_only);
	tcase_add_test(tc, unbound_is_for_anybody);
	tcase_add_test(tc, good_before_its_expiry);
	tcase_add_test(tc, keys_states);
	tcase_add_test(tc, base64url_is_strict_both_ways);
	suite_add_tcase(suite, tc);
	return scratch_run(suite);
}
