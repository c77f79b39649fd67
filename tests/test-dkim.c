/*
 * test-dkim.c - the canonical body, the domain that signs, the field
 *
 * Whether other programs accept the signatures: tests/e2e-dkim.
 */
#include <check.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "relay/dkim-key.h"
#include "relay/dkim.h"
#include "tests/slices.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define TEXT(s) (s), sizeof(s) - 1

static const struct {
	const char *body;
	size_t len;
	const char *want; /* what is hashed (RFC 6376 3.4.4) */
	size_t want_len;
} bodies[] = {
    {TEXT(""), TEXT("")},
    {TEXT("\n"), TEXT("")},
    {TEXT("\r\n\r\n \t\r\n"), TEXT("")},
    {TEXT("a"), TEXT("a\r\n")},
    {TEXT("a\n"), TEXT("a\r\n")},
    {TEXT("a\r\n"), TEXT("a\r\n")},
    {TEXT("a\n\n \n\t\n"), TEXT("a\r\n")},
    {TEXT("\n\na\n"), TEXT("\r\n\r\na\r\n")},
    {TEXT(" C \nD \t E\n\n\n"), TEXT(" C\r\nD E\r\n")}, /* RFC 6376 3.4.5 */
    {TEXT("a \t\n"), TEXT("a\r\n")},
    {TEXT("a \t"), TEXT("a\r\n")},
    {TEXT(" \t a"), TEXT(" a\r\n")},
    {TEXT("a\n \nb"), TEXT("a\r\n\r\nb\r\n")},
    {TEXT("a\rb\n"), TEXT("a\rb\r\n")},
    {TEXT("a\r\r\nb\r"), TEXT("a\r\r\nb\r\r\n")},
    {TEXT("a \r b"), TEXT("a \r b\r\n")},
    {TEXT("0123456789abcdef0123456789 abcdef\n"), TEXT("0123456789abcdef0123456789 abcdef\r\n")},
    {TEXT("a\0b\n"), TEXT("a\0b\r\n")},
};

START_TEST(a_body_is_hashed_in_its_canonical_form)
{
	uint8_t want[DKIM_HASH_BYTES], got[DKIM_HASH_BYTES];
	struct slices s;
	const uint8_t *p;
	size_t n;

	EVP_Digest(bodies[_i].want, bodies[_i].want_len, want, NULL, EVP_sha256(), NULL);
	for (size_t way = 0; slices_begin(&s, bodies[_i].body, bodies[_i].len, way); way++) {
		struct dkim_body *b = malloc(sizeof(*b));

		ck_assert_int_eq(dkim_body_begin(b), 0);
		while (slices_next(&s, &p, &n)) {
			ck_assert_int_eq(dkim_body_add(b, p, n), 0);
		}
		ck_assert_int_eq(dkim_body_end(b, got), 0);
		ck_assert_msg(memcmp(got, want, sizeof(got)) == 0, "row %d, %s", _i, s.way);
		dkim_body_close(b);
		dkim_body_close(b);
		free(b);
	}
}
END_TEST

/* More than fits into the buffer, with line ends that are kept back for long. */
START_TEST(a_long_body)
{
	size_t len = 100000, n = 0;
	uint8_t *body = malloc(2 * len + 2), want[DKIM_HASH_BYTES], got[DKIM_HASH_BYTES];
	struct dkim_body *b = malloc(sizeof(*b));

	memset(body, 'x', len);
	memset(body + len, '\n', len);
	body[2 * len] = 'y';
	ck_assert_int_eq(dkim_body_begin(b), 0);
	ck_assert_int_eq(dkim_body_add(b, body, 2 * len + 1), 0);
	ck_assert_int_eq(dkim_body_end(b, got), 0);
	dkim_body_close(b);
	free(b);
	free(body);
	body = malloc(3 * len + 3);
	memset(body, 'x', len);
	for (n = len; n < 3 * len; n += 2) {
		memcpy(body + n, "\r\n", 2);
	}
	memcpy(body + n, "y\r\n", 3);
	EVP_Digest(body, n + 3, want, NULL, EVP_sha256(), NULL);
	ck_assert_mem_eq(got, want, sizeof(got));
	free(body);
}
END_TEST

static const struct {
	const char *header, *domain; /* "": none */
} froms[] = {
    {"From: anna@Sender.Example\n\n", "sender.example"},
    {"from : Anna <anna@sender.example> (at work)\n\n", "sender.example"},
    {"From: \"a <x@y>\" <anna@sender.example>\n\n", "sender.example"},
    {"From: (a <x@y>) anna@sender.example\n\n", "sender.example"},
    {"From: (a \\) <x@y>) anna@sender.example (b)\n\n", "sender.example"},
    {"From: \"a@b\"@sender.example\n\n", "sender.example"},
    {"From: anna@sender.example, bob@other.example\n\n", "sender.example"},
    {"From: anna@sender.example, Bob <bob@other.example>\n\n", "sender.example"},
    {"From: M\xc3\xbcller, Anna <anna@sender.example>\n\n", "sender.example"},
    {"From: Anna\n\t<anna@sender\n .example>\n\n", "sender.example"},
    {"From: anna@sender.example\nFrom: evil@other.example\n\n", ""},
    {"From: anna\n\n", ""},
    {"From: <>\n\n", ""},
    {"From:\n\n", ""},
    {"From: (\n\n", ""},
    {"From: \"\\\n\n", ""},
    {"To: bob@other.example\n\n", ""},
    {"\n", ""},
};

