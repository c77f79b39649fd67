/*
 * test-policy-connection.c - a connection's states, with a socket pair and a clock of the test's
 */
#include "policy/connection.h"
#include "tests/policy-rig.h"

#include <errno.h>

#define STATIC "{ mode: static, domains: [good.test] }"
#define COMPAT "{ mode: compat, primary-networks: [198.51.100.0/24] }"
#define GOOD "request=smtpd_access_policy\nrecipient=u@good.test\n\n"
#define BAD "request=smtpd_access_policy\nrecipient=u@bad.test\n\n"
#define BAD_REPLY "action=554 5.7.1 Relay access denied: domain is not listed [NOT_LISTED]\n\n"

static struct policy_rig rig;
static struct connection_set set;

static void
begin(const char *relay)
{
	rig_begin(&rig, relay);
	set = (struct connection_set){.loop = rig.loop, .engine = &rig.engine};
}

static void
end(void)
{
	connection_close_all(&set);
	ck_assert_uint_eq(set.count, 0);
	ck_assert_uint_eq(set.waiting, 0);
	ck_assert_uint_eq(set.buffered, 0);
	rig_end(&rig);
}

/* The MTA's end. */
static int
open_peer(void)
{
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	connection_open(&set, pair[1]);
	rig_turn(&rig);
	return pair[0];
}

static void
say(int fd, const char *bytes, size_t len)
{
	ck_assert_int_eq(send(fd, bytes, len, MSG_NOSIGNAL), (ssize_t)len);
	rig_turn(&rig);
}

static void
expect(int fd, const char *text)
{
	char got[65536];
	ssize_t n = recv(fd, got, sizeof(got), MSG_DONTWAIT);

	ck_assert_msg(n == (ssize_t)strlen(text) && memcmp(got, text, (size_t)n) == 0,
	    "got '%.*s', want '%s'", n > 0 ? (int)n : 0, got, text);
}

static void
expect_nothing(int fd)
{
	char got;

	ck_assert_int_eq(recv(fd, &got, 1, MSG_DONTWAIT), -1);
}

static void
expect_closed(int fd, enum connection_close why)
{
	char got;

	/* closed with bytes unread, a connection is reset */
	ck_assert(recv(fd, &got, 1, MSG_DONTWAIT) == 0 || errno == ECONNRESET);
	ck_assert_uint_eq(set.closed[why], 1);
	close(fd);
}

START_TEST(any_slice_of_two_requests_is_answered_in_order)
{
	static const char both[] = GOOD BAD;
	int fd;

	begin(STATIC);
	fd = open_peer();
	for (size_t cut = 1; cut < sizeof(both) - 1; cut++) {
		char got[512];
		size_t len = 0;
		ssize_t n;

		say(fd, both, cut);
		say(fd, both + cut, sizeof(both) - 1 - cut);
		while ((n = recv(fd, got + len, sizeof(got) - len, MSG_DONTWAIT)) > 0) {
			len += (size_t)n;
		}
		ck_assert_uint_eq(len, strlen("action=OK\n\n" BAD_REPLY));
		ck_assert_mem_eq(got, "action=OK\n\n" BAD_REPLY, len);
	}
	ck_assert_uint_eq(set.buffered, 0);
	close(fd);
	end();
}
END_TEST

START_TEST(the_end_of_the_stream_is_no_abort)
{
	int fd;

	begin(STATIC);
	fd = open_peer();
	ck_assert_int_eq(send(fd, GOOD, strlen(GOOD), 0), (ssize_t)strlen(GOOD));
	shutdown(fd, SHUT_WR);
	rig_turn(&rig);
	expect(fd, "action=OK\n\n");
	expect_closed(fd, CONNECTION_DONE);
	end();
}
END_TEST

static const struct bad {
	const char *bytes;
	enum connection_close why;
	const char *line;
} bads[] = {
    {"\n", CONNECTION_MALFORMED, "closed reason=malformed"},
    {"x\n\n", CONNECTION_MALFORMED, "closed reason=malformed"},
    {"a=b\r\n\r\n", CONNECTION_MALFORMED, "closed reason=malformed"},
};

