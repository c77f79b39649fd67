/*
 * test-chain.c - a command after the filter gets the whole message, or the message is refused
 */
#include "filter/chain.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "tests/scratch.h"

enum { LARGE = 1 << 20 };

static uint8_t large[LARGE];

/* A shell command after the filter. */
static int
start(struct chain *c, const char *script, struct refusal *why)
{
	static char shell[] = "sh", option[] = "-c", text[200];
	char *const command[] = {shell, option, text, NULL};

	snprintf(text, sizeof(text), "%s", script);
	return chain_start(c, command, why);
}

/* What the command wrote to standard output, which is a file while it runs. */
struct written {
	int fd, old;
};

static void
catch_output(struct written *w)
{
	char path[] = "/tmp/mailgraft-chain-XXXXXX";

	w->fd = mkostemp(path, O_CLOEXEC);
	ck_assert_int_ge(w->fd, 0);
	unlink(path);
	w->old = fcntl(1, F_DUPFD_CLOEXEC, 3);
	ck_assert_int_eq(dup2(w->fd, 1), 1);
}

static off_t
give_output_back(struct written *w)
{
	struct stat st;

	ck_assert_int_eq(dup2(w->old, 1), 1);
	ck_assert_int_eq(fstat(w->fd, &st), 0);
	close(w->old);
	close(w->fd);
	return st.st_size;
}

static const struct row {
	const char *script;
	size_t len;       /* of the message */
	int status;       /* as waitpid has it; -1: the message went through */
	long out;         /* bytes that the command wrote; -1: any number */
	const char *says; /* part of the sentence */
} rows[] = {
    {"cat", 1, -1, 1, NULL},
    {"cat", LARGE, -1, LARGE, NULL},
    {"cat >/dev/null", LARGE, -1, 0, NULL},
    /* ends early, late, after half; with a code and without */
    {"exit 3", LARGE, 3 << 8, 0, "'sh' ended with exit code 3"},
    {"exit 0", LARGE, 0, 0, "'sh' did not read the whole message"},
    {"cat; exit 3", LARGE, 3 << 8, LARGE, "'sh' ended with exit code 3"},
    {"head -c 500000; exit 3", LARGE, 3 << 8, 500000, "'sh' ended with exit code 3"},
    {"head -c 500000", LARGE, 0, 500000, "'sh' did not read the whole message"},
    /* little enough for the pipe: nobody is told that it was not read */
    {"exit 0", 1000, 0, 0, "'sh' did not read the whole message"},
    {"dd bs=1 count=999 2>/dev/null", 1000, 0, 999, "'sh' did not read the whole message"},
    /* signals; the filter ignores SIGPIPE, its command does not */
    {"cat; kill -KILL $$", LARGE, SIGKILL, LARGE, "'sh' was ended by signal 9"},
    {"cat; kill -PIPE $$", 10, SIGPIPE, 10, "'sh' was ended by signal 13"},
    /* ends its input, and goes on */
    {"exec <&-; cat /dev/null; exit 0", LARGE, 0, 0, "'sh' did not read the whole message"},
};

START_TEST(whole_or_refused)
{
	const struct row *r = &rows[_i];
	struct refusal why = {.reason = REFUSED_NOT, .entry = "stale"};
	struct written w;
	struct chain c;
	char said[300];
	int wrote, ended;
	long out;

	signal(SIGPIPE, SIG_IGN);
	catch_output(&w);
	ck_assert_int_eq(start(&c, r->script, &why), 0);
	wrote = chain_write(&c, large, r->len);
	ended = chain_end(&c, &why);
	out = give_output_back(&w);

	ck_assert_msg(
	    wrote == 0 || (wrote == -EPIPE && r->status >= 0), "%s: %d", r->script, wrote);
	ck_assert_msg(r->out < 0 || out == r->out, "%s: wrote %ld", r->script, out);
	if (r->status < 0) {
		ck_assert_msg(ended == 0, "%s: failed", r->script);
		return;
	}
	ck_assert_msg(ended < 0, "%s: passed", r->script);
	ck_assert_int_eq(why.reason, REFUSED_COMMAND);
	ck_assert_uint_eq(why.found, (uint64_t)r->status);
	ck_assert(!refusal_is_lasting(&why));
	refusal_sentence(&why, said, sizeof(said));
	ck_assert_msg(strstr(said, r->says) != NULL, "%s", said);
	ck_assert_msg(strstr(said, "stale") == NULL, "%s", said);
}
END_TEST

START_TEST(not_there)
{
	char name[] = "/nonexistent/command";
	char *const command[] = {name, NULL};
	struct refusal why;
	struct chain c;

	ck_assert_int_eq(chain_start(&c, command, &why), 0);
	ck_assert_int_eq(chain_write(&c, large, 10), 0);
	ck_assert_int_eq(chain_end(&c, &why), -1);
	ck_assert_int_eq(why.reason, REFUSED_COMMAND);
	ck_assert_uint_eq(why.found, 127 << 8);
}
END_TEST

/* A message that is refused before its first byte does not start the command. */
START_TEST(starts_with_the_first_byte)
{
	struct refusal why;
	struct written w;
	struct chain c;

	catch_output(&w);
	ck_assert_int_eq(start(&c, "echo started; cat", &why), 0);
	ck_assert_int_eq(chain_end(&c, &why), 0);
	ck_assert_int_eq(give_output_back(&w), 0);
}
END_TEST

/* The filter ends first, by SIGKILL too: the command must not go on alone, or its end of the
 * message would pass for the whole. */
START_TEST(ends_with_the_filter)
{
	int life[2], told[2];
	pid_t filter;
	char c;

	ck_assert_int_eq(pipe(life), 0); /* the command inherits its end, so it lasts as it does */
	ck_assert_int_eq(pipe2(told, O_CLOEXEC), 0);
	filter = fork();
	if (filter == 0) {
		struct refusal why;
		struct chain chain;

		close(life[0]);
		if (start(&chain, "exec sleep 600", &why) == 0 &&
		    chain_write(&chain, large, 10) == 0) {
			(void)!write(told[1], "x", 1);
		}
		pause();
		_exit(1);
	}
	close(life[1]);
	close(told[1]);
	ck_assert_int_eq(read(told[0], &c, 1), 1);
	kill(filter, SIGKILL);
	ck_assert_int_eq(waitpid(filter, NULL, 0), filter);
	ck_assert_int_eq(read(life[0], &c, 1), 0); /* or this hangs until the test's time is up */
	close(life[0]);
	close(told[0]);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("chain");
	TCase *tc = tcase_create("chain");

	tcase_add_loop_test(tc, whole_or_refused, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tc, not_there);
	tcase_add_test(tc, starts_with_the_first_byte);
	tcase_add_test(tc, ends_with_the_filter);
	suite_add_tcase(suite, tc);
	return scratch_run(suite);
}