START_TEST(the_first_address_of_from_says_who_signs)
{
	char domain[DKIM_DOMAIN_MAX + 1] = "";
	const char *header = froms[_i].header;
	struct dkim *d = dkim_new();
	uint8_t *copy = exact_copy(header, strlen(header));

	ck_assert_int_eq(dkim_begin(d), 0);
	ck_assert_int_eq(dkim_add(d, copy, strlen(header)), 0);
	ck_assert_int_eq(dkim_end(d), 0);
	ck_assert_uint_eq(dkim_from_domain(d, domain), strlen(froms[_i].domain));
	ck_assert_str_eq(domain, froms[_i].domain);
	exact_free(copy, strlen(header));
	dkim_free(d);
}
END_TEST

START_TEST(a_header_that_is_none_or_too_long)
{
	struct dkim *d = dkim_new();
	uint8_t *long_header = malloc(DKIM_HEADER_MAX + 1);

	ck_assert_int_eq(dkim_begin(d), 0);
	ck_assert_int_eq(dkim_add(d, (const uint8_t *)"no field\n\n", 10), 0);
	ck_assert_int_eq(dkim_end(d), -EBADMSG);
	memset(long_header, 'a', DKIM_HEADER_MAX + 1);
	ck_assert_int_eq(dkim_begin(d), 0);
	ck_assert_int_eq(dkim_add(d, long_header, DKIM_HEADER_MAX), 0);
	ck_assert_int_eq(dkim_add(d, long_header, 1), -EFBIG);
	free(long_header);
	dkim_free(d);
}
END_TEST

/* A message with so many fields that their names do not fit is refused, not signed in part. */
START_TEST(a_field_that_would_be_too_long)
{
	struct dkim *d = dkim_new();
	struct dkim_field *f = malloc(sizeof(*f));

	ck_assert_int_eq(dkim_begin(d), 0);
	for (int i = 0; i < 1000; i++) {
		ck_assert_int_eq(dkim_add(d, (const uint8_t *)"Message-ID: x\n", 14), 0);
	}
	ck_assert_int_eq(dkim_add(d, (const uint8_t *)"\n", 1), 0);
	ck_assert_int_eq(dkim_end(d), 0);
	ck_assert_int_eq(
	    dkim_prepare(d, &dkim_default_policy, DKIM_RSA_SHA256, "a", "b", 1, f), -EMSGSIZE);
	free(f);
	dkim_free(d);
}
END_TEST

START_TEST(keys_are_made_written_and_read)
{
	enum dkim_algorithm algorithm = _i == 0 ? DKIM_RSA_SHA256 : DKIM_ED25519_SHA256;
	char path[] = "/tmp/mailgraft-test-XXXXXX", record[1024], again[1024];
	uint8_t digest[DKIM_HASH_BYTES] = {1}, one[DKIM_SIGNATURE_MAX], two[DKIM_SIGNATURE_MAX];
	struct dkim_key *made = NULL, *read_back = NULL;
	int fd = mkstemp(path), n;

	ck_assert_int_ge(fd, 0);
	unlink(path);
	ck_assert_int_eq(dkim_key_make(algorithm, &made), 0);
	ck_assert_int_eq(dkim_key_write(made, fd), 0);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	ck_assert_int_eq(dkim_key_read(fd, &read_back), 0);
	ck_assert_int_eq((int)dkim_key_algorithm(read_back), (int)algorithm);
	n = dkim_key_sign(made, digest, one);
	ck_assert_int_eq(n, algorithm == DKIM_RSA_SHA256 ? 256 : 64);
	ck_assert_int_eq(dkim_key_sign(read_back, digest, two), n);
	ck_assert_mem_eq(one, two, (size_t)n);
	ck_assert_int_gt(dkim_key_record(made, record, sizeof(record)), 0);
	ck_assert_int_gt(dkim_key_record(read_back, again, sizeof(again)), 0);
	ck_assert_str_eq(record, again);
	ck_assert_int_eq(dkim_key_record(made, record, 40), -EMSGSIZE);
	dkim_key_free(read_back);
	read_back = NULL;
	fchmod(fd, 0604);
	lseek(fd, 0, SEEK_SET);
	ck_assert_int_eq(dkim_key_read(fd, &read_back), -EACCES);
	fchmod(fd, 0600);
	ck_assert_int_eq(ftruncate(fd, 20), 0);
	lseek(fd, 0, SEEK_SET);
	ck_assert_int_eq(dkim_key_read(fd, &read_back), -EBADMSG);
	dkim_key_free(made);
	close(fd);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("dkim");
	TCase *tc = tcase_create("dkim");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tc, a_body_is_hashed_in_its_canonical_form, 0, COUNT(bodies));
	tcase_add_test(tc, a_long_body);
	tcase_add_loop_test(tc, the_first_address_of_from_says_who_signs, 0, COUNT(froms));
	tcase_add_test(tc, a_header_that_is_none_or_too_long);
	tcase_add_test(tc, a_field_that_would_be_too_long);
	tcase_add_loop_test(tc, keys_are_made_written_and_read, 0, 2);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
