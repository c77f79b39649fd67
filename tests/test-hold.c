/*
 * test-hold.c - a message read twice: from memory, from a spill, from a file in place
 */
#include <check.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "filter/hold.h"
#include "filter/spool-prover.h"
#include "tests/scratch.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static const size_t sizes[] = {
    1,
    100,
    HOLD_MEMORY - 1,
    HOLD_MEMORY,
    HOLD_MEMORY + 1,
    HOLD_MEMORY + HOLD_CHUNK,
    HOLD_HEADER - 1,
    HOLD_HEADER,
    HOLD_HEADER + 1,
    3 * HOLD_HEADER + 17,
};

static struct hold hold;
static struct refusal why;
static struct spool_prover spool;
static struct prover prover;

static void
begin_spool(void)
{
	struct key key;
	struct spool *opened = scratch_spool(&key);

	spool_close(&opened);
	ck_assert_int_eq(
	    spool_prover_open(&spool, "spool", 29000000 * EXPIRY_UNIT, &prover, &why), 0);
}

/* A message of so many bytes, whose header has `header` of them. */
static uint8_t *
made(size_t len, size_t header)
{
	uint8_t *p = malloc(len);

	ck_assert_ptr_nonnull(p);
	for (size_t i = 0; i < len; i++) {
		p[i] = (uint8_t)(i < header ? 'A' + i % 26 : i * 7 + (i >> 10));
	}
	if (header >= 2) {
		memcpy(p + header - 2, "\n\n", 2);
	}
	return p;
}

/* The reading end of a pipe into which a child writes, in pieces. */
static int
piped(const uint8_t *p, size_t len, size_t piece)
{
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	if (fork() == 0) {
		close(fds[0]);
		for (size_t at = 0; at < len;) {
			ssize_t n = write(fds[1], p + at, len - at < piece ? len - at : piece);

			if (n < 0) {
				_exit(1);
			}
			at += (size_t)n;
		}
		_exit(0);
	}
	close(fds[1]);
	return fds[0];
}

/* Reads all that is held, from the start, and in large strides again. */
static void
check_held(const char *way, const uint8_t *want, size_t len)
{
	const uint8_t *p;
	uint64_t at = 0;
	ssize_t n;

	ck_assert_msg(
	    hold.size == len, "%s: %zu bytes, held %lu", way, len, (unsigned long)hold.size);
	while ((n = hold_read(&hold, at, &p, &why)) > 0) {
		ck_assert_msg((size_t)n <= len - at && memcmp(p, want + at, (size_t)n) == 0,
		    "%s: %zu bytes, at %lu", way, len, (unsigned long)at);
		at += (uint64_t)n;
	}
	ck_assert_msg(n == 0 && at == len, "%s: %zu bytes, ends at %lu with %zd", way, len,
	    (unsigned long)at, n);
	for (at = 0; at < len; at += 99991) {
		n = hold_read(&hold, at, &p, &why);
		ck_assert_msg(n > 0 && p[0] == want[at], "%s: %zu bytes, at %lu again", way, len,
		    (unsigned long)at);
	}
}

/* Holds what was begun, and compares. */
static void
hold_rest_of(const char *way, const uint8_t *p, size_t len, size_t header)
{
	ck_assert_msg(hold_header(&hold, &why) == 0, "%s: %zu bytes, header refused: %d", way, len,
	    (int)why.reason);
	ck_assert_msg(
	    hold.header_len == header, "%s: %zu bytes, header of %zu", way, len, hold.header_len);
	ck_assert_msg(hold_rest(&hold, &prover, &why) == 0, "%s: %zu bytes, refused: %d", way, len,
	    (int)why.reason);
	check_held(way, p, len);
	hold_end(&hold);
	hold_end(&hold);
}

static void
hold_one(const char *way, int fd, const uint8_t *p, size_t len, size_t header)
{
	hold_begin(&hold, fd, "input");
	hold_rest_of(way, p, len, header);
	close(fd);
	while (wait(NULL) > 0) {
	}
}

START_TEST(held_in_any_way_it_is_the_same)
{
	size_t len = sizes[_i], header = len < 2 ? len : len < 10000 ? len / 2 : 5000;
	uint8_t *p = made(len, header);
	int fd;

	scratch_begin();
	begin_spool();
	hold_one("a pipe", piped(p, len, len), p, len, header);
	hold_one("a pipe, a little at a time", piped(p, len, len / 300 + 1), p, len, header);
	fd = piped(p, len, len / 7 + 1);
	ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	hold_one("a pipe that does not block", fd, p, len, header);
	fd = memfd_create("file", MFD_CLOEXEC);
	ck_assert_int_eq(write(fd, "before", 6), 6);
	ck_assert_int_eq(write(fd, p, len), (ssize_t)len);
	ck_assert_int_eq(lseek(fd, 6, SEEK_SET), 6);
	hold_one("a file, not from its start", fd, p, len, header);
	hold_begin_memory(&hold, p, len, "input");
	hold_rest_of("memory", p, len, header);
	free(p);
	spool_prover_close(&spool);
	scratch_end();
}
END_TEST

static const struct header_row {
	const char *name, *text;
	size_t header_len;
} headers[] = {
    {.name = "an empty line first", .text = "\nA: b\n\nx", .header_len = 1},
    {.name = "a field", .text = "A: b\n\nx\n\ny", .header_len = 6},
    {.name = "no empty line", .text = "A: b\nC: d\n", .header_len = 10},
    {.name = "no line end", .text = "A: b", .header_len = 4},
    {.name = "CR LF", .text = "A: b\r\n\r\nx\n\n", .header_len = 8},
    {.name = "white space is no empty line", .text = "A: b\n \n\t\n\nx", .header_len = 10},
    {.name = "CR on a line is not the end of a header",
        .text = "A: b\r\rC: d\n\n",
        .header_len = 12},
};

