/*
 * test-options.c - options are read in full, in any order, and every mistake has its sentence
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "filter/options.h"

enum { WORDS_MAX = 6 };

static const struct option options[] = {
    {"spool", required_argument, NULL, 's'},
    {"json", no_argument, NULL, 'j'},
    {"spoon", no_argument, NULL, 'n'},
    {0},
};

static const struct row {
	const char *name;
	const char *words[WORDS_MAX];
	const char *read;     /* an option's letter, its value in brackets; then the arguments */
	const char *sentence; /* NULL: no mistake */
} rows[] = {
    {.name = "nothing", .words = {NULL}, .read = ""},
    {.name = "a value of its own", .words = {"--spool", "/x"}, .read = "s(/x)"},
    {.name = "a value after =", .words = {"--spool=/x"}, .read = "s(/x)"},
    {.name = "an empty value", .words = {"--spool="}, .read = "s()"},
    {.name = "a value that looks like an option",
        .words = {"--spool", "--json"},
        .read = "s(--json)"},
    {.name = "a value that is the option again",
        .words = {"--spool=--spool=/x"},
        .read = "s(--spool=/x)"},
    {.name = "options after arguments", .words = {"a", "--json", "b"}, .read = "j a b"},
    {.name = "arguments after --", .words = {"--json", "--", "--spool"}, .read = "j --spool"},
    {.name = "a lone hyphen is an argument", .words = {"-", "--json"}, .read = "j -"},
    {.name = "unknown",
        .words = {"--json", "--nothing=1"},
        .read = "j",
        .sentence = "there is no option '--nothing=1'"},
    {.name = "no value", .words = {"--spool"}, .sentence = "option '--spool' needs a value"},
    {.name = "a value too much",
        .words = {"--json=1"},
        .sentence = "option '--json=1' takes no value"},
    {.name = "a short option", .words = {"-j"}, .sentence = "there is no option '-j'"},
    {.name = "short options", .words = {"-xj"}, .sentence = "there is no option '-xj'"},
    {.name = "one hyphen", .words = {"-spool=/x"}, .sentence = "there is no option '-spool=/x'"},
    {.name = "an abbreviation that is unique",
        .words = {"--js"},
        .sentence = "there is no option '--js'"},
    {.name = "an abbreviation with a value of its own",
        .words = {"--spool", "/x", "--spoo", "/y"},
        .read = "s(/x)",
        .sentence = "there is no option '--spoo'"},
    {.name = "an abbreviation that is not unique",
        .words = {"--spo=/x"},
        .sentence = "there is no option '--spo=/x'"},
    {.name = "an abbreviation with its value",
        .words = {"--jso", "x"},
        .sentence = "there is no option '--jso'"},
    {.name = "a mistake after arguments",
        .words = {"a", "b", "--nothing"},
        .sentence = "there is no option '--nothing'"},
};

START_TEST(test_row)
{
	const struct row *r = &rows[_i];
	char *argv[WORDS_MAX + 2] = {strdup("program")}, read[256] = "";
	char sentence[OPTION_SENTENCE_MAX] = "";
	int argc = 1, option;
	size_t n = 0;

	for (; argc <= WORDS_MAX && r->words[argc - 1] != NULL; argc++) {
		argv[argc] = strdup(r->words[argc - 1]);
	}
	optind = 0; /* starts anew */
	while ((option = option_next(argc, argv, options, sentence)) != -1 && option != '?') {
		n += (size_t)snprintf(
		    read + n, sizeof(read) - n, option == 's' ? "%c(%s)" : "%c", option, optarg);
	}
	for (int i = optind; option == -1 && i < argc; i++) {
		n += (size_t)snprintf(read + n, sizeof(read) - n, " %s", argv[i]);
	}
	ck_assert_msg(option == (r->sentence == NULL ? -1 : '?'), "%s", r->name);
	ck_assert_msg(strcmp(read, r->read == NULL ? "" : r->read) == 0, "%s: %s", r->name, read);
	ck_assert_msg(strcmp(sentence, r->sentence == NULL ? "" : r->sentence) == 0, "%s: %s",
	    r->name, sentence);
	for (int i = 0; i < argc; i++) {
		free(argv[i]);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("options");
	TCase *tc = tcase_create("options");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tc, test_row, 0, (int)(sizeof(rows) / sizeof(rows[0])));
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
