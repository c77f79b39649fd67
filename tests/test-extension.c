/*
 * test-extension.c - the system's list of file name extensions
 */
#include "spool/extension.h"

#include <string.h>

#include "tests/scratch.h"

static const char list[] = "# comment csv\n"
                           "application/no-extension\n"
                           "text/csv\t\t\t\tcsv tsv# note\n"
                           "  image/png   png PNG2\r\n"
                           "image/other png\n"
                           "text/last last";

static const struct row {
	const char *name;
	const char *type; /* NULL: none */
} rows[] = {
    {"a.csv", "text/csv"},
    {"a.b.tsv", "text/csv"},
    {"A.CSV", "text/csv"},
    {"a.png", "image/png"},
    {".last", "text/last"},
    {"a.cs", NULL},
    {"a.csvx", NULL},
    {"a.", NULL},
    {"csv", NULL},
    {"", NULL},
    {"a.note", NULL},
    {"a.comment", NULL},
    {"a.image/png", NULL},
    {"a.csv tsv", NULL},
    {"a.an-extension-that-is-too-long", NULL},
};

START_TEST(a_name_has_the_type_of_its_extension)
{
	struct extensions *x;
	char type[SNIFF_TYPE_MAX];

	scratch_begin();
	scratch_file("list", list, sizeof(list) - 1, 0400);
	x = extensions_load("list");
	/* in both orders, and each twice: the last one is remembered */
	for (size_t k = 0; k < 4 * (sizeof(rows) / sizeof(rows[0])); k++) {
		size_t n = sizeof(rows) / sizeof(rows[0]),
		       i = k < 2 * n ? k / 2 : n - 1 - k / 2 % n;
		bool found = extensions_find(x, rows[i].name, strlen(rows[i].name), type);

		ck_assert_msg(found == (rows[i].type != NULL), "%s", rows[i].name);
		if (found) {
			ck_assert_str_eq(type, rows[i].type);
		}
	}
	extensions_free(&x);
	ck_assert_ptr_null(x);
	scratch_end();
}
END_TEST

START_TEST(no_list_knows_nothing)
{
	struct extensions *x = extensions_load("/nonexistent");
	char type[SNIFF_TYPE_MAX];

	ck_assert_ptr_nonnull(x);
	ck_assert(!extensions_find(x, "a.csv", 5, type));
	extensions_free(&x);
}
END_TEST

START_TEST(the_list_of_this_system)
{
	struct extensions *x = extensions_load(EXTENSIONS_FILE);
	char type[SNIFF_TYPE_MAX];

	ck_assert(extensions_find(x, "a.pdf", 5, type));
	ck_assert_str_eq(type, "application/pdf");
	ck_assert(extensions_find(x, "a.ics", 5, type));
	ck_assert_str_eq(type, "text/calendar");
	extensions_free(&x);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("extension");
	TCase *tc = tcase_create("extension");

	tcase_add_test(tc, a_name_has_the_type_of_its_extension);
	tcase_add_test(tc, no_list_knows_nothing);
	tcase_add_test(tc, the_list_of_this_system);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
