/*
 * test-sink-smtp.c - what an SMTP sink puts on the wire, and counts
 */
#include <check.h>
#include <errno.h>

#include "filter/sink.h"
#include "mime/base64.h"
#include "tests/scratch.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

enum { WIRE_MAX = 4 << 20 };

static struct sink sink, counter;

/* A connection. */
static struct wire {
	size_t len, room, calls;
	uint8_t bytes[WIRE_MAX];
} wire;

static int
write_wire(void *state, const uint8_t *p, size_t len)
{
	struct wire *w = state;

	ck_assert_uint_gt(len, 0);
	w->calls++;
	if (len > w->room - w->len) {
		return -EPIPE;
	}
	memcpy(w->bytes + w->len, p, len);
	w->len += len;
	return 0;
}

static void
begin(void)
{
	wire.len = wire.calls = 0;
	wire.room = WIRE_MAX;
	sink_to_smtp(&sink, write_wire, &wire);
	sink_to_counter(&counter, true);
}

static const struct row {
	const char *text, *wire;
} rows[] = {
    {"", ""},
    {"\n", "\r\n"},
    {"a", "a\r\n"},
    {"a\n", "a\r\n"},
    {"a\n\nb\n", "a\r\n\r\nb\r\n"},
    {".", "..\r\n"},
    {".\n", "..\r\n"},
    {"..\n", "...\r\n"},
    {"a.\n.b\n", "a.\r\n..b\r\n"},
    {"a\n.\n.\nb", "a\r\n..\r\n..\r\nb\r\n"},
    {"\n.\n\n.", "\r\n..\r\n\r\n..\r\n"},
    {"\200\377\t\n.\377", "\200\377\t\r\n..\377\r\n"},
};

/* In one write, a byte at a time, and cut at each place. */
START_TEST(lines_end_in_crlf_and_dots_are_stuffed)
{
	const struct row *r = &rows[_i];
	size_t len = strlen(r->text), want = strlen(r->wire);

	for (size_t cut = 0; cut <= len + 1; cut++) {
		begin();
		for (size_t at = 0; at < len;) {
			size_t n = cut == len + 1 ? 1 : at < cut ? cut - at : len - at;

			ck_assert_int_eq(sink_write(&sink, r->text + at, n), 0);
			ck_assert_int_eq(sink_write(&counter, r->text + at, n), 0);
			at += n;
		}
		ck_assert_int_eq(sink_end(&sink), 0);
		ck_assert_int_eq(sink_end(&counter), 0);
		ck_assert_msg(wire.len == want && memcmp(wire.bytes, r->wire, want) == 0,
		    "'%s', cut at %zu: '%.*s'", r->text, cut, (int)wire.len, (char *)wire.bytes);
		ck_assert_uint_eq(sink.wire, want);
		ck_assert_uint_eq(sink.bytes, len);
		ck_assert_uint_eq(counter.wire, want);
		ck_assert_uint_eq(counter.bytes, len);
	}
}
END_TEST

/* A message of many lines goes out in large blocks. */
START_TEST(a_long_message_is_whole)
{
	size_t lines = 40000, want = 0;
	uint8_t *expected = malloc(WIRE_MAX);
	char line[64];

	ck_assert_ptr_nonnull(expected);
	begin();
	for (size_t i = 0; i < lines; i++) {
		int n = snprintf(
		    line, sizeof(line), "%s%0*zu\n", i % 3 == 0 ? "." : "", (int)(i % 50), i);

		want += (size_t)sprintf(
		    (char *)expected + want, "%s%.*s\r\n", i % 3 == 0 ? "." : "", n - 1, line);
		ck_assert_int_eq(sink_write(&sink, line, (size_t)n), 0);
	}
	ck_assert_int_eq(sink_end(&sink), 0);
	ck_assert_uint_eq(wire.len, want);
	ck_assert_mem_eq(wire.bytes, expected, want);
	ck_assert_uint_eq(sink.wire, want);
	ck_assert_uint_le(wire.calls, want / SINK_LARGE + 2);
	free(expected);
}
END_TEST

/* By turns text and base64 that is encoded into the sink's own buffer. */
START_TEST(base64_is_filled_in_place)
{
	enum { BYTES = COPY_LINES * BASE64_LINE_BYTES };
	static uint8_t data[BYTES], lf[BYTES * 2];
	static const size_t sizes[] = {1, 57, 58, 171, BYTES, 1000, BYTES - 1, BYTES};

	for (size_t i = 0; i < BYTES; i++) {
		data[i] = (uint8_t)(i * 7 + (i >> 8));
	}
	begin();
	for (int i = 0; i < COUNT(sizes); i++) {
		size_t n = sizes[i], lines = (n + 56) / 57;
		size_t len = base64_encode_crlf(
		    data, n, sink_room(&sink, COPY_LINES * (BASE64_LINE_CHARS + 2)));
		size_t lf_len = base64_encode_lines(data, n, lf);

		/* the last line end is left out, as it is before a delimiter */
		ck_assert_int_eq(sink_fill(&sink, len - 2, lines - 1), 0);
		ck_assert_int_eq(sink_text(&sink, "\n.\n"), 0);
		sink_count(&counter, lf_len - 1, lines - 1);
		ck_assert_int_eq(sink_text(&counter, "\n.\n"), 0);
		ck_assert_uint_eq(counter.bytes, sink.bytes);
		ck_assert_uint_eq(counter.wire, sink.wire);
	}
	ck_assert_int_eq(sink_end(&sink), 0);
	ck_assert_uint_eq(wire.len, sink.wire);
	ck_assert_mem_eq(wire.bytes, "AA==\r\n..\r\nAAcOFR", 16);
	/* no LF without its CR, and no CR without its LF */
	for (size_t i = 0; i < wire.len; i++) {
		ck_assert_int_eq(wire.bytes[i] == '\n', i > 0 && wire.bytes[i - 1] == '\r');
	}
}
END_TEST

START_TEST(a_cr_is_an_error_that_stays)
{
	static const char *const texts[] = {"\r", "a\rb\n", "a\r\n", "a\n\r"};

	for (int i = 0; i < COUNT(texts); i++) {
		begin();
		ck_assert_int_eq(sink_text(&sink, "before\n"), 0);
		ck_assert_int_eq(sink_text(&sink, texts[i]), -EILSEQ);
		ck_assert_int_eq(sink.error, -EILSEQ);
		ck_assert_int_eq(sink_text(&sink, "after\n"), -EILSEQ);
		ck_assert_int_eq(sink_end(&sink), -EILSEQ);
		ck_assert_uint_eq(wire.len, 0);
		ck_assert_int_eq(sink_text(&counter, texts[i]), -EILSEQ);
	}
}
END_TEST

START_TEST(a_connection_that_breaks_is_an_error_that_stays)
{
	begin();
	wire.room = 100;
	for (int i = 0; i < 100000; i++) {
		sink_text(&sink, "a line\n");
	}
	ck_assert_int_eq(sink.error, -EPIPE);
	ck_assert_uint_eq(wire.calls, 1);
	ck_assert_int_eq(sink_end(&sink), -EPIPE);
	ck_assert_uint_eq(wire.calls, 1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("sink-smtp");
	TCase *tc = tcase_create("sink-smtp");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, lines_end_in_crlf_and_dots_are_stuffed, 0, COUNT(rows));
	tcase_add_test(tc, a_long_message_is_whole);
	tcase_add_test(tc, base64_is_filled_in_place);
	tcase_add_test(tc, a_cr_is_an_error_that_stays);
	tcase_add_test(tc, a_connection_that_breaks_is_an_error_that_stays);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
