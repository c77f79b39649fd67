/*
 * test-scan-limits.c - the scanner at its limits, and with messages of 100 MB, in linear time
 */
#include <stdlib.h>

#include "tests/scan-rows.h"

/* A message made on the fly, a block at a time, so that it need not be held. */
struct maker {
	const char *head;
	const char *again; /* so many times */
	uint64_t times;
	const char *tail;
};

struct tally {
	enum scan_event last;
	uint64_t bytes, headers, delimiters, body_events;
	uint32_t children; /* of the root */
};

enum { BLOCK = 64 * 1024 };

static size_t
make_block(struct maker *m, uint8_t block[BLOCK])
{
	size_t n = 0, unit = strlen(m->again);

	if (m->head != NULL) {
		n = strlen(m->head);
		memcpy(block, m->head, n);
		m->head = NULL;
	}
	while (m->times > 0 && unit <= BLOCK - n) {
		memcpy(block + n, m->again, unit);
		n += unit;
		m->times--;
	}
	if (m->times == 0 && m->tail != NULL && strlen(m->tail) <= BLOCK - n) {
		memcpy(block + n, m->tail, strlen(m->tail));
		n += strlen(m->tail);
		m->tail = NULL;
	}
	return n;
}

static struct tally
scan_made(struct maker m)
{
	static struct scan scan;
	static uint8_t block[BLOCK];
	struct tally t = {.bytes = 0};
	size_t n;

	scan_begin(&scan);
	for (;;) {
		t.last = scan_next(&scan);
		switch (t.last) {
		case SCAN_MORE:
			n = make_block(&m, block);
			if (n > 0) {
				scan_feed(&scan, block, n);
			} else {
				scan_eof(&scan);
			}
			break;
		case SCAN_HEADER:
			t.headers++;
			break;
		case SCAN_DELIMITER:
			t.delimiters++;
			t.children = scan.open[0].child;
			break;
		case SCAN_BODY:
		case SCAN_BETWEEN:
			t.body_events++;
			break;
		case SCAN_END:
		case SCAN_REFUSED:
			return t;
		}
		t.bytes += scan.len;
		scan.len = 0;
	}
}

#define MIXED "Content-Type: multipart/mixed; boundary=b\n\n--b\n"

START_TEST(a_million_parts_in_one_multipart)
{
	struct tally t = scan_made((struct maker){
	    .head = MIXED, .again = "\nx\n--b\n", .times = 1000000, .tail = "\n--b--\n"});

	ck_assert_int_eq(t.last, SCAN_END);
	ck_assert_uint_eq(t.headers, 1000002);
	ck_assert_uint_eq(t.children, 1000001);
	ck_assert_uint_eq(t.bytes, sizeof(MIXED) - 1 + 7 * 1000000 + 7);
}
END_TEST

START_TEST(a_million_multiparts_one_after_the_other)
{
	struct tally t = scan_made((struct maker){
	    .head = MIXED,
	    .again = "Content-Type: multipart/mixed; boundary=c\n\n--c--\n--b\n",
	    .times = 1000000,
	    .tail = "\n--b--\n",
	});

	ck_assert_int_eq(t.last, SCAN_END);
	ck_assert_uint_eq(t.headers, 1000002);
	ck_assert_uint_eq(t.delimiters, 2000002);
}
END_TEST

START_TEST(a_line_of_100_megabytes_takes_a_block_at_a_time)
{
	struct tally t = scan_made((struct maker){
	    .head = MIXED "\n", .again = "0123456789", .times = 10 << 20, .tail = "\n--b--\n"});

	ck_assert_int_eq(t.last, SCAN_END);
	ck_assert_uint_eq(t.delimiters, 2);
	ck_assert_uint_eq(t.bytes, sizeof(MIXED) - 1 + 1 + ((uint64_t)100 << 20) + 7);
	ck_assert_uint_le(t.body_events, 2 * ((100 << 20) / BLOCK + 1));
}
END_TEST

START_TEST(a_line_of_100_megabytes_that_begins_like_a_delimiter)
{
	struct tally t = scan_made((struct maker){
	    .head = MIXED "\n--", .again = "0123456789", .times = 10 << 20, .tail = "\n--b--\n"});

	ck_assert_int_eq(t.last, SCAN_END);
	ck_assert_uint_eq(t.delimiters, 2);
	t = scan_made((struct maker){
	    .head = MIXED "\n--b", .again = "          ", .times = 10 << 20, .tail = "\n--b--\n"});
	ck_assert_int_eq(t.last, SCAN_REFUSED);
}
END_TEST

START_TEST(many_lines_that_begin_like_delimiters_with_100_open)
{
	static char head[NESTING_MAX * 128], *p = head;
	struct tally t;

	for (int i = 0; i < NESTING_MAX; i++) {
		p += sprintf(p,
		    "Content-Type: multipart/mixed; "
		    "boundary=%03dxxxxxxxxxxxxx\n\n--%03dxxxxxxxxxxxxx\n",
		    i, i);
		ck_assert(p < head + sizeof(head) - 100);
	}
	strcpy(p, "\n");
	t = scan_made((struct maker){.head = head, .again = "--\n", .times = 1000000, .tail = ""});
	ck_assert_int_eq(t.last, SCAN_REFUSED);
	ck_assert_uint_eq(t.bytes, strlen(head) + 3000000);
}
END_TEST

