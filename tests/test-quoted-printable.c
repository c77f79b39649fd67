/*
 * test-quoted-printable.c - codes, soft line breaks, and what is neither
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "mime/quoted-printable.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static const struct row {
	const char *name, *text, *want;
} rows[] = {
    {"nothing", "", ""},
    {"plain", "a b\n c", "a b\n c"},
    {"codes", "=28=3D=c3=BC", "(=\xc3\xbc"},
    {"a line end in a code", "a=0Ab=0D=0Ac", "a\nb\r\nc"},
    {"a soft line break", "a=\nb", "ab"},
    {"after CR", "a=\r\nb", "ab"},
    {"after blanks", "a= \t\nb", "ab"},
    {"after blanks and CR", "a= \r\nb", "ab"},
    {"two CR", "a=\r\r\nb", "a=\r\nb"},
    {"blanks that no line end follows", "a= \tb", "a=b"},
    {"no code", "a=xb", "a=xb"},
    {"half a code", "a=4xb", "a=4xb"},
    {"half a code before a line end", "a=4\nb", "a=4\nb"},
    {"two equals signs", "a==28", "a=("},
    {"half a code before a code", "a=4=28", "a=4("},
    {"a soft line break after half a code", "a=4=\nb", "a=4b"},
    {"ends with an equals sign", "a=", "a="},
    {"ends with half a code", "a=4", "a=4"},
    {"ends with blanks after an equals sign", "a= ", "a"},
};

START_TEST(text_is_decoded)
{
	const struct row *r = &rows[_i];
	struct qp_decoder d = {.state = QP_TEXT};
	uint8_t out[64];
	size_t n = 0;

	for (const char *p = r->text; *p != '\0'; p++) {
		size_t got = qp_decode(&d, (uint8_t)*p, out + n);

		ck_assert_uint_le(got, QP_OUT);
		/* An LF comes only from the byte that was just taken. */
		for (size_t i = 0; i + 1 < got; i++) {
			ck_assert_int_ne(out[n + i], '\n');
		}
		n += got;
	}
	n += qp_decode_end(&d, out + n);
	ck_assert_msg(n == strlen(r->want) && memcmp(out, r->want, n) == 0, "%s: %.*s", r->name,
	    (int)n, (const char *)out);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("quoted-printable");
	TCase *tcase = tcase_create("quoted-printable");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, text_is_decoded, 0, COUNT(rows));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
