/*
 * test-attachment.c - a blob's way out: every size, every alteration, messages as they are
 *
 * Also what becomes of a copy into a counter, and the last block, which is held
 * back until the content has proved to be what was stored.
 *
 * Not here: tokens, entries and missing blobs (test-plan.c)
 */
#include <check.h>
#include <errno.h>
#include <sys/mman.h>

#include "filter/attachment.h"
#include "filter/boundary.h"
#include "mime/base64.h"
#include "spool/checksum.h"
#include "tests/scratch.h"
#include "tests/slices.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

enum { BLOCK_IN = COPY_IN, BLOCK_OUT = COPY_LINES * (BASE64_LINE_CHARS + 1) };

static const size_t sizes[] = {
    0,
    1,
    2,
    3,
    56,
    57,
    58,
    113,
    114,
    115,
    1000,
    BLOCK_IN - 1,
    BLOCK_IN,
    BLOCK_IN + 1,
    BLOCK_IN + 57,
    2 * BLOCK_IN,
    5 * BLOCK_IN + 1234,
};

static struct sink sink;
static struct copy_buffer buffer;
static struct boundaries boundaries;

static uint8_t *
made(size_t len)
{
	uint8_t *p = malloc(len + 1);

	ck_assert_ptr_nonnull(p);
	for (size_t i = 0; i < len; i++) {
		p[i] = (uint8_t)(i * 7 + (i >> 8) * 13);
	}
	return p;
}

/* An attachment whose blob holds `len` bytes and whose entry describes `was`. */
static struct proof
attach(const void *is, size_t len, const void *was, size_t was_len, bool message)
{
	struct proof a = {.fd = memfd_create("blob", MFD_CLOEXEC)};
	struct checksum sum;

	ck_assert_int_eq(write(a.fd, is, len), (ssize_t)len);
	checksum_begin(&sum);
	checksum_add(&sum, was, was_len);
	checksum_end(&sum, a.entry.checksum);
	a.entry.size = was_len;
	a.entry.message = message;
	for (size_t i = 0; message && i < was_len; i++) {
		a.entry.crs += ((const uint8_t *)was)[i] == '\r';
	}
	return a;
}

struct copied {
	int result;
	enum refusal_reason reason;
	size_t len;
	uint8_t *bytes;
};

static struct copied
copy(struct proof *a)
{
	struct refusal why = {.reason = REFUSED_NOT};
	struct copied c = {.len = 0};
	int fd = memfd_create("out", MFD_CLOEXEC);

	sink_to_fd(&sink, fd);
	c.result = attachment_copy(a, &boundaries, &buffer, &sink, &why);
	c.reason = why.reason;
	ck_assert_int_eq(sink_end(&sink), 0);
	c.len = (size_t)lseek(fd, 0, SEEK_CUR);
	c.bytes = malloc(c.len + 1);
	ck_assert_int_eq(pread(fd, c.bytes, c.len, 0), (ssize_t)c.len);
	close(fd);
	if (c.result == 0) {
		ck_assert_uint_eq(c.len, attachment_size(a));
		ck_assert_uint_eq(sink.bytes, c.len);
		sink_to_counter(&sink, false);
		ck_assert_int_eq(attachment_copy(a, &boundaries, &buffer, &sink, &why), 0);
		ck_assert_uint_eq(sink.bytes, c.len);
	}
	close(a->fd);
	return c;
}

START_TEST(every_size_is_encoded_whole)
{
	size_t len = sizes[_i], want_len = base64_encoded_size(len);
	uint8_t *data = made(len), *want = malloc(want_len + 1);
	struct proof a = attach(data, len, data, len, false);
	struct copied c = copy(&a);

	ck_assert_int_eq(c.result, 0);
	base64_encode_lines(data, len, want);
	ck_assert_uint_eq(c.len, want_len - (len > 0));
	if (c.len > 0) {
		ck_assert_mem_eq(c.bytes, want, c.len);
	}
	ck_assert(attachment_owes_lf(&a));
	free(data);
	free(want);
	free(c.bytes);
}
END_TEST

