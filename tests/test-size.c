/*
 * test-size.c - bytes and spans as people write and read them
 */
#include "cli/size.h"

#include "cli/duration.h"
#include "tests/scratch.h"

static const struct size_row {
	uint64_t bytes;
	const char *exact, *rounded;
} sizes[] = {
    {0, "0", "0"},
    {1, "1", "1"},
    {1000, "1000", "1000"},
    {1023, "1023", "1023"},
    {1024, "1K", "1.0K"},
    {1025, "1025", "1.0K"},
    {1536, "1536", "1.5K"},
    {10188, "10188", "9.9K"},
    {10189, "10189", "10K"},
    {1047000, "1047000", "1022K"},
    {1048575, "1048575", "1.0M"},
    {1048576, "1M", "1.0M"},
    {5000000, "5000000", "4.8M"},
    {52428800, "50M", "50M"},
    {UINT64_C(1) << 40, "1024G", "1024G"},
    {INT64_MAX, "9223372036854775807", "8589934592G"},
    {UINT64_MAX, "18446744073709551615", "17179869184G"},
};

START_TEST(size_texts)
{
	const struct size_row *r = &sizes[_i];
	char text[SIZE_TEXT_MAX];
	uint64_t again;

	ck_assert_str_eq(size_exact(r->bytes, text), r->exact);
	if (r->bytes > 0 && r->bytes <= INT64_MAX) {
		ck_assert_int_eq(size_parse(text, &again), 0);
		ck_assert_uint_eq(again, r->bytes);
	} else {
		ck_assert_int_eq(size_parse(text, &again), -1);
	}
	ck_assert_str_eq(size_short(r->bytes, text), r->rounded);
}
END_TEST

static const char *const bad_sizes[] = {"", "K", "0", "0K", "-1", "+1", " 1", "1 ", "1k", "1KK",
    "1T", "1.5M", "8589934592G", "9223372036854775808", "99999999999999999999999999"};

START_TEST(size_refused)
{
	uint64_t bytes;

	ck_assert_msg(size_parse(bad_sizes[_i], &bytes) == -1, "'%s'", bad_sizes[_i]);
}
END_TEST

static const struct span_row {
	uint64_t seconds;
	const char *text;
} spans[] = {
    {0, "0m"},
    {60, "1m"},
    {5400, "90m"},
    {86400, "1d"},
    {129600, "36h"},
    {2592000, "30d"},
    {2419200, "4w"},
    {UINT64_C(999999) * 604800, "999999w"},
};

START_TEST(span_texts)
{
	const struct span_row *r = &spans[_i];
	char text[DURATION_TEXT_MAX];
	uint64_t again;

	ck_assert_str_eq(duration_text(r->seconds, text), r->text);
	ck_assert_int_eq(duration_parse(text, &again), 0);
	ck_assert_uint_eq(again, r->seconds);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("size");
	TCase *tc = tcase_create("size");

	tcase_add_loop_test(tc, size_texts, 0, sizeof(sizes) / sizeof(sizes[0]));
	tcase_add_loop_test(tc, size_refused, 0, sizeof(bad_sizes) / sizeof(bad_sizes[0]));
	tcase_add_loop_test(tc, span_texts, 0, sizeof(spans) / sizeof(spans[0]));
	suite_add_tcase(suite, tc);
	return scratch_run(suite);
}
