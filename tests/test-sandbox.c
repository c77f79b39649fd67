/*
 * test-sandbox.c - in the sandbox, a call that is none of the filter's ends the process
 */
#include "filter/sandbox.h"

#include <errno.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>

#include "tests/scratch.h"

#if defined(__SANITIZE_ADDRESS__)
enum { CONFINED = 0 }; /* a sanitizer makes calls of its own */
#else
enum { CONFINED = 1 };
#endif

static void
reads(void)
{
	char c;

	(void)!read(STDIN_FILENO, &c, 0);
}

static void
types_into_a_terminal(void)
{
	ioctl(STDIN_FILENO, TIOCSTI, "x");
}

static void
asks_for_a_terminal(void)
{
	struct termios t;

	ioctl(STDIN_FILENO, TCGETS, &t);
}

static void
opens(void)
{
	(void)!open("/etc/passwd", O_RDONLY | O_CLOEXEC);
}

static void
connects(void)
{
	(void)!socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static void
runs(void)
{
	execl("/bin/true", "true", (char *)NULL);
}

static const struct row {
	const char *what;
	void (*call)(void);
	int allowed;
} rows[] = {
    {"read", reads, 1},
    {"TIOCSTI", types_into_a_terminal, 0},
    {"TCGETS", asks_for_a_terminal, 0},
    {"openat", opens, 0},
    {"socket", connects, 0},
    {"execve", runs, 0},
};

START_TEST(nothing_but_grafting)
{
	const struct row *r = &rows[_i];
	int status, spool = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	pid_t child;

	ck_assert_int_ge(spool, 0);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		sandbox_enter(spool, true);
		r->call();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	if (r->allowed) {
		ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s: %#x", r->what,
		    (unsigned)status);
	} else if (CONFINED) {
		ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS, "%s: %#x", r->what,
		    (unsigned)status);
	}
	close(spool);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sandbox");
	TCase *tc = tcase_create("sandbox");

	tcase_add_loop_test(tc, nothing_but_grafting, 0, sizeof(rows) / sizeof(rows[0]));
	suite_add_tcase(suite, tc);
	return scratch_run(suite);
}