START_TEST(bytes_that_are_no_request_close_it)
{
	const struct bad *b = &bads[_i];
	int fd;

	begin(STATIC);
	fd = open_peer();
	say(fd, b->bytes, strlen(b->bytes));
	expect_closed(fd, b->why);
	ck_assert(rig_log_has(rig.log_fd, b->line));
	end();
}
END_TEST

START_TEST(half_a_request_and_the_end)
{
	int fd;

	begin(STATIC);
	fd = open_peer();
	say(fd, GOOD, 20);
	ck_assert_uint_eq(set.buffered, 20);
	shutdown(fd, SHUT_WR);
	rig_turn(&rig);
	expect_closed(fd, CONNECTION_HALF);
	end();
}
END_TEST

START_TEST(too_long)
{
	static char bytes[REQUEST_MAX + 1];
	int fd;

	begin(STATIC);
	fd = open_peer();
	memset(bytes, 'x', sizeof(bytes));
	say(fd, bytes, sizeof(bytes));
	expect_closed(fd, CONNECTION_TOO_LONG);
	end();
}
END_TEST

START_TEST(a_request_that_never_ends_is_closed_in_time)
{
	int fd;

	begin(STATIC);
	fd = open_peer();
	say(fd, GOOD, 20);
	rig_wait(&rig, CONNECTION_REQUEST_MS / 2);
	say(fd, GOOD + 20, 5); /* one more byte does not begin anew */
	rig_wait(&rig, CONNECTION_REQUEST_MS / 2 - 1);
	expect_nothing(fd);
	rig_wait(&rig, 1);
	expect_closed(fd, CONNECTION_SLOW_REQUEST);
	end();
}
END_TEST

START_TEST(an_idle_one_stays_for_two_hours)
{
	int fd;

	begin(STATIC);
	fd = open_peer();
	rig_wait(&rig, CONNECTION_IDLE_MS - 1);
	say(fd, GOOD, strlen(GOOD));
	expect(fd, "action=OK\n\n");
	rig_wait(&rig, CONNECTION_IDLE_MS - 1);
	expect_nothing(fd);
	rig_wait(&rig, 1);
	expect_closed(fd, CONNECTION_IDLE);
	ck_assert(!rig_log_has(rig.log_fd, "closed"));
	end();
}
END_TEST

START_TEST(an_answer_nobody_reads)
{
	char request[4096];
	size_t len = 0;
	int fd;

	begin(STATIC);
	fd = open_peer();
	while (len + strlen(BAD) <= sizeof(request)) {
		memcpy(request + len, BAD, strlen(BAD));
		len += strlen(BAD);
	}
	while (send(fd, request, len, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)len) {
		rig_turn(&rig);
	}
	ck_assert_uint_gt(set.buffered, 0);
	rig_wait(&rig, CONNECTION_WRITE_MS - 1);
	ck_assert_uint_eq(set.count, 1);
	rig_wait(&rig, 1);
	ck_assert_uint_eq(set.count, 0);
	ck_assert_uint_eq(set.closed[CONNECTION_SLOW_READER], 1);
	close(fd);
	end();
}
END_TEST

START_TEST(it_waits_for_dns_and_reads_nothing_meanwhile)
{
	int fd;

	begin(COMPAT);
	fd = open_peer();
	say(fd, GOOD GOOD, strlen(GOOD GOOD));
	expect_nothing(fd);
	ck_assert_uint_eq(set.waiting, 1);
	ck_assert_uint_eq(set.buffered, strlen(GOOD GOOD));
	ck_assert(rig_dns_deny(rig.dns, 5000));
	for (int i = 0; i < 500 && set.waiting > 0; i++) {
		ck_assert_int_eq(loop_turn(rig.loop, 1), 0);
		rig_time++; /* what arrived is told in the next turn */
	}
	rig_turn(&rig);
	expect(fd,
	    "action=554 5.7.1 Relay access denied: domain does not exist [NXDOMAIN]\n\n"
	    "action=554 5.7.1 Relay access denied: domain does not exist [NXDOMAIN]\n\n");
	close(fd);
	end();
}
END_TEST

