/*
 * test-sink.c - bytes into all kinds of descriptors, memory and a hash
 *
 * A child reads what is written, slowly where that matters, and must get all
 * of it in order; what the descriptor refuses is said, and stays said.
 */
#include <check.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "filter/sink.h"
#include "spool/hmac.h"
#include "tests/scratch.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

enum { TOTAL = 700 * 1000 };

static struct sink sink;
static uint8_t data[TOTAL];
static int calls;

static void
count_call(void)
{
	calls++;
}

static void
make_data(void)
{
	for (size_t i = 0; i < TOTAL; i++) {
		data[i] = (uint8_t)(i * 31 + (i >> 9));
	}
}

/* Pieces of many sizes; more than the buffer among them. */
static void
write_all(void)
{
	static const size_t pieces[] = {1, 0, 2, 100, SINK_BUFFER - 103, 1, SINK_BUFFER,
	    SINK_BUFFER + 1, 7, 2 * SINK_BUFFER, 3};

	for (size_t at = 0, i = 0; at < TOTAL; i++) {
		size_t n = pieces[i % (sizeof(pieces) / sizeof(pieces[0]))];

		n = n < TOTAL - at ? n : TOTAL - at;
		ck_assert_int_eq(sink_write(&sink, data + at, n), 0);
		at += n;
		ck_assert_uint_eq(sink.bytes, at);
	}
	ck_assert_int_eq(sink_flush(&sink), 0);
	ck_assert_int_eq(sink_flush(&sink), 0);
}

/* Waits until the parent waits: for room in what it writes into, or for our end. */
static void
until_parent_waits(void)
{
	char path[64], line[512];

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)getppid());
	for (;;) {
		FILE *f = fopen(path, "re");
		const char *name_end = f == NULL || fgets(line, sizeof(line), f) == NULL
		    ? NULL
		    : strrchr(line, ')');

		if (f != NULL) {
			fclose(f);
		}
		if (name_end == NULL || strncmp(name_end, ") S", 3) == 0) {
			return;
		}
		sched_yield();
	}
}

/* Reads all of it in pieces, the first ones slowly if asked. The child's exit status says whether
 * it was right. */
static pid_t
reader(int fd, int other, size_t piece, bool slow)
{
	pid_t pid = fork();
	size_t at = 0;

	if (pid != 0) {
		return pid;
	}
	close(other);
	for (int i = 0;; i++) {
		uint8_t buf[65536];
		ssize_t n = read(fd, buf, piece);

		if (n <= 0) {
			_exit(n == 0 && at == TOTAL ? 0 : 1);
		}
		if ((size_t)n > TOTAL - at || memcmp(buf, data + at, (size_t)n) != 0) {
			_exit(2);
		}
		at += (size_t)n;
		if (slow && i < 50) {
			until_parent_waits();
		}
	}
}

static const struct way {
	const char *name;
	bool socket, nonblocking, tiny;
	size_t piece;
	bool slow;
} ways[] = {
    {.name = "a pipe", .piece = 65536},
    {.name = "a pipe of one page", .tiny = true, .piece = 1000},
    {.name = "a pipe that does not block", .nonblocking = true, .piece = 5000, .slow = true},
    {.name = "a pipe of one page that does not block",
        .nonblocking = true,
        .tiny = true,
        .piece = 777,
        .slow = true},
    {.name = "a socket", .socket = true, .piece = 65536},
    {.name = "a socket that does not block",
        .socket = true,
        .nonblocking = true,
        .piece = 5000,
        .slow = true},
};