/* One byte changed, one missing, one too many: the last block stays here. */
START_TEST(content_that_was_altered_never_gets_its_end)
{
	size_t len = sizes[_i];
	uint8_t *data = made(len), *was = made(len);
	struct {
		size_t len, change;
		enum refusal_reason reason;
	} tries[] = {
	    {len, 0, REFUSED_BLOB_CONTENT},
	    {len, len / 2, REFUSED_BLOB_CONTENT},
	    {len, len - 1, REFUSED_BLOB_CONTENT},
	    {len - 1, SIZE_MAX, REFUSED_BLOB_SIZE},
	    {0, SIZE_MAX, REFUSED_BLOB_SIZE},
	    {len + 1, SIZE_MAX, REFUSED_BLOB_SIZE},
	};

	for (size_t t = 0; t < sizeof(tries) / sizeof(tries[0]); t++) {
		struct proof a;
		struct copied c;

		if (len == 0 && t != 5) {
			continue;
		}
		if (tries[t].change != SIZE_MAX) {
			data[tries[t].change] ^= 0x10;
		}
		a = attach(data, tries[t].len, was, len, false);
		c = copy(&a);
		ck_assert_msg(c.result == -1 && c.reason == tries[t].reason,
		    "size %zu, try %zu: %d, reason %d", len, t, c.result, (int)c.reason);
		ck_assert_msg(c.len <= (len == 0 ? 0 : (len - 1) / BLOCK_IN * BLOCK_OUT),
		    "size %zu, try %zu: %zu bytes are out", len, t, c.len);
		if (tries[t].change != SIZE_MAX) {
			data[tries[t].change] ^= 0x10;
		}
		free(c.bytes);
	}
	free(data);
	free(was);
}
END_TEST

static const struct message_row {
	const char *name, *is, *want;
	enum refusal_reason reason;
} messages[] = {
    {.name = "empty", .is = "", .want = ""},
    {.name = "LF", .is = "A: b\n\nx\n.\n-- \nFrom \n", .want = "A: b\n\nx\n.\n-- \nFrom \n"},
    {.name = "CR LF", .is = "A: b\r\n\r\nx\r\n", .want = "A: b\n\nx\n"},
    {.name = "no line end at the end", .is = "A: b\r\n\r\nx", .want = "A: b\n\nx"},
    {.name = "lines like delimiters of another",
        .is = "A: b\n\n--=_g\n--=_gx\n--b\n--b--\n",
        .want = "A: b\n\n--=_g\n--=_gx\n--b\n--b--\n"},
    {.name = "our boundary, not at the start of a line",
        .is = "A: b\n\n --@1\n-@1\nx--@1--\n",
        .want = "A: b\n\n --@1\n-@1\nx--@1--\n"},
    {.name = "our boundary, on a line of its own",
        .is = "A: b\n\n--@1\n",
        .reason = REFUSED_COLLISION},
    {.name = "our boundary, closed", .is = "A: b\n\n--@2--\n", .reason = REFUSED_COLLISION},
    {.name = "our boundary, as a prefix", .is = "A: b\n\n--@2xyz", .reason = REFUSED_COLLISION},
    {.name = "our boundary, in CR LF", .is = "A: b\r\n\r\n--@1\r\n", .reason = REFUSED_COLLISION},
    {.name = "our boundary, first of all", .is = "--@1", .reason = REFUSED_COLLISION},
    {.name = "all of it but the last character", .is = "--@1<\n", .want = "--@1<\n"},
};

/* Fills in our boundaries for `@1` and `@2`; `<` takes the last character away. */
static size_t
fill(const char *text, uint8_t *out)
{
	size_t n = 0;

	for (; *text != '\0'; text++) {
		if (*text == '@') {
			memcpy(out + n, boundaries.text[*++text - '1'], BOUNDARY_CHARS);
			n += BOUNDARY_CHARS;
		} else if (*text == '<') {
			n--;
		} else {
			out[n++] = (uint8_t)*text;
		}
	}
	return n;
}

static void
begin_boundaries(void)
{
	uint8_t secret[SHA256_BYTES] = {1};

	boundaries.count = 0;
	ck_assert_int_eq(boundaries_mark(&boundaries, 1), 0);
	ck_assert_int_eq(boundaries_mark(&boundaries, 2), 0);
	boundaries_derive(&boundaries, secret);
}