START_TEST(the_deadline_decides_with_what_is_known)
{
	int fd;

	begin(COMPAT);
	fd = open_peer();
	say(fd, GOOD, strlen(GOOD));
	rig_wait(&rig, config_deadline_ms(rig.config) - 1);
	expect_nothing(fd);
	rig_wait(&rig, 1);
	expect(fd, "action=450 4.7.1 cannot look up the domain's MX records now [DNS_TEMP]\n\n");
	ck_assert_uint_eq(set.waiting, 0);
	close(fd);
	end();
}
END_TEST

/* Answers left at a peer that does not read, and then a request that waits: the order stays. */
START_TEST(it_waits_with_answers_not_taken)
{
	static const char many[] = "request=smtpd_access_policy\nrecipient=u@[1.2.3.4]\n\n";
	size_t asked = 0, ends = 0;
	char got[65536];
	ssize_t n;
	int fd;

	begin(COMPAT);
	fd = open_peer();
	while (set.buffered == 0) {
		say(fd, many, strlen(many));
		asked++;
	}
	for (int i = 0; i < 20; i++) {
		ck_assert_int_ge(send(fd, many, strlen(many), MSG_NOSIGNAL), 0);
	}
	asked += 20;
	ck_assert_int_ge(send(fd, GOOD, strlen(GOOD), MSG_NOSIGNAL), 0);
	n = recv(fd, got, 2000, MSG_DONTWAIT); /* room for some of them */
	ck_assert_int_gt(n, 0);
	for (ssize_t i = 1; i < n; i++) {
		ends += got[i] == '\n' && got[i - 1] == '\n';
	}
	rig_turn(&rig);
	rig_wait(&rig, config_deadline_ms(rig.config));
	for (int i = 0; i < 50 && ends <= asked; i++) {
		while ((n = recv(fd, got, sizeof(got), MSG_DONTWAIT)) > 0) {
			for (ssize_t k = 0; k + 1 < n; k++) {
				ends += got[k] == '\n' && got[k + 1] == '\n';
			}
		}
		rig_wait(&rig, config_deadline_ms(rig.config) / 4);
	}
	ck_assert_uint_eq(set.count, 1);
	ck_assert_uint_eq(set.waiting, 0);
	ck_assert_uint_eq(set.buffered, 0);
	ck_assert_uint_ge(ends + 4, asked); /* an end cut in two is not counted */
	close(fd);
	end();
}
END_TEST

START_TEST(gone_while_it_waits)
{
	int fd;

	begin(COMPAT);
	fd = open_peer();
	say(fd, GOOD, strlen(GOOD));
	ck_assert_uint_eq(set.waiting, 1);
	close(fd);
	rig_turn(&rig);
	ck_assert_uint_eq(set.count, 0);
	end();
}
END_TEST

START_TEST(the_one_idle_for_longest_makes_room)
{
	int a, b, waits;

	begin(COMPAT);
	waits = open_peer();
	a = open_peer();
	b = open_peer();
	say(waits, GOOD, strlen(GOOD));
	say(a, "request=", 8);
	ck_assert(connection_evict(&set)); /* b: a was active later */
	expect_closed(b, CONNECTION_EVICTED);
	ck_assert(connection_evict(&set));
	ck_assert(!connection_evict(&set)); /* one that waits is never closed */
	ck_assert_uint_eq(set.count, 1);
	close(a);
	close(waits);
	end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("policy-connection");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_test(t, any_slice_of_two_requests_is_answered_in_order);
	tcase_add_test(t, the_end_of_the_stream_is_no_abort);
	tcase_add_loop_test(t, bytes_that_are_no_request_close_it, 0, 3);
	tcase_add_test(t, half_a_request_and_the_end);
	tcase_add_test(t, too_long);
	tcase_add_test(t, a_request_that_never_ends_is_closed_in_time);
	tcase_add_test(t, an_idle_one_stays_for_two_hours);
	tcase_add_test(t, an_answer_nobody_reads);
	tcase_add_test(t, it_waits_for_dns_and_reads_nothing_meanwhile);
	tcase_add_test(t, the_deadline_decides_with_what_is_known);
	tcase_add_test(t, it_waits_with_answers_not_taken);
	tcase_add_test(t, gone_while_it_waits);
	tcase_add_test(t, the_one_idle_for_longest_makes_room);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
