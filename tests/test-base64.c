/*
 * test-base64.c - the base64 codec against the RFC's vectors
 */
#include <check.h>
#include <stdlib.h>

#include "mime/base64.h"

static const struct row {
	const char *plain;
	const char *coded;
} rows[] = {
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
	const struct row *r = &rows[_i];
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

int
main(void)
{
	Suite *s = suite_create("base64");
	TCase *tc = tcase_create("codec");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_loop_test(tc, vectors_of_the_rfc_come_out_and_go_back, 0,
	    (int)(sizeof rows / sizeof rows[0]));
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
