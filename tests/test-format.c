/*
 * test-format.c - SPOOL/format: one way to write each limit, everything else refused
 */
#include "spool/format.h"

#include <stdbool.h>

#include "spool/limits.h"
#include "tests/scratch.h"

#define FIRST "mailgraft spool 1\n"

static const struct row {
	const char *text;
	enum format_verdict verdict;
	struct format_limits limits;
} rows[] = {
    {FIRST, FORMAT_OK, {0, 0}},
    {FIRST "attachments 20\n", FORMAT_OK, {20, 0}},
    {FIRST "expanded 52428800\n", FORMAT_OK, {0, 52428800}},
    {FIRST "attachments 1\nexpanded 1\n", FORMAT_OK, {1, 1}},
    {FIRST "attachments 100\nexpanded 9223372036854775807\n", FORMAT_OK, {100, INT64_MAX}},
    {"", FORMAT_DAMAGED, {0}},
    {"mail", FORMAT_DAMAGED, {0}},
    {"mailgraft spool ", FORMAT_DAMAGED, {0}},
    {"mailgraft spool 1", FORMAT_DAMAGED, {0}},
    {"x", FORMAT_UNKNOWN, {0}},
    {"mailgraft spool 2", FORMAT_UNKNOWN, {0}},
    {"mailgraft spool 2\n", FORMAT_UNKNOWN, {0}},
    {"mailgraft spool 11\n", FORMAT_UNKNOWN, {0}},
    {"mailgraft spool 1 \n", FORMAT_UNKNOWN, {0}},
    {"attachments 20\n" FIRST, FORMAT_UNKNOWN, {0}},
    {FIRST "attachments 101\n", FORMAT_DAMAGED, {0}},
    {FIRST "attachments 0\n", FORMAT_DAMAGED, {0}},
    {FIRST "attachments 020\n", FORMAT_DAMAGED, {0}},
    {FIRST "attachments -1\n", FORMAT_DAMAGED, {0}},
    {FIRST "attachments \n", FORMAT_DAMAGED, {0}},
    {FIRST "attachments 20", FORMAT_DAMAGED, {0}},
    {FIRST "attachments 2", FORMAT_DAMAGED, {0}},
    {FIRST "attachments 20 \n", FORMAT_DAMAGED, {0}},
    {FIRST "attachments 20\nattachments 20\n", FORMAT_DAMAGED, {0}},
    {FIRST "expanded 1\nattachments 20\n", FORMAT_DAMAGED, {0}},
    {FIRST "expanded 0\n", FORMAT_DAMAGED, {0}},
    {FIRST "expanded 9223372036854775808\n", FORMAT_DAMAGED, {0}},
    {FIRST "expanded 99999999999999999999999999\n", FORMAT_DAMAGED, {0}},
    {FIRST "recipients 5\n", FORMAT_DAMAGED, {0}},
    {FIRST "\n", FORMAT_DAMAGED, {0}},
    {FIRST "\xff", FORMAT_DAMAGED, {0}},
};

START_TEST(parses_or_refuses)
{
	const struct row *r = &rows[_i];
	size_t len = strlen(r->text);
	char *copy = malloc(len == 0 ? 1 : len), back[FORMAT_FILE_MAX];
	struct format_limits limits;

	memcpy(copy, r->text, len);
	ck_assert_msg(format_parse(copy, len, &limits) == r->verdict, "%s", r->text);
	if (r->verdict == FORMAT_OK) {
		ck_assert_uint_eq(limits.attachments, r->limits.attachments);
		ck_assert_uint_eq(limits.expanded, r->limits.expanded);
		ck_assert_uint_eq(format_print(&limits, back), len);
		ck_assert_mem_eq(back, r->text, len);
	}
	free(copy);
}
END_TEST

/* Cut off anywhere but at the end of a line, it is refused. */
START_TEST(half_a_file)
{
	static const char text[] = FIRST "attachments 20\nexpanded 52428800\n";
	struct format_limits limits;

	for (size_t len = 0; len < sizeof(text); len++) {
		bool whole = len > 0 && text[len - 1] == '\n';
		ck_assert_msg((format_parse(text, len, &limits) == FORMAT_OK) == whole, "%zu", len);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("format");
	TCase *tc = tcase_create("format");

	tcase_add_loop_test(tc, parses_or_refuses, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tc, half_a_file);
	suite_add_tcase(suite, tc);
	return scratch_run(suite);
}