/* Waits until nothing is left in the pipe, or its reader is gone. */
static void
until_read(int fd)
{
	struct pollfd gone = {.fd = fd};
	int unread;

	while (ioctl(fd, FIONREAD, &unread) == 0 && unread > 0 && poll(&gone, 1, 0) == 0) {
		sched_yield();
	}
}

START_TEST(a_header_ends_at_its_empty_line_however_it_comes)
{
	const struct header_row *r = &headers[_i];
	size_t len = strlen(r->text);

	for (size_t piece = 1; piece <= len; piece++) {
		int fds[2];

		ck_assert_int_eq(pipe(fds), 0);
		if (fork() == 0) {
			close(fds[0]);
			for (size_t at = 0; at < len; at += piece) {
				size_t n = len - at < piece ? len - at : piece;

				if (write(fds[1], r->text + at, n) != (ssize_t)n) {
					_exit(1);
				}
				until_read(fds[1]);
			}
			_exit(0);
		}
		close(fds[1]);
		hold_begin(&hold, fds[0], "input");
		ck_assert_msg(hold_header(&hold, &why) == 0 && hold.header_len == r->header_len,
		    "%s: pieces of %zu: %zu", r->name, piece, hold.header_len);
		close(fds[0]);
		while (wait(NULL) > 0) {
		}
	}
}
END_TEST

START_TEST(too_large_too_little_and_gone)
{
	uint8_t *p = malloc(HOLD_HEADER);
	const uint8_t *at;
	int fd;

	scratch_begin();
	begin_spool();
	/* nothing */
	hold_begin(&hold, piped(p, 0, 1), "input");
	ck_assert_int_eq(hold_header(&hold, &why), -1);
	ck_assert_int_eq(why.reason, REFUSED_EMPTY);
	/* a header without end */
	memset(p, 'x', HOLD_HEADER);
	hold_begin(&hold, piped(p, HOLD_HEADER, HOLD_HEADER), "input");
	ck_assert_int_eq(hold_header(&hold, &why), -1);
	ck_assert_int_eq(why.reason, REFUSED_HEADER_TOO_LARGE);
	/* what is no input */
	hold_begin(&hold, -1, "input");
	ck_assert_int_eq(hold_header(&hold, &why), -1);
	ck_assert_int_eq(why.reason, REFUSED_IO);
	/* a file at and over the limit */
	for (int over = 0; over < 2; over++) {
		fd = memfd_create("large", MFD_CLOEXEC);
		ck_assert_int_eq(write(fd, "A: b\n\n", 6), 6);
		ck_assert_int_eq(ftruncate(fd, HOLD_MAX + over), 0);
		ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
		hold_begin(&hold, fd, "input");
		ck_assert_int_eq(hold_header(&hold, &why), 0);
		ck_assert_int_eq(hold_rest(&hold, &prover, &why), -over);
		ck_assert(!over || why.reason == REFUSED_TOO_LARGE);
		if (!over) {
			/* and one that is cut while it is read */
			ck_assert_int_eq(ftruncate(fd, HOLD_HEADER + 10), 0);
			ck_assert_int_eq(hold_read(&hold, 2 * HOLD_HEADER, &at, &why), -1);
			ck_assert_int_eq(why.reason, REFUSED_CHANGED);
		}
		close(fd);
	}
	/* a spill where there is no room for one */
	ck_assert_int_eq(rename("spool/spill", "spool/elsewhere"), 0);
	memcpy(p, "A: b\n\n", 6);
	hold_begin(&hold, piped(p, HOLD_HEADER, HOLD_HEADER), "input");
	ck_assert_int_eq(hold_header(&hold, &why), 0);
	ck_assert_int_eq(hold_rest(&hold, &prover, &why), -1);
	ck_assert_int_eq(why.reason, REFUSED_SPOOL);
	hold_end(&hold);
	free(p);
	spool_prover_close(&spool);
	scratch_end();
}
END_TEST

START_TEST(a_pipe_of_more_than_the_limit)
{
	size_t len = HOLD_MAX + 1;
	uint8_t *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ck_assert(p != MAP_FAILED);
	memcpy(p, "A: b\n\n", 6);
	scratch_begin();
	begin_spool();
	for (int over = 0; over < 2; over++) {
		hold_begin(&hold, piped(p, len - 1 + (size_t)over, len), "input");
		ck_assert_int_eq(hold_header(&hold, &why), 0);
		ck_assert_int_eq(hold_rest(&hold, &prover, &why), -over);
		ck_assert(!over || why.reason == REFUSED_TOO_LARGE);
		close(hold.in);
		hold_end(&hold);
		while (wait(NULL) > 0) {
		}
	}
	spool_prover_close(&spool);
	scratch_end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("hold");
	TCase *tc = tcase_create("hold");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, held_in_any_way_it_is_the_same, 0, COUNT(sizes));
	tcase_add_loop_test(
	    tc, a_header_ends_at_its_empty_line_however_it_comes, 0, COUNT(headers));
	tcase_add_test(tc, too_large_too_little_and_gone);
	tcase_add_test(tc, a_pipe_of_more_than_the_limit);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