START_TEST(everything_arrives_in_order)
{
	const struct way *w = &ways[_i];
	int fds[2], status;
	pid_t pid;

	make_data();
	ck_assert_int_eq(w->socket ? socketpair(AF_UNIX, SOCK_STREAM, 0, fds) : pipe(fds), 0);
	if (w->tiny) {
		ck_assert_int_ge(fcntl(fds[1], F_SETPIPE_SZ, 4096), 4096);
	}
	if (w->nonblocking) {
		ck_assert_int_eq(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
	}
	pid = reader(fds[0], fds[1], w->piece, w->slow);
	close(fds[0]);
	calls = 0;
	sink_to_fd(&sink, fds[1]);
	sink.first_byte = count_call;
	ck_assert_int_eq(sink_flush(&sink), 0);
	ck_assert_msg(calls == 0, "%s: no byte, and yet a first one", w->name);
	write_all();
	ck_assert_msg(calls == 1, "%s: %d first bytes", w->name, calls);
	close(fds[1]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s: the reader says %d",
	    w->name, WEXITSTATUS(status));
}
END_TEST

START_TEST(a_file_gets_it_all)
{
	static uint8_t back[TOTAL];
	int fd = memfd_create("out", MFD_CLOEXEC);

	make_data();
	sink_to_fd(&sink, fd);
	write_all();
	ck_assert_int_eq(pread(fd, back, TOTAL, 0), TOTAL);
	ck_assert_mem_eq(back, data, TOTAL);
	ck_assert_int_eq(lseek(fd, 0, SEEK_CUR), TOTAL);
	close(fd);
}
END_TEST

/* By turns through the sink's own buffer and by copying. */
START_TEST(room_is_filled_in_place)
{
	static const size_t pieces[] = {SINK_ROOM, 1, 5, SINK_WHOLE, SINK_ROOM - 1, 0, 4097,
	    SINK_LARGE, SINK_LARGE + 1, SINK_ROOM};
	int fds[2], status;
	pid_t pid;

	make_data();
	ck_assert_int_eq(pipe(fds), 0);
	pid = reader(fds[0], fds[1], 8192, 0);
	close(fds[0]);
	sink_to_fd(&sink, fds[1]);
	sink_expect(&sink, TOTAL);
	ck_assert_int_ge(fcntl(fds[1], F_GETPIPE_SZ), SINK_PIPE);
	for (size_t at = 0, i = 0; at < TOTAL; i++) {
		size_t n = pieces[i % (sizeof(pieces) / sizeof(pieces[0]))];

		n = n < TOTAL - at ? n : TOTAL - at;
		if (i % 3 == 2) {
			ck_assert_int_eq(sink_write(&sink, data + at, n), 0);
		} else {
			memcpy(sink_room(&sink, SINK_ROOM), data + at, n);
			ck_assert_int_eq(sink_fill(&sink, n, 0), 0);
		}
		at += n;
		ck_assert_uint_eq(sink.bytes, at);
		ck_assert_msg(sink.buffered <= SINK_LARGE || i % 3 == 2,
		    "%zu bytes wait after a full block", sink.buffered);
	}
	ck_assert_int_eq(sink_flush(&sink), 0);
	close(fds[1]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(small_writes_wait_for_a_flush)
{
	int fd = memfd_create("out", MFD_CLOEXEC);

	sink_to_fd(&sink, fd);
	ck_assert_int_eq(sink_text(&sink, "abc"), 0);
	ck_assert_int_eq(lseek(fd, 0, SEEK_CUR), 0);
	ck_assert_int_eq(sink_flush(&sink), 0);
	ck_assert_int_eq(lseek(fd, 0, SEEK_CUR), 3);
	close(fd);
}
END_TEST

START_TEST(a_counter_counts)
{
	make_data();
	sink_to_counter(&sink, false);
	write_all();
	sink_count(&sink, (uint64_t)1 << 40, 0);
	ck_assert_uint_eq(sink.bytes, TOTAL + ((uint64_t)1 << 40));
}
END_TEST

/* In memory, and as a hash. */
START_TEST(memory_and_hash_get_it_all)
{
	static uint8_t back[TOTAL];
	struct sink_memory memory = {.bytes = back, .room = TOTAL};
	uint8_t got[SHA256_BYTES], wanted[SHA256_BYTES];
	struct sha256 sha;

	make_data();
	sink_to_memory(&sink, &memory);
	write_all();
	ck_assert_uint_eq(memory.len, TOTAL);
	ck_assert_mem_eq(back, data, TOTAL);
	ck_assert_uint_eq(sink.wire, TOTAL);
	sha256_begin(&sha);
	sink_to_sha256(&sink, &sha);
	write_all();
	sha256_end(&sha, got);
	sha256_begin(&sha);
	sha256_add(&sha, data, TOTAL);
	sha256_end(&sha, wanted);
	ck_assert_mem_eq(got, wanted, sizeof(got));
}
END_TEST

START_TEST(memory_has_its_bounds)
{
	static const size_t rooms[] = {0, 1, 2, SINK_BUFFER - 1, SINK_BUFFER, TOTAL - 1};
	static uint8_t back[TOTAL + 1];

	make_data();
	for (int i = 0; i < COUNT(rooms); i++) {
		struct sink_memory memory = {.bytes = back, .room = rooms[i]};

		back[rooms[i]] = 0xa5;
		sink_to_memory(&sink, &memory);
		sink_write(&sink, data, TOTAL);
		ck_assert_int_eq(sink_end(&sink), -ENOSPC);
		ck_assert_int_eq(sink_write(&sink, data, 1), -ENOSPC);
		ck_assert_uint_eq(memory.len, rooms[i]);
		ck_assert_int_eq(memcmp(back, data, rooms[i]), 0);
		ck_assert_int_eq(back[rooms[i]], 0xa5);
	}
}
END_TEST

/* Before the first byte, and in the middle of a large write. */
START_TEST(a_reader_that_goes_away_is_an_error_that_stays)
{
	int fds[2], status;

	make_data();
	signal(SIGPIPE, SIG_IGN);
	for (int late = 0; late < 2; late++) {
		pid_t pid = -1;

		ck_assert_int_eq(pipe(fds), 0);
		if (late) {
			pid = fork();
			if (pid == 0) {
				uint8_t buf[100];

				_exit(
				    read(fds[0], buf, sizeof(buf)) == (ssize_t)sizeof(buf) ? 0 : 1);
			}
		}
		close(fds[0]);
		if (late) {
			ck_assert_int_eq(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
		}
		sink_to_fd(&sink, fds[1]);
		ck_assert_int_eq(sink_write(&sink, data, TOTAL), -EPIPE);
		ck_assert_int_eq(sink.error, -EPIPE);
		ck_assert_int_eq(sink_write(&sink, data, 1), -EPIPE);
		ck_assert_int_eq(sink_write(&sink, data, TOTAL), -EPIPE);
		ck_assert_int_eq(sink_flush(&sink), -EPIPE);
		close(fds[1]);
		if (late) {
			ck_assert_int_eq(waitpid(pid, &status, 0), pid);
			ck_assert_int_eq(status, 0);
		}
	}
	sink_to_fd(&sink, fds[1]); /* closed by now */
	ck_assert_int_eq(sink_text(&sink, "x"), 0);
	ck_assert_int_eq(sink_flush(&sink), -EBADF);
	sink_to_fd(&sink, open("/dev/full", O_WRONLY));
	ck_assert_int_eq(sink_text(&sink, "x"), 0);
	ck_assert_int_eq(sink_flush(&sink), -ENOSPC);
	close(sink.fd);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("sink");
	TCase *tc = tcase_create("sink");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, everything_arrives_in_order, 0, COUNT(ways));
	tcase_add_test(tc, a_file_gets_it_all);
	tcase_add_test(tc, room_is_filled_in_place);
	tcase_add_test(tc, small_writes_wait_for_a_flush);
	tcase_add_test(tc, a_counter_counts);
	tcase_add_test(tc, memory_and_hash_get_it_all);
	tcase_add_test(tc, memory_has_its_bounds);
	tcase_add_test(tc, a_reader_that_goes_away_is_an_error_that_stays);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
