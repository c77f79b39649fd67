/*
 * test-boundary.c - new boundaries: their form, which message and key they hang on, how they are
 * found
 */
#include <check.h>

#include "filter/boundary.h"
#include "tests/scratch.h"

static struct boundaries b, other;

static void
derive(struct boundaries *to, uint8_t secret, uint8_t input)
{
	uint8_t key[32] = {secret}, digest[SHA256_BYTES] = {input}, inner[SHA256_BYTES];

	boundary_secret(key, sizeof(key), digest, inner);
	boundaries_derive(to, inner);
}

START_TEST(serials_are_marked_once_in_any_order_and_found)
{
	static const uint32_t serials[] = {7, 0, 3, 7, UINT32_MAX, 1, 3, 0, 100000};

	b.count = 0;
	for (size_t i = 0; i < sizeof(serials) / sizeof(serials[0]); i++) {
		ck_assert_int_eq(boundaries_mark(&b, serials[i]), 0);
	}
	ck_assert_uint_eq(b.count, 6);
	derive(&b, 1, 1);
	for (size_t i = 0; i < sizeof(serials) / sizeof(serials[0]); i++) {
		const char *text = boundaries_find(&b, serials[i]);

		ck_assert_ptr_nonnull(text);
		ck_assert_uint_eq(strlen(text), BOUNDARY_CHARS);
		ck_assert_mem_eq(text, "=_g", 3);
		ck_assert_uint_eq(
		    strspn(text + 3,
		        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
		    22);
		for (size_t k = 0; k < i; k++) {
			ck_assert_int_eq(
			    boundaries_find(&b, serials[k]) == text, serials[k] == serials[i]);
			ck_assert_int_eq(
			    memcmp(boundaries_find(&b, serials[k]), text, BOUNDARY_CHARS) == 0,
			    serials[k] == serials[i]);
		}
	}
	ck_assert_ptr_null(boundaries_find(&b, 2));
	ck_assert_ptr_null(boundaries_find(&b, UINT32_MAX - 1));
	b.count = 0;
	ck_assert_ptr_null(boundaries_find(&b, 0));
}
END_TEST

START_TEST(there_is_room_for_so_many_and_no_more)
{
	b.count = 0;
	for (uint32_t i = 0; i < SERIALS_MAX; i++) {
		ck_assert_int_eq(boundaries_mark(&b, (i * 7919) % 100003), 0);
	}
	ck_assert_int_eq(boundaries_mark(&b, 200000), -1);
	ck_assert_int_eq(boundaries_mark(&b, 7919), 0);
	ck_assert_uint_eq(b.count, SERIALS_MAX);
	for (size_t i = 1; i < b.count; i++) {
		ck_assert_uint_lt(b.serial[i - 1], b.serial[i]);
	}
}
END_TEST

START_TEST(they_hang_on_key_message_and_serial_alone)
{
	static const struct {
		uint8_t secret, input;
		uint32_t serial;
		bool same;
	} tries[] = {{1, 1, 5, true}, {2, 1, 5, false}, {1, 2, 5, false}, {1, 1, 6, false},
	    {1, 1, 5 << 8, false}};

	b.count = 0;
	boundaries_mark(&b, 5);
	derive(&b, 1, 1);
	/* As another program computes it: HMAC-SHA256(HMAC-SHA256(key, label, NUL, input), serial).
	 */
	ck_assert_mem_eq(b.text[0], "=_gudBmddouuEIvNPIdjYlRnC", BOUNDARY_CHARS);
	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		other.count = 0;
		boundaries_mark(&other, 1);
		boundaries_mark(&other, tries[i].serial);
		derive(&other, tries[i].secret, tries[i].input);
		ck_assert_int_eq(
		    memcmp(other.text[1], b.text[0], BOUNDARY_CHARS) == 0, tries[i].same);
	}
}
END_TEST

START_TEST(a_line_that_begins_with_one_is_seen)
{
	char line[64];

	b.count = 0;
	boundaries_mark(&b, 1);
	boundaries_mark(&b, 2);
	derive(&b, 1, 1);
	for (uint32_t serial = 1; serial <= 2; serial++) {
		size_t n = (size_t)snprintf(
		    line, sizeof(line), "--%s--", boundaries_find(&b, serial));

		ck_assert(boundaries_begin_line(&b, (uint8_t *)line, n));
		ck_assert(boundaries_begin_line(&b, (uint8_t *)line, n - 2));
		ck_assert(!boundaries_begin_line(&b, (uint8_t *)line, n - 3));
		ck_assert(!boundaries_begin_line(&b, (uint8_t *)line + 1, n - 1));
		for (size_t i = 0; i < n - 2; i++) {
			line[i] ^= 1;
			ck_assert(!boundaries_begin_line(&b, (uint8_t *)line, n));
			line[i] ^= 1;
		}
	}
	ck_assert(!boundaries_begin_line(&b, (const uint8_t *)"", 0));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("boundary");
	TCase *tc = tcase_create("boundary");

	tcase_add_test(tc, serials_are_marked_once_in_any_order_and_found);
	tcase_add_test(tc, there_is_room_for_so_many_and_no_more);
	tcase_add_test(tc, they_hang_on_key_message_and_serial_alone);
	tcase_add_test(tc, a_line_that_begins_with_one_is_seen);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
