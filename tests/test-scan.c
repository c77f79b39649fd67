/*
 * test-scan.c - the scanner: every byte once and in order, the same structure however it is cut
 *
 * Not here: what it refuses (test-scan-refused.c), limits (test-scan-limits.c), what a boundary
 * parameter says (test-content-boundary.c), what an entity's header says (test-entity.c)
 */
#include <stdlib.h>

#include "tests/scan-rows.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static const struct row rows[] = {
    {
        .name = "nothing at all",
        .piece = {HEADER("", .kind = SCAN_TEXT_PLAIN), END},
    },
    {
        .name = "an empty header",
        .piece = {HEADER("\n", .kind = SCAN_TEXT_PLAIN), BODY("text\n", .child = 0), END},
    },
    {
        .name = "a header alone, with its empty line",
        .piece = {HEADER("A: b\n\n", .kind = SCAN_TEXT_PLAIN), END},
    },
    {
        .name = "a header alone, without its empty line",
        .piece = {HEADER("A: b\n", .kind = SCAN_TEXT_PLAIN), END},
    },
    {
        .name = "a header alone, without its last line end",
        .piece = {HEADER("A: b", .kind = SCAN_TEXT_PLAIN), END},
    },
    {
        .name = "a leaf for a root: its body is one, whatever is in it",
        .piece =
            {
                HEADER("A: b\n\n", .kind = SCAN_TEXT_PLAIN),
                BODY("\n--b\n--\n\n\n--b--\r\n\r\377 no line end", .child = 0),
                END,
            },
    },
    {
        .name = "a multipart: preamble, two parts, epilogue",
        .piece =
            {
                ROOT,
                BETWEEN("preamble", .depth = 1),
                DELIMITER("\n--b\n", .depth = 1, .serial = 1, .after = 1),
                HEADER("A: b\n\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 1),
                BODY("one\n", .depth = 1, .child = 1),
                DELIMITER("\n--b\n", .depth = 1, .serial = 1, .child = 1, .after = 1),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 2),
                BODY("two", .depth = 1, .child = 2),
                DELIMITER(
                    "\n--b--\n", .depth = 1, .serial = 1, .child = 2, .close = true, .after = 3),
                BETWEEN("epilogue\n--b\n--b--\n", .depth = 0),
                END,
            },
    },
    {
        .name = "no preamble, empty bodies, no epilogue",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .after = 1),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 1),
                DELIMITER("--b\n", .depth = 1, .serial = 1, .child = 1, .after = 1),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 2),
                DELIMITER("--b--", .depth = 1, .serial = 1, .child = 2, .close = true, .after = 2),
                END,
            },
    },
    {
        .name = "a body that is a line end",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .after = 1),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 1),
                DELIMITER("\n--b\n", .depth = 1, .serial = 1, .child = 1, .after = 1),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 2),
                BODY("\n", .depth = 1, .child = 2),
                DELIMITER(
                    "\n--b--", .depth = 1, .serial = 1, .child = 2, .close = true, .after = 2),
                END,
            },
    },
    {
        .name = "a part header that ends at a delimiter, without an empty line",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .after = 1),
                HEADER("A: b\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 1),
                DELIMITER("--b \t\n", .depth = 1, .serial = 1, .child = 1, .after = 3),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 2),
                DELIMITER("--b--", .depth = 1, .serial = 1, .child = 2, .close = true, .after = 2),
                END,
            },
    },
    {
        .name = "refused: two delimiters with nothing between them",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .after = 1),
                REFUSED("--b\n\nx\n--b--\n", .depth = 1, .refusal = SCAN_NO_PART),
            },
    },
    {
        .name = "refused: a close delimiter at once after a delimiter",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .after = 1),
                REFUSED("--b--\n", .depth = 1, .refusal = SCAN_NO_PART),
            },
    },
    {
        .name = "a multipart without parts",
        .piece =
            {
                ROOT,
                BETWEEN("only a preamble\n", .depth = 1),
                DELIMITER("\n--b--\n", .depth = 1, .serial = 1, .close = true, .after = 3),
                END,
            },
    },
    {
        .name = "white space after delimiters",
        .piece =
            {
                ROOT,
                DELIMITER("--b \t \n", .depth = 1, .serial = 1, .after = 4),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 1),
                BODY("x", .depth = 1, .child = 1),
                DELIMITER(
                    "\n--b-- \t", .depth = 1, .serial = 1, .child = 1, .close = true, .after = 4),
                END,
            },
    },
    {
        .name = "lines that only look like delimiters",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .after = 1),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 1),
                BODY("-\n--\n---\n --b\n-b\n-- b\n--B\n--c\n--\n\n-\n-- \n>--b\n\n\r--b\r\n",
                    .depth = 1, .child = 1),
                DELIMITER(
                    "\n--b--\n", .depth = 1, .serial = 1, .child = 1, .close = true, .after = 3),
                END,
            },
    },
    {
        .name = "line ends before a delimiter: only the last belongs to it",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .after = 1),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 1),
                BODY("\n\n\n", .depth = 1, .child = 1),
                DELIMITER(
                    "\n--b--\n", .depth = 1, .serial = 1, .child = 1, .close = true, .after = 3),
                BETWEEN("\n\n", .depth = 0),
                END,
            },
    },
    {
        .name = "CR, NUL and 8-bit in bodies",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .after = 1),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 1),
                BODY("a\r\n\0--b\n\377\376\r", .depth = 1, .child = 1),
                DELIMITER(
                    "\n--b--\n", .depth = 1, .serial = 1, .child = 1, .close = true, .after = 3),
                END,
            },
    },
    {
        .name = "nested, with an epilogue inside; the inner boundary is text again in it",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .after = 1),
                HEADER("Content-Type: multipart/alternative; boundary=\"c c\"\n\n",
                    .kind = SCAN_ALTERNATIVE, .depth = 1, .serial = 2, .child = 1),
                BETWEEN("in", .depth = 2),
                DELIMITER("\n--c c\n", .depth = 2, .serial = 2, .after = 1),
                HEADER(
                    "Content-Type: text/html\n\n", .kind = SCAN_TEXT_HTML, .depth = 2, .child = 1),
                BODY("<p>", .depth = 2, .child = 1),
                DELIMITER(
                    "\n--c c--\n", .depth = 2, .serial = 2, .child = 1, .close = true, .after = 3),
                BETWEEN("--c c\n\n--c c--\n", .depth = 1),
                DELIMITER("\n--b\n", .depth = 1, .serial = 1, .child = 1, .after = 1),
                HEADER("Content-Type: multipart/x; boundary=\"c c\"\n\n", .kind = SCAN_MULTIPART,
                    .depth = 1, .serial = 3, .child = 2),
                DELIMITER("--c c--\n", .depth = 2, .serial = 3, .close = true, .after = 3),
                DELIMITER(
                    "--b--\n", .depth = 1, .serial = 1, .child = 2, .close = true, .after = 3),
                END,
            },
    },
    {
        .name = "digest: a child without a type is a message",
        .piece =
            {
                HEADER("Content-Type: multipart/digest; boundary=b\n\n", .kind = SCAN_DIGEST,
                    .serial = 1),
                DELIMITER("--b\n", .depth = 1, .serial = 1, .after = 1),
                HEADER("\n", .kind = SCAN_INERT, .depth = 1, .child = 1),
                BODY("Content-Type: multipart/mixed; boundary=q\n\n--q\n", .depth = 1, .child = 1),
                DELIMITER("\n--b\n", .depth = 1, .serial = 1, .child = 1, .after = 1),
                HEADER("Content-Type: text/plain\n\n", .kind = SCAN_TEXT_PLAIN, .depth = 1,
                    .child = 2),
                DELIMITER(
                    "--b--\n", .depth = 1, .serial = 1, .child = 2, .close = true, .after = 3),
                END,
            },
    },
    {
        .name = "an attached message is one leaf, whatever its boundaries",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .after = 1),
                HEADER(
                    "Content-Type: message/rfc822\n\n", .kind = SCAN_INERT, .depth = 1, .child = 1),
                BODY("Content-Type: multipart/mixed; boundary=bb\n\n--q\n\n--q--", .depth = 1,
                    .child = 1),
                DELIMITER(
                    "\n--b--\n", .depth = 1, .serial = 1, .child = 1, .close = true, .after = 3),
                END,
            },
    },
    {
        .name = "an outer boundary that is longer than the inner one",
        .piece =
            {
                HEADER("Content-Type: multipart/mixed; boundary=b1\n\n", .kind = SCAN_MIXED,
                    .serial = 1),
                DELIMITER("--b1\n", .depth = 1, .serial = 1, .after = 1),
                HEADER("Content-Type: multipart/mixed; boundary=b\n\n", .kind = SCAN_MIXED,
                    .depth = 1, .serial = 2, .child = 1),
                DELIMITER("--b--\n", .depth = 2, .serial = 2, .close = true, .after = 3),
                DELIMITER("--b1\n", .depth = 1, .serial = 1, .child = 1, .after = 1),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 2),
                BODY("--b", .depth = 1, .child = 2),
                DELIMITER(
                    "\n--b1--\n", .depth = 1, .serial = 1, .child = 2, .close = true, .after = 3),
                END,
            },
    },
    {
        .name = "an outer boundary that the inner one begins with",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .after = 1),
                HEADER("Content-Type: multipart/alternative; boundary=b_alt\n\n",
                    .kind = SCAN_ALTERNATIVE, .depth = 1, .serial = 2, .child = 1),
                DELIMITER("--b_alt\n", .depth = 2, .serial = 2, .after = 1),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 2, .child = 1),
                BODY("x", .depth = 2, .child = 1),
                DELIMITER("\n--b_alt--\n", .depth = 2, .serial = 2, .child = 1, .close = true,
                    .after = 3),
                DELIMITER("--b\n", .depth = 1, .serial = 1, .child = 1, .after = 1),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 2),
                BODY("y", .depth = 1, .child = 2),
                DELIMITER(
                    "\n--b--\n", .depth = 1, .serial = 1, .child = 2, .close = true, .after = 3),
                END,
            },
    },
    {
        .name = "a multipart that says base64, with its delimiters plainly there",
        .piece =
            {
                HEADER("Content-Type: multipart/mixed; boundary=b\n"
                       "Content-Transfer-Encoding: base64\n\n",
                    .kind = SCAN_MIXED, .encoding = SCAN_BASE64, .serial = 1),
                DELIMITER("--b\n", .depth = 1, .serial = 1, .after = 1),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 1),
                BODY("x", .depth = 1, .child = 1),
                DELIMITER(
                    "\n--b--\n", .depth = 1, .serial = 1, .child = 1, .close = true, .after = 3),
                END,
            },
    },
    {
        .name = "a boundary that ends in two hyphens: its delimiter closes nothing",
        .piece =
            {
                HEADER("Content-Type: multipart/mixed; boundary=b--\n\n", .kind = SCAN_MIXED,
                    .serial = 1),
                DELIMITER("--b--\n", .depth = 1, .serial = 1, .after = 1),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 1),
                BODY("x", .depth = 1, .child = 1),
                DELIMITER(
                    "\n--b----\n", .depth = 1, .serial = 1, .child = 1, .close = true, .after = 3),
                END,
            },
    },
    {
        .name = "a boundary of 70 characters",
        .piece =
            {
                HEADER("Content-Type: multipart/mixed;\n boundary="
                       "0123456789012345678901234567890123456789012345678901234567890123456789\n\n",
                    .kind = SCAN_MIXED, .serial = 1),
                DELIMITER(
                    "--0123456789012345678901234567890123456789012345678901234567890123456789\n",
                    .depth = 1, .serial = 1, .after = 1),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 1),
                BODY("--012345678901234567890123456789012345678901234567890123456789012345678\n"
                     "--012345678901234567890123456789012345678901234567890123456789012345678x",
                    .depth = 1, .child = 1),
                DELIMITER(
                    "\n--0123456789012345678901234567890123456789012345678901234567890123456789--"
                    "\n",
                    .depth = 1, .serial = 1, .child = 1, .close = true, .after = 3),
                END,
            },
    },
};

START_TEST(events_are_the_same_however_the_input_is_cut)
{
	expect_events(&rows[_i]);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("scan");
	TCase *tcase = tcase_create("scan");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, events_are_the_same_however_the_input_is_cut, 0, COUNT(rows));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
