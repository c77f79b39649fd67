/*
 * test-scan-refused.c - what the scanner refuses: it has given out all before it, and nothing after
 */
#include <stdlib.h>

#include "tests/scan-rows.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static const struct row rows[] =
    {
        {
            .name = "refused: the header of a part has a line that is no field",
            .piece =
                {
                    ROOT,
                    DELIMITER("--b\n", .depth = 1, .serial = 1, .after = 1),
                    REFUSED("A: b\nwhat\n\nx\n--b--\n", .depth = 1, .refusal = SCAN_HEADER_LINE),
                },
        },
        {
            .name = "refused: the message begins with a From line",
            .piece = {REFUSED("From a@b Mon\nA: b\n\nx", .refusal = SCAN_HEADER_LINE)},
        },
        {
            .name = "refused: CR in a header",
            .piece = {REFUSED("A: b\r\n\nx", .refusal = SCAN_CONTROL_IN_HEADER)},
        },
        {
            .name = "refused: NUL in a header",
            .piece = {REFUSED("A: \0b\n\nx", .refusal = SCAN_CONTROL_IN_HEADER)},
        },
        {
            .name = "refused: an unterminated multipart, in its preamble",
            .piece = {ROOT, BETWEEN("x\n--", .depth = 1),
                REFUSED("", .depth = 1, .refusal = SCAN_UNTERMINATED)},
        },
        {
            .name = "refused: an unterminated multipart, in a body",
            .piece =
                {
                    ROOT,
                    DELIMITER("--b\n", .depth = 1, .serial = 1, .after = 1),
                    HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 1),
                    BODY("x\n", .depth = 1, .child = 1),
                    REFUSED("", .depth = 1, .refusal = SCAN_UNTERMINATED),
                },
        },
        {
            .name = "refused: an unterminated multipart, in a header",
            .piece =
                {
                    ROOT,
                    DELIMITER("--b\n", .depth = 1, .serial = 1, .after = 1),
                    REFUSED("A: b\n", .depth = 1, .refusal = SCAN_UNTERMINATED),
                },
        },
        {
            .name = "refused: an unterminated multipart, after a delimiter",
            .piece =
                {
                    ROOT,
                    DELIMITER("--b", .depth = 1, .serial = 1),
                    REFUSED("", .depth = 1, .refusal = SCAN_UNTERMINATED),
                },
        },
        {
            .name = "refused: an outer delimiter before the inner multipart is closed",
            .piece =
                {
                    ROOT,
                    DELIMITER("--b\n", .depth = 1, .serial = 1, .after = 1),
                    HEADER("Content-Type: multipart/mixed; boundary=c\n\n", .kind = SCAN_MIXED,
                        .depth = 1, .serial = 2, .child = 1),
                    DELIMITER("--c\n", .depth = 2, .serial = 2, .after = 1),
                    HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 2, .child = 1),
                    BODY("x", .depth = 2, .child = 1),
                    REFUSED("\n--b--\n", .depth = 2, .refusal = SCAN_UNTERMINATED),
                },
        },
        {
            .name = "refused: an outer delimiter right after the header of an inner multipart",
            .piece =
                {
                    ROOT,
                    DELIMITER("--b\n", .depth = 1, .serial = 1, .after = 1),
                    HEADER("Content-Type: multipart/mixed; boundary=c\n", .kind = SCAN_MIXED,
                        .depth = 1, .serial = 2, .child = 1),
                    REFUSED("--b--\n", .depth = 2, .refusal = SCAN_UNTERMINATED),
                },
        },
        {
            .name = "refused: an inner boundary that is the outer one's close delimiter",
            .piece =
                {
                    ROOT,
                    DELIMITER("--b\n", .depth = 1, .serial = 1, .after = 1),
                    REFUSED("Content-Type: multipart/mixed; boundary=b--\n\n--b----\n--b--\n",
                        .depth = 1, .refusal = SCAN_BOUNDARY_PREFIX),
                },
        },
        {
            .name = "refused: a line that closes the inner one and is a delimiter of the outer one",
            .piece =
                {
                    HEADER("Content-Type: multipart/mixed; boundary=b--\n\n", .kind = SCAN_MIXED,
                        .serial = 1),
                    DELIMITER("--b--\n", .depth = 1, .serial = 1, .after = 1),
                    REFUSED("Content-Type: multipart/mixed; boundary=b\n\n--b--\n", .depth = 1,
                        .refusal = SCAN_BOUNDARY_PREFIX),
                },
        },
        {
            .name = "refused: the same boundary inside",
            .piece =
                {
                    ROOT,
                    DELIMITER("--b\n", .depth = 1, .serial = 1, .after = 1),
                    REFUSED("Content-Type: multipart/mixed; boundary=b\n\n--b--\n--b--\n",
                        .depth = 1, .refusal = SCAN_BOUNDARY_PREFIX),
                },
        },
        {
            .name = "refused: an innermost boundary is the outermost one",
            .piece =
                {
                    ROOT,
                    DELIMITER("--b\n", .depth = 1, .serial = 1, .after = 1),
                    HEADER("Content-Type: multipart/mixed; boundary=c\n\n", .kind = SCAN_MIXED,
                        .depth = 1, .serial = 2, .child = 1),
                    DELIMITER("--c\n", .depth = 2, .serial = 2, .after = 1),
                    REFUSED("Content-Type: multipart/mixed; boundary=b\n\n", .depth = 2,
                        .refusal = SCAN_BOUNDARY_PREFIX),
                },
        },
        {
            .name = "refused: a multipart that is really in base64",
            .piece =
                {
                    ROOT,
                    DELIMITER("--b\n", .depth = 1, .serial = 1, .after = 1),
                    HEADER("Content-Type: multipart/mixed; boundary=c\n"
                           "Content-Transfer-Encoding: base64\n\n",
                        .kind = SCAN_MIXED, .encoding = SCAN_BASE64, .depth = 1, .serial = 2,
                        .child = 1),
                    BETWEEN("LS1jCgp4Ci0tYy0tCg==", .depth = 2),
                    REFUSED("\n--b--\n", .depth = 2, .refusal = SCAN_ENCODED_COMPOSITE),
                },
        },
        {
            .name = "refused: a root that is really in quoted-printable",
            .piece =
                {
                    HEADER("Content-Type: multipart/mixed; boundary=\"=_b\"\n"
                           "Content-Transfer-Encoding: quoted-printable\n\n",
                        .kind = SCAN_MIXED, .encoding = SCAN_QUOTED_PRINTABLE, .serial = 1),
                    BETWEEN("--=3D_b\n\nx\n--=3D_b--\n", .depth = 1),
                    REFUSED("", .depth = 1, .refusal = SCAN_ENCODED_COMPOSITE),
                },
        },
        {
            .name = "refused: a multipart that says base64, stands plainly and has no end",
            .piece =
                {
                    HEADER("Content-Type: multipart/mixed; boundary=b\n"
                           "Content-Transfer-Encoding: base64\n\n",
                        .kind = SCAN_MIXED, .encoding = SCAN_BASE64, .serial = 1),
                    DELIMITER("--b\n", .depth = 1, .serial = 1, .after = 1),
                    HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 1),
                    BODY("x", .depth = 1, .child = 1),
                    REFUSED("", .depth = 1, .refusal = SCAN_UNTERMINATED),
                },
        },
        {
            .name = "refused: text after a boundary",
            .piece =
                {
                    ROOT,
                    BETWEEN("x", .depth = 1),
                    REFUSED("\n--b x\n--b--\n", .depth = 1, .refusal = SCAN_AMBIGUOUS_DELIMITER),
                },
        },
        {
            .name = "refused: a longer word that begins with a boundary",
            .piece =
                {
                    ROOT,
                    DELIMITER("--b\n", .depth = 1, .serial = 1, .after = 1),
                    HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 1),
                    REFUSED("--bc\n--b--\n", .depth = 1, .refusal = SCAN_AMBIGUOUS_DELIMITER),
                },
        },
        {
            .name = "refused: one hyphen after a boundary",
            .piece = {ROOT,
                REFUSED("--b-\n--b--\n", .depth = 1, .refusal = SCAN_AMBIGUOUS_DELIMITER)},
        },
        {
            .name = "refused: three hyphens after a boundary",
            .piece = {ROOT, REFUSED("--b---\n", .depth = 1, .refusal = SCAN_AMBIGUOUS_DELIMITER)},
        },
        {
            .name = "refused: a delimiter that is none ends the message",
            .piece = {ROOT, REFUSED("--b-", .depth = 1, .refusal = SCAN_AMBIGUOUS_DELIMITER)},
        },
        {
            .name = "refused: CR in a delimiter",
            .piece = {ROOT, BETWEEN("x", .depth = 1),
                REFUSED("\n--b\r\n", .depth = 1, .refusal = SCAN_CONTROL_IN_DELIMITER)},
        },
        {
            .name = "refused: CR in a close delimiter",
            .piece = {ROOT, REFUSED("--b--\r\n", .depth = 1, .refusal = SCAN_CONTROL_IN_DELIMITER)},
        },
        {
            .name = "refused: NUL in a delimiter",
            .piece = {ROOT, REFUSED("--b\0\n", .depth = 1, .refusal = SCAN_CONTROL_IN_DELIMITER)},
        },
        {
            .name = "refused: something like a delimiter in a header",
            .piece =
                {
                    ROOT,
                    DELIMITER("--b\n", .depth = 1, .serial = 1, .after = 1),
                    REFUSED(
                        "A: b\n--b: c\n\n--b--\n", .depth = 1, .refusal = SCAN_AMBIGUOUS_DELIMITER),
                },
        },
        {
            .name = "refused: two boundaries in one parameter list",
            .piece = {REFUSED("Content-Type: multipart/mixed; boundary=b; boundary=c\n\n",
                .refusal = SCAN_TWO_BOUNDARIES)},
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
	Suite *suite = suite_create("scan-refused");
	TCase *tcase = tcase_create("scan-refused");
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
