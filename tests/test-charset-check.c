/*
 * test-charset-check.c - of which charset a text is, however it is cut into pieces
 */
#include "mime/charset-check.h"

#include <string.h>

#include "tests/scratch.h"

static const struct row {
	const char *text;
	enum charset charset;
} rows[] = {
    {"", CHARSET_ASCII},
    {"a text that is longer than a word or two", CHARSET_ASCII},
    {"gr\303\274n, \344\270\200, \360\237\223\216", CHARSET_UTF8},
    {"\302\200\337\277\340\240\200\357\277\277\360\220\200\200\364\217\277\277", CHARSET_UTF8},
    {"\033[1m gr\303\274n", CHARSET_UTF8},
    {"\033$B@A\033(B", CHARSET_UNKNOWN},
    {"gr\374n", CHARSET_UNKNOWN},
    {"gr\303", CHARSET_UNKNOWN},
    {"\303\303", CHARSET_UNKNOWN},
    {"\200", CHARSET_UNKNOWN},
    {"\301\277", CHARSET_UNKNOWN},
    {"\340\237\277", CHARSET_UNKNOWN},
    {"\355\240\200", CHARSET_UNKNOWN},
    {"\360\217\277\277", CHARSET_UNKNOWN},
    {"\364\220\200\200", CHARSET_UNKNOWN},
    {"\365\200\200\200", CHARSET_UNKNOWN},
};

START_TEST(a_charset_is_certain_or_unknown)
{
	const struct row *r = &rows[_i];
	size_t len = strlen(r->text);

	for (size_t cut = 0; cut <= len; cut++) {
		struct charset_check c;

		charset_check_begin(&c);
		charset_check_add(&c, (const uint8_t *)r->text, cut);
		charset_check_add(&c, (const uint8_t *)r->text + cut, len - cut);
		ck_assert_msg(charset_check_end(&c) == r->charset, "row %d, cut at %zu", _i, cut);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("charset-check");
	TCase *tc = tcase_create("charset-check");

	tcase_add_loop_test(tc, a_charset_is_certain_or_unknown, 0, sizeof(rows) / sizeof(rows[0]));
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