START_TEST(a_message_goes_out_as_it_is_or_not_at_all)
{
	const struct message_row *r = &messages[_i];
	uint8_t is[512], want[512];
	size_t len, want_len;
	struct proof a;
	struct copied c;

	begin_boundaries();
	len = fill(r->is, is);
	a = attach(is, len, is, len, true);
	c = copy(&a);
	if (r->want == NULL) {
		ck_assert_msg(c.result == -1 && c.reason == r->reason, "%s: %d, reason %d", r->name,
		    c.result, (int)c.reason);
		ck_assert_msg(c.len == 0, "%s: %zu bytes", r->name, c.len);
	} else {
		want_len = fill(r->want, want);
		ck_assert_msg(c.result == 0 && c.len == want_len, "%s: reason %d, %zu bytes",
		    r->name, (int)c.reason, c.len);
		if (want_len > 0) {
			ck_assert_mem_eq(c.bytes, want, want_len);
		}
		ck_assert(!attachment_owes_lf(&a));
	}
	free(c.bytes);
}
END_TEST

/* A line may begin in one block and end in the next. */
START_TEST(a_boundary_of_ours_is_seen_across_blocks)
{
	size_t len = 2 * BLOCK_IN + 100;
	uint8_t *data = malloc(len), line[64];
	size_t n;

	begin_boundaries();
	n = fill("\n--@2", line);
	for (size_t at = BLOCK_IN - 40; at <= BLOCK_IN + 2; at++) {
		for (int hit = 0; hit < 2; hit++) {
			struct proof a;
			struct copied c;

			memset(data, 'x', len);
			memcpy(data + at, line, n);
			data[at] = hit ? '\n' : 'x';
			a = attach(data, len, data, len, true);
			c = copy(&a);
			ck_assert_msg(c.result == (hit ? -1 : 0), "at %zu: %d", at, c.result);
			ck_assert_msg(!hit || c.reason == REFUSED_COLLISION, "at %zu: reason %d",
			    at, (int)c.reason);
			ck_assert_msg(!hit || memmem(c.bytes, c.len, line, n) == NULL,
			    "at %zu: it is out", at);
			free(c.bytes);
		}
	}
	free(data);
}
END_TEST

START_TEST(a_message_with_other_line_ends_than_its_entry_says)
{
	static const char is[] = "A: b\r\n\r\nx\n";
	struct proof a = attach(is, sizeof(is) - 1, is, sizeof(is) - 1, true);
	struct copied c;

	a.entry.crs = 1;
	c = copy(&a);
	ck_assert_int_eq(c.result, -1);
	ck_assert_int_eq(c.reason, REFUSED_ENTRY_DAMAGED);
	free(c.bytes);
}
END_TEST

START_TEST(a_sink_that_takes_nothing)
{
	struct refusal why = {.reason = REFUSED_NOT};
	uint8_t *data = made(BLOCK_IN * 2);
	struct proof a = attach(data, BLOCK_IN * 2, data, BLOCK_IN * 2, false);
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	sink_to_fd(&sink, fd);
	ck_assert_int_eq(attachment_copy(&a, &boundaries, &buffer, &sink, &why), -1);
	ck_assert_int_eq(why.reason, REFUSED_IO);
	ck_assert_int_eq(why.fail.error, ENOSPC);
	close(fd);
	close(a.fd);
	free(data);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("attachment");
	TCase *tc = tcase_create("attachment");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, every_size_is_encoded_whole, 0, COUNT(sizes));
	tcase_add_loop_test(tc, content_that_was_altered_never_gets_its_end, 0, COUNT(sizes));
	tcase_add_loop_test(tc, a_message_goes_out_as_it_is_or_not_at_all, 0, COUNT(messages));
	tcase_add_test(tc, a_boundary_of_ours_is_seen_across_blocks);
	tcase_add_test(tc, a_message_with_other_line_ends_than_its_entry_says);
	tcase_add_test(tc, a_sink_that_takes_nothing);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
