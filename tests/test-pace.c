/*
 * test-pace.c - long writes, until the reader is seen to have a CPU of its own
 *
 * This process reads from its own pipe. While it has not been off its CPU that
 * looks as if somebody else had read; a row in which it was, by the scheduler's
 * will, says nothing and is tried again.
 */
#include <check.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

#include "filter/limits.h"
#include "filter/pace.h"
#include "tests/scratch.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

enum { BLOCK = 3 * PACE_STOCK };

static uint8_t bytes[BLOCK];

static long
switches(void)
{
	struct rusage r;

	ck_assert_int_eq(getrusage(RUSAGE_SELF, &r), 0);
	return r.ru_nvcsw + r.ru_nivcsw;
}

static void
be_off_the_cpu(void)
{
	long before = switches();

	for (struct timespec t = {.tv_nsec = 1000000}; switches() == before;) {
		nanosleep(&t, NULL);
	}
}

/* A block is written, then `taken` bytes of it are read, with or without a pause. False: the
 * scheduler had its will. */
static bool
after_a_block(size_t taken, bool pause, struct pace *p)
{
	int fds[2];
	long begun;
	bool undisturbed;

	ck_assert_int_eq(pipe(fds), 0);
	*p = (struct pace){.is_pipe = false};
	pace_begin(p, fds[1]);
	pace_before(p);
	ck_assert_int_eq(write(fds[1], bytes, BLOCK), BLOCK);
	begun = switches();
	pace_behind(p);
	ck_assert_int_eq(read(fds[0], bytes, taken), (ssize_t)taken);
	if (pause) {
		be_off_the_cpu();
	}
	pace_before(p);
	undisturbed = pause || switches() == begun;
	close(fds[0]);
	close(fds[1]);
	return undisturbed;
}

static const struct row {
	const char *name;
	size_t taken;
	bool pause, parallel;
} rows[] = {
    {.name = "a reader that takes some while we run", .taken = PACE_PIECE, .parallel = true},
    {.name = "a reader that takes all while we run", .taken = BLOCK, .parallel = true},
    {.name = "nobody reads", .taken = 0},
    {.name = "a reader that may have had our CPU", .taken = PACE_PIECE, .pause = true},
    {.name = "nobody reads while we are off", .taken = 0, .pause = true},
};

START_TEST(writes_become_short_for_a_reader_on_another_cpu)
{
	const struct row *r = &rows[_i];
	struct pace p;
	int tries = 0;

	while (!after_a_block(r->taken, r->pause, &p)) {
		ck_assert_msg(++tries < 10000, "%s: never undisturbed", r->name);
	}
	ck_assert_msg(p.parallel == r->parallel, "%s: parallel is %d", r->name, p.parallel);
	ck_assert_uint_eq(pace_write(&p, BLOCK), r->parallel ? PACE_PIECE : BLOCK);
	ck_assert_uint_eq(
	    pace_write(&p, PACE_STOCK + 1), r->parallel ? PACE_PIECE : PACE_STOCK + 1);
	ck_assert_msg(pace_write(&p, PACE_STOCK) == PACE_STOCK,
	    "%s: the stock goes out in one write", r->name);
	ck_assert_uint_eq(pace_write(&p, 1), 1);
}
END_TEST

START_TEST(it_is_looked_for_in_the_first_blocks_only)
{
	struct pace p = {.is_pipe = false};
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	pace_begin(&p, fds[1]);
	for (int i = 0; i <= PACE_LOOKS; i++) {
		pace_before(&p);
		pace_behind(&p);
	}
	for (int i = 0; i < 100; i++) {
		ck_assert_int_eq(write(fds[1], bytes, 1000), 1000);
		pace_behind(&p);
		ck_assert_int_eq(read(fds[0], bytes, 1000), 1000);
		pace_before(&p);
		ck_assert(!p.parallel);
	}
	close(fds[0]);
	close(fds[1]);
}
END_TEST

START_TEST(a_pipe_is_made_larger_and_never_smaller)
{
	static const int sizes[] = {4096, 65536, PACE_PIPE, 4 * PACE_PIPE};
	int fds[2];

	for (int i = 0; i < COUNT(sizes); i++) {
		int holds;

		ck_assert_int_eq(pipe(fds), 0);
		holds = fcntl(fds[1], F_SETPIPE_SZ, sizes[i]);
		ck_assert_int_ge(holds, sizes[i]);
		ck_assert(pace_enlarge(fds[i % 2]));
		ck_assert_int_eq(
		    fcntl(fds[0], F_GETPIPE_SZ), holds < PACE_PIPE ? PACE_PIPE : holds);
		close(fds[0]);
		close(fds[1]);
	}
}
END_TEST

START_TEST(what_is_no_pipe_gets_long_writes)
{
	struct pace p = {.is_pipe = false};
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	ck_assert(!pace_enlarge(fds[0]));
	ck_assert(!pace_enlarge(-1));
	pace_begin(&p, fds[0]);
	pace_before(&p);
	pace_behind(&p);
	pace_before(&p);
	ck_assert(!p.is_pipe && !p.parallel);
	ck_assert_uint_eq(pace_write(&p, BLOCK), BLOCK);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("pace");
	TCase *tc = tcase_create("pace");

	tcase_add_loop_test(tc, writes_become_short_for_a_reader_on_another_cpu, 0, COUNT(rows));
	tcase_add_test(tc, it_is_looked_for_in_the_first_blocks_only);
	tcase_add_test(tc, a_pipe_is_made_larger_and_never_smaller);
	tcase_add_test(tc, what_is_no_pipe_gets_long_writes);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
