/*
 * test-ledger.c - who has got what, while the relay runs and after it was killed
 */
#include <check.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "relay/ledger.h"
#include "tests/scratch.h"

enum { NOW = 1800000000, ME = 1, OTHER = 2 };

static const uint8_t A[LEDGER_KEY_BYTES] = "aaaaaaaaaaaaaaa", B[LEDGER_KEY_BYTES] = "b";

static int state = -1;
static size_t reported, skipped;
static char last_report[LEDGER_LABEL_MAX + 1];

static void
report(void *context, int64_t when, const char *label)
{
	(void)context;
	(void)when;
	reported++;
	snprintf(last_report, sizeof(last_report), "%s", label);
}

static struct ledger *
opened(int64_t now)
{
	struct ledger *l = NULL;

	reported = skipped = 0;
	ck_assert_int_eq(ledger_open(state, now, report, NULL, &skipped, &l), 0);
	return l;
}

/* As after a SIGKILL: nothing is closed in order. A child does the work, since the lock ends with
 * its descriptors. */
static void
killed(void (*work)(struct ledger *l))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		work(opened(NOW));
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

static void
setup(void)
{
	scratch_begin();
	state = open(".", O_RDONLY | O_DIRECTORY);
}

static void
teardown(void)
{
	close(state);
	scratch_end();
}

static int
claim(struct ledger *l, const uint8_t *key, uint32_t owner, int64_t now)
{
	char reply[LEDGER_REPLY_MAX + 1];

	return ledger_claim(l, key, owner, now, reply);
}

START_TEST(a_repeat_is_answered)
{
	char reply[LEDGER_REPLY_MAX + 1];
	struct ledger *l = opened(NOW);

	ck_assert_int_eq(claim(l, A, ME, NOW), LEDGER_NEW);
	ck_assert_int_eq(claim(l, A, OTHER, NOW), LEDGER_UNDER_WAY);
	ck_assert_int_eq(ledger_taken(l, A, OTHER, NOW, "250 x"), -ENOENT);
	ck_assert_int_eq(ledger_dot(l, A, ME, NOW, "4F to=a@b"), 0);
	ck_assert_int_eq(claim(l, A, OTHER, NOW), LEDGER_UNDER_WAY);
	ck_assert_int_eq(ledger_taken(l, A, ME, NOW, "250 2.0.0 ok"), 0);
	ck_assert_int_eq(ledger_claim(l, A, OTHER, NOW + 60, reply), LEDGER_TAKEN);
	ck_assert_str_eq(reply, "250 2.0.0 ok");
	ck_assert_int_eq(claim(l, B, OTHER, NOW), LEDGER_NEW);
	/* for a day */
	ck_assert_int_eq(claim(l, A, OTHER, NOW + LEDGER_KEEP_S - 1), LEDGER_TAKEN);
	ck_assert_int_eq(claim(l, A, OTHER, NOW + LEDGER_KEEP_S), LEDGER_NEW);
	ledger_close(&l);
}
END_TEST

START_TEST(what_is_refused_is_free)
{
	struct ledger *l = opened(NOW);

	ck_assert_int_eq(claim(l, A, ME, NOW), LEDGER_NEW);
	ck_assert_int_eq(ledger_free(l, A, ME, NOW), 0);
	ck_assert_int_eq(claim(l, A, ME, NOW), LEDGER_NEW);
	ck_assert_int_eq(ledger_dot(l, A, ME, NOW, "x"), 0);
	ck_assert_int_eq(ledger_free(l, A, ME, NOW), 0);
	ck_assert_int_eq(claim(l, A, OTHER, NOW), LEDGER_NEW);
	ledger_close(&l);
	l = opened(NOW);
	ck_assert_uint_eq(reported, 0);
	ck_assert_int_eq(claim(l, A, ME, NOW), LEDGER_NEW);
	ledger_close(&l);
}
END_TEST

START_TEST(a_session_that_ends)
{
	struct ledger *l = opened(NOW);

	ck_assert_int_eq(claim(l, A, ME, NOW), LEDGER_NEW);
	ck_assert_int_eq(claim(l, B, ME, NOW), LEDGER_NEW);
	ck_assert_int_eq(ledger_dot(l, B, ME, NOW, "x"), 0);
	ledger_leave(l, OTHER, NOW);
	ck_assert_int_eq(claim(l, A, OTHER, NOW), LEDGER_UNDER_WAY);
	ledger_leave(l, ME, NOW);
	ck_assert_int_eq(claim(l, A, OTHER, NOW), LEDGER_NEW);
	ck_assert_int_eq(claim(l, B, OTHER, NOW), LEDGER_UNCERTAIN);
	ck_assert_int_eq(claim(l, B, OTHER, NOW + LEDGER_UNCERTAIN_S), LEDGER_NEW);
	ledger_close(&l);
}
END_TEST

static void
take_one_leave_one(struct ledger *l)
{
	claim(l, A, ME, NOW);
	ledger_dot(l, A, ME, NOW, "4F to=a@b");
	ledger_taken(l, A, ME, NOW, "250 2.0.0 \n ok");
	claim(l, B, ME, NOW);
	ledger_dot(l, B, ME, NOW, "4F to=c@d");
}

START_TEST(it_survives_being_killed)
{
	char reply[LEDGER_REPLY_MAX + 1];
	struct ledger *l;

	killed(take_one_leave_one);
	l = opened(NOW + 5);
	ck_assert_uint_eq(skipped, 0);
	ck_assert_uint_eq(reported, 1);
	ck_assert_str_eq(last_report, "4F to=c@d");
	ck_assert_int_eq(ledger_claim(l, A, ME, NOW + 5, reply), LEDGER_TAKEN);
	ck_assert_str_eq(reply, "250 2.0.0 ? ok");
	ck_assert_int_eq(claim(l, B, ME, NOW + 5), LEDGER_UNCERTAIN);
	ledger_close(&l);
}
END_TEST