/* depth multiparts, one in the other; each closed if `closed`. */
static struct tally
scan_nested(int depth, bool closed, enum scan_refusal *refusal)
{
	static struct scan scan;
	char *text = malloc((size_t)depth * 80 + 1), *p = text;
	struct tally t = {.last = SCAN_MORE};

	ck_assert_ptr_nonnull(text);
	for (int i = 0; i < depth; i++) {
		p += sprintf(p, "Content-Type: multipart/mixed; boundary=%04d\n\n--%04d\n", i, i);
	}
	for (int i = depth; closed && i-- > 0;) {
		p += sprintf(p, "\n--%04d--\n", i);
	}
	scan_begin(&scan);
	scan_feed(&scan, (uint8_t *)text, (size_t)(p - text));
	do {
		t.last = scan_next(&scan);
		if (t.last == SCAN_MORE) {
			scan_eof(&scan);
		}
	} while (t.last != SCAN_END && t.last != SCAN_REFUSED);
	*refusal = scan.refusal;
	free(text);
	return t;
}

START_TEST(a_hundred_nested_multiparts_and_no_more)
{
	enum scan_refusal refusal;

	ck_assert_int_eq(scan_nested(NESTING_MAX, true, &refusal).last, SCAN_END);
	ck_assert_int_eq(scan_nested(NESTING_MAX + 1, true, &refusal).last, SCAN_REFUSED);
	ck_assert_int_eq(refusal, SCAN_NESTING);
	ck_assert_int_eq(scan_nested(1000, true, &refusal).last, SCAN_REFUSED);
	ck_assert_int_eq(refusal, SCAN_NESTING);
	ck_assert_int_eq(scan_nested(NESTING_MAX, false, &refusal).last, SCAN_REFUSED);
	ck_assert_int_eq(refusal, SCAN_UNTERMINATED);
}
END_TEST

/* A text of so many bytes between two others, cut at all places that could matter. */
static void
check_around(const char *before, char fill, size_t times, const char *after, enum scan_event last,
    enum scan_refusal refusal)
{
	static struct scan scan;
	size_t len = strlen(before) + times + strlen(after), at = strlen(before);
	uint8_t *text = malloc(len);
	struct slices s;

	ck_assert_ptr_nonnull(text);
	memcpy(text, before, at);
	memset(text + at, fill, times);
	memcpy(text + at + times, after, strlen(after));
	for (size_t way = 0; slices_begin(&s, text, len, way); way++) {
		enum scan_event event;

		/* 1: byte by byte; way n cuts at n - 1 */
		if (way > at + 80 && way + 80 < at + times && way % 101 != 0) {
			continue;
		}
		scan_begin(&scan);
		do {
			event = next_event(&scan, &s);
		} while (event != SCAN_END && event != SCAN_REFUSED);
		ck_assert_msg(event == last, "%zu, %s: event %d", times, s.way, (int)event);
		ck_assert_msg(last == SCAN_END || scan.refusal == refusal, "%zu, %s: refusal %d",
		    times, s.way, (int)scan.refusal);
		slices_end(&s);
	}
	free(text);
}

START_TEST(a_delimiter_line_has_a_limit)
{
	check_around(MIXED "\n--b--", ' ', DELIMITER_LINE_MAX - 5, "\n", SCAN_END, 0);
	check_around(MIXED "\n--b--", ' ', DELIMITER_LINE_MAX - 5, "", SCAN_END, 0);
	check_around(MIXED "\n--b--", ' ', DELIMITER_LINE_MAX - 4, "\n", SCAN_REFUSED,
	    SCAN_AMBIGUOUS_DELIMITER);
	check_around(MIXED "\nx\n--b--", '\t', DELIMITER_LINE_MAX - 4, "\n", SCAN_REFUSED,
	    SCAN_AMBIGUOUS_DELIMITER);
	/* What stands after the limit does not change the reason. */
	check_around(MIXED "\n--b--", ' ', DELIMITER_LINE_MAX + 4, "\r\n", SCAN_REFUSED,
	    SCAN_AMBIGUOUS_DELIMITER);
}
END_TEST

START_TEST(a_header_has_a_limit)
{
	enum { LINE = sizeof("A: ") - 1 + sizeof("\n\n") - 1 };

	static struct scan scan;
	uint8_t *text = malloc(HEADER_MAX + 1);

	ck_assert_ptr_nonnull(text);
	for (int over = 0; over < 2; over++) {
		size_t len = HEADER_MAX + (size_t)over;

		memset(text, 'x', len);
		memcpy(text, "A: ", 3);
		memcpy(text + len - 2, "\n\n", 2);
		for (size_t step = 1; step < 2 * len; step = step * 3 + 1) {
			enum scan_event event = SCAN_MORE;

			scan_begin(&scan);
			for (size_t at = 0; event == SCAN_MORE && at < len; at += step) {
				scan_feed(&scan, text + at, len - at < step ? len - at : step);
				event = scan_next(&scan);
			}
			ck_assert_int_eq(event, over ? SCAN_REFUSED : SCAN_HEADER);
			if (over) {
				ck_assert_int_eq(scan.refusal, SCAN_HEADER_TOO_LARGE);
			} else {
				ck_assert_uint_eq(scan.len, len);
			}
		}
	}
	free(text);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("scan-limits");
	TCase *tcase = tcase_create("scan-limits");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, a_delimiter_line_has_a_limit);
	tcase_add_test(tcase, a_header_has_a_limit);
	/* Slow machines and sanitizers; anything quadratic takes hours. */
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_million_parts_in_one_multipart);
	tcase_add_test(tcase, a_million_multiparts_one_after_the_other);
	tcase_add_test(tcase, a_line_of_100_megabytes_takes_a_block_at_a_time);
	tcase_add_test(tcase, a_line_of_100_megabytes_that_begins_like_a_delimiter);
	tcase_add_test(tcase, many_lines_that_begin_like_delimiters_with_100_open);
	tcase_add_test(tcase, a_hundred_nested_multiparts_and_no_more);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