/* After a power cut the end of the file may be anything. */
START_TEST(a_torn_file_is_read_as_far_as_it_goes)
{
	static const char *const ends[] = {"t 61", "t zz 1 x\n", "\0\0\0\n", "x y\n", "t \n",
	    "q 61616161616161616161616161616100 1 x\n", "t 61616161616161616161616161616100 x y\n"};
	struct ledger *l;

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		int fd;

		killed(take_one_leave_one);
		fd = openat(state, "ledger", O_WRONLY | O_APPEND);
		ck_assert_int_ge(write(fd, ends[i], i == 2 ? 4 : strlen(ends[i])), 1);
		close(fd);
		l = opened(NOW + 5);
		ck_assert_uint_eq(skipped, 1);
		ck_assert_int_eq(claim(l, A, ME, NOW + 5), LEDGER_TAKEN);
		ck_assert_int_eq(claim(l, B, ME, NOW + 5 + LEDGER_UNCERTAIN_S), LEDGER_NEW);
		ck_assert_int_eq(ledger_dot(l, B, ME, NOW, "x"), 0);
		ck_assert_int_eq(ledger_taken(l, B, ME, NOW, "250 y"), 0);
		ledger_close(&l);
		l = opened(NOW + 5);
		ck_assert_uint_eq(skipped, 1);
		ck_assert_int_eq(claim(l, B, ME, NOW + 5), LEDGER_TAKEN);
		ledger_close(&l);
		ck_assert_int_eq(unlinkat(state, "ledger", 0), 0);
	}
}
END_TEST

START_TEST(one_relay_at_a_time)
{
	struct ledger *l = opened(NOW), *second = NULL;

	ck_assert_int_eq(ledger_open(state, NOW, report, NULL, &skipped, &second), -EWOULDBLOCK);
	ck_assert_ptr_null(second);
	ledger_close(&l);
	l = opened(NOW);
	ledger_close(&l);
}
END_TEST

static void
number_key(unsigned n, uint8_t key[LEDGER_KEY_BYTES])
{
	memset(key, 0, LEDGER_KEY_BYTES);
	memcpy(key, &n, sizeof(n));
}

START_TEST(the_file_does_not_grow_for_ever)
{
	enum { MANY = 40000 };
	char text[LEDGER_REPLY_MAX + 1];
	uint8_t key[LEDGER_KEY_BYTES];
	struct ledger *l = opened(NOW);
	struct stat st;

	memset(text, 'x', LEDGER_REPLY_MAX);
	text[LEDGER_REPLY_MAX] = '\0';
	for (unsigned i = 0; i < MANY; i++) {
		number_key(i, key);
		ck_assert_int_eq(claim(l, key, ME, NOW), LEDGER_NEW);
		ck_assert_int_eq(ledger_dot(l, key, ME, NOW, "label"), 0);
		ck_assert_int_eq(ledger_taken(l, key, ME, NOW, text), 0);
	}
	ck_assert_uint_eq(ledger_count(l), MANY);
	ck_assert_int_eq(fstatat(state, "ledger", &st, 0), 0);
	ck_assert_int_gt(st.st_size, MANY * 200);
	ck_assert_int_eq(claim(l, A, ME, NOW + LEDGER_KEEP_S), LEDGER_NEW);
	ck_assert_int_eq(ledger_dot(l, A, ME, NOW + LEDGER_KEEP_S, "under way"), 0);
	ck_assert_int_eq(ledger_tidy(l, NOW + LEDGER_KEEP_S), 0);
	ck_assert_uint_eq(ledger_count(l), 1);
	ck_assert_int_eq(fstatat(state, "ledger", &st, 0), 0);
	ck_assert_int_lt(st.st_size, 1000);
	ck_assert_int_eq(ledger_taken(l, A, ME, NOW + LEDGER_KEEP_S, "250 z"), 0);
	ck_assert_int_eq(ledger_sync(l), 0);
	ledger_close(&l);
	l = opened(NOW + LEDGER_KEEP_S);
	ck_assert_int_eq(claim(l, A, ME, NOW + LEDGER_KEEP_S), LEDGER_TAKEN);
	ledger_close(&l);
}
END_TEST

START_TEST(a_full_disk_stops_the_dot)
{
	struct ledger *l;
	int fd = openat(state, "ledger", O_WRONLY | O_CREAT, 0600);

	close(fd);
	l = opened(NOW);
	/* a file-size limit is the full disk of a test */
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(
	    setrlimit(RLIMIT_FSIZE, &(struct rlimit){.rlim_cur = 20, .rlim_max = 20}), 0);
	ck_assert_int_eq(claim(l, A, ME, NOW), LEDGER_NEW);
	ck_assert_int_eq(ledger_dot(l, A, ME, NOW, "x"), -EFBIG);
	ck_assert_int_eq(ledger_free(l, A, ME, NOW), 0);
	ck_assert_int_eq(claim(l, A, OTHER, NOW), LEDGER_NEW);
	ledger_close(&l);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ledger");
	TCase *t = tcase_create("all");

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_repeat_is_answered);
	tcase_add_test(t, what_is_refused_is_free);
	tcase_add_test(t, a_session_that_ends);
	tcase_add_test(t, it_survives_being_killed);
	tcase_add_test(t, a_torn_file_is_read_as_far_as_it_goes);
	tcase_add_test(t, one_relay_at_a_time);
	tcase_add_test(t, the_file_does_not_grow_for_ever);
	tcase_add_test(t, a_full_disk_stops_the_dot);
	return scratch_run(s);
}
