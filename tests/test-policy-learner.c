/*
 * test-policy-learner.c - recipients asked about: when, how often, and who waits. Socket pairs
 * stand for the primaries, and the clock is the test's
 */
#include "policy/learner.h"
#include "tests/policy-facts.h"
#include "tests/policy-rig.h"

#include <errno.h>

enum { PEERS_MAX = 64 };

#define LEARNS \
	"{ mode: all-better, primary-networks: [198.51.100.0/24] }\n" \
	"recipients: { learn: true, recipient-delimiter: '+-' }"
#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)

static struct policy_rig rig;
static struct learner *learner;
static int peers[PEERS_MAX]; /* the primaries' ends, in the order of the connections */
static struct address peer_addresses[PEERS_MAX];
static int peer_count;
static int told;
static bool refuses;

static struct fact_table zone = {
    .text = "MX d.test = 10:p.test 20:me.test; A p.test = 198.51.100.9; A me.test = 192.0.2.1;"
            "MX two.test = 10:p.test 10:q.test 20:me.test; A q.test = 198.51.100.8;"
            "MX late.test = waiting; MX sick.test = failed;"
            "MX out.test = 10:o.test 20:me.test; A o.test = 203.0.113.1"};

static int
connect_pair(const struct address *a, uint16_t port)
{
	int pair[2];

	ck_assert_uint_eq(port, 25);
	if (refuses) {
		return -ECONNREFUSED;
	}
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	ck_assert_int_lt(peer_count, PEERS_MAX);
	peer_addresses[peer_count] = *a;
	peers[peer_count++] = pair[1];
	return pair[0];
}

static void
begin(void)
{
	rig_begin(&rig, LEARNS);
	learner = learner_new(rig.loop, NULL, rig.log);
	ck_assert_ptr_nonnull(learner);
	learner_connect_with(learner, connect_pair);
	learner_configure(learner, rig.config);
	peer_count = told = 0;
	refuses = false;
}

static void
end(void)
{
	learner_free(learner);
	fact_table_finish(&zone);
	for (int i = 0; i < peer_count; i++) {
		close(peers[i]);
	}
	rig_end(&rig);
}

static void
arrived(void *context)
{
	(void)context;
	told++;
}

static enum recipient_answer
look(struct learner_waiter *w, const char *recipient)
{
	const struct fact_source facts = {fact_table_look, &zone};
	struct mailbox m;

	mailbox_parse(&m, recipient, strlen(recipient));
	fact_table_finish(&zone);
	return learner_look(learner, w, &m, &facts);
}

/* The same by one who is there for this question only. */
static enum recipient_answer
ask(const char *recipient)
{
	struct learner_waiter w = {.arrived = arrived};
	enum recipient_answer answer = look(&w, recipient);

	learner_cancel(&w);
	rig_turn(&rig);
	return answer;
}

static void
say(int peer, const char *reply)
{
	ck_assert_int_eq(
	    send(peers[peer], reply, strlen(reply), MSG_NOSIGNAL), (ssize_t)strlen(reply));
	rig_turn(&rig);
}

static void
expect(int peer, const char *want)
{
	char got[1000];
	ssize_t n = recv(peers[peer], got, sizeof(got) - 1, MSG_DONTWAIT);

	got[n > 0 ? n : 0] = 0;
	ck_assert_msg(strncmp(got, want, strlen(want)) == 0, "got '%s', want '%s'", got, want);
}

/* The whole of a dialogue; rcpt is the answer to the recipient in question. */
static void
serve(int peer, const char *path, const char *rcpt)
{
	char command[300];

	ck_assert_int_gt(peer_count, peer);
	say(peer, "220 p\r\n");
	expect(peer, "EHLO me.test\r\n");
	say(peer, "250 p\r\n");
	expect(peer, "MAIL FROM:<>\r\n");
	say(peer, "250 ok\r\n");
	expect(peer, "RCPT TO:<nosuchuser");
	say(peer, "550 5.1.1 no\r\n");
	snprintf(command, sizeof(command), "RCPT TO:<%s>\r\n", path);
	expect(peer, command);
	say(peer, rcpt);
	expect(peer, "QUIT\r\n");
}

START_TEST(one_question_for_all_who_wait)
{
	struct learner_waiter w[3] = {
	    {.arrived = arrived}, {.arrived = arrived}, {.arrived = arrived}};

	begin();
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(look(&w[i], "User@d.test"), RECIPIENT_WAIT);
	}
	learner_cancel(&w[1]);
	rig_turn(&rig);
	ck_assert_int_eq(peer_count, 1);
	serve(0, "User@d.test", "250 ok\r\n");
	ck_assert_int_eq(told, 2);
	ck_assert_int_eq(ask("user@D.test"), RECIPIENT_KNOWN);
	ck_assert_int_eq(look(NULL, "user@d.test"), RECIPIENT_KNOWN);
	ck_assert_int_eq(peer_count, 1);
	ck_assert(rig_log_has(
	    rig.log_fd, "recipient address=user@d.test primary=198.51.100.9 found=known"));
	end();
}
END_TEST

START_TEST(a_refusal_counts_for_three_hours)
{
	begin();
	ck_assert_int_eq(ask("user@d.test"), RECIPIENT_WAIT);
	serve(0, "user@d.test", "550 5.1.1 no such user\r\n");
	ck_assert_int_eq(ask("user@d.test"), RECIPIENT_NO_USER);
	rig_wait(&rig, 3 * HOUR - 1);
	ck_assert_int_eq(ask("user@d.test"), RECIPIENT_NO_USER);
	rig_wait(&rig, 1);
	ck_assert_int_eq(look(NULL, "user@d.test"), RECIPIENT_UNTOLD);
	ck_assert_int_eq(ask("user@d.test"), RECIPIENT_WAIT);
	serve(1, "user@d.test", "250 ok\r\n");
	ck_assert_int_eq(ask("user@d.test"), RECIPIENT_KNOWN);
	end();
}
END_TEST

START_TEST(known_for_a_month_and_asked_again_after_a_week)
{
	begin();
	ck_assert_int_eq(ask("user@d.test"), RECIPIENT_WAIT);
	serve(0, "user@d.test", "250 ok\r\n");
	rig_wait(&rig, 7 * DAY - 1);
	ck_assert_int_eq(ask("user@d.test"), RECIPIENT_KNOWN);
	ck_assert_int_eq(peer_count, 1);
	rig_wait(&rig, 1);
	ck_assert_int_eq(ask("user@d.test"), RECIPIENT_KNOWN); /* nobody waits */
	ck_assert_int_eq(ask("user@d.test"), RECIPIENT_KNOWN);
	ck_assert_int_eq(peer_count, 2);
	serve(1, "user@d.test", "450 later\r\n"); /* proves nothing */
	ck_assert_int_eq(ask("user@d.test"), RECIPIENT_KNOWN);
	ck_assert_int_eq(peer_count, 2);
	rig_wait(&rig, LEARNED_AGAIN_MS);
	ck_assert_int_eq(ask("user@d.test"), RECIPIENT_KNOWN);
	serve(2, "user@d.test", "250 ok\r\n"); /* a month from now */
	rig_wait(&rig, 31 * DAY - 1);
	ck_assert_int_eq(look(NULL, "user@d.test"), RECIPIENT_KNOWN);
	rig_wait(&rig, 1);
	ck_assert_int_eq(look(NULL, "user@d.test"), RECIPIENT_UNTOLD);
	ck_assert_int_eq(ask("user@d.test"), RECIPIENT_WAIT);
	serve(3, "user@d.test", "550 5.1.1 gone\r\n");
	ck_assert_int_eq(ask("user@d.test"), RECIPIENT_NO_USER);
	end();
}
END_TEST

START_TEST(what_proves_nothing_is_not_learned)
{
	static const char *const answers[] = {"454 4.7.1 relay access denied\r\n",
	    "450 4.2.0 greylisted\r\n", "550 5.7.1 blocked\r\n", "554 no\r\n"};

	begin();
	for (int i = 0; i < 4; i++) {
		ck_assert_int_eq(ask("user@d.test"), RECIPIENT_WAIT);
		serve(i, "user@d.test", answers[i]);
		ck_assert_int_eq(ask("user@d.test"), RECIPIENT_UNTOLD);
		ck_assert_int_eq(peer_count, i + 1); /* and not asked at once again */
		rig_wait(&rig, LEARNED_AGAIN_MS);
	}
	ck_assert_uint_eq(learned_count(learner_memory(learner), LEARNED_NO_USER), 0);
	end();
}
END_TEST

START_TEST(a_host_that_takes_all_proves_nothing)
{
	begin();
	ck_assert_int_eq(ask("user@d.test"), RECIPIENT_WAIT);
	say(0, "220 p\r\n");
	say(0, "250 p\r\n");
	say(0, "250 ok\r\n");
	say(0, "250 ok\r\n");
	ck_assert_int_eq(ask("user@d.test"), RECIPIENT_TAKES_ALL);
	ck_assert_int_eq(ask("other@d.test"), RECIPIENT_TAKES_ALL); /* not asked for each */
	ck_assert_int_eq(peer_count, 1);
	ck_assert_uint_eq(learned_count(learner_memory(learner), LEARNED_KNOWN), 0);
	rig_wait(&rig, 3 * HOUR);
	ck_assert_int_eq(ask("user@d.test"), RECIPIENT_WAIT);
	serve(1, "user@d.test", "550 5.1.1 no\r\n");
	ck_assert_int_eq(ask("user@d.test"), RECIPIENT_NO_USER);
	end();
}
END_TEST

START_TEST(an_extension_is_its_user_unless_he_is_unknown)
{
	begin();
	ck_assert_int_eq(ask("user+shop@d.test"), RECIPIENT_WAIT);
	serve(0, "user@d.test", "250 ok\r\n");
	ck_assert_int_eq(ask("user+shop@d.test"), RECIPIENT_KNOWN);
	ck_assert_int_eq(ask("user+other@d.test"), RECIPIENT_KNOWN);
	ck_assert_int_eq(peer_count, 1);
	rig_wait(&rig, 1000);
	ck_assert_int_eq(ask("no-reply@d.test"), RECIPIENT_WAIT);
	serve(1, "no@d.test", "550 5.1.1 no\r\n");
	rig_wait(&rig, 1000);
	ck_assert_int_eq(ask("no-reply@d.test"), RECIPIENT_WAIT);
	serve(2, "no-reply@d.test", "250 ok\r\n");
	ck_assert_int_eq(ask("no-reply@d.test"), RECIPIENT_KNOWN);
	ck_assert_int_eq(ask("no@d.test"), RECIPIENT_NO_USER);
	end();
}
END_TEST

START_TEST(a_primary_is_not_asked_in_volleys)
{
	struct learner_counts n;
	char address[64];

	begin();
	for (int i = 0; i < ASK_PRIMARY_WAITING_MAX; i++) {
		struct learner_waiter w = {.arrived = arrived};

		snprintf(address, sizeof(address), "u%d@d.test", i);
		ck_assert_int_eq(look(&w, address), RECIPIENT_WAIT);
		learner_cancel(&w);
	}
	{
		struct learner_waiter w = {.arrived = arrived};

		ck_assert_int_eq(look(&w, "one-more@d.test"), RECIPIENT_UNTOLD);
		ck_assert_int_eq(look(&w, "u0@two.test"), RECIPIENT_UNTOLD);
	}
	rig_turn(&rig);
	ck_assert_int_eq(peer_count, 1);
	rig_wait(&rig, ASK_PRIMARY_GAP_MS - 1);
	ck_assert_int_eq(peer_count, 1);
	rig_wait(&rig, 1);
	ck_assert_int_eq(peer_count, 2);
	for (int i = 0; i < 20; i++) {
		rig_wait(&rig, ASK_PRIMARY_GAP_MS);
	}
	ck_assert_int_eq(peer_count, ASK_PRIMARY_RUNNING_MAX);
	serve(0, "u0@d.test", "250 ok\r\n");
	rig_wait(&rig, ASK_PRIMARY_GAP_MS);
	ck_assert_int_eq(peer_count, ASK_PRIMARY_RUNNING_MAX + 1);
	learner_count(learner, &n);
	ck_assert_uint_eq(n.running, ASK_PRIMARY_RUNNING_MAX);
	ck_assert_uint_eq(n.waiting, ASK_PRIMARY_WAITING_MAX - ASK_PRIMARY_RUNNING_MAX - 1);
	ck_assert_uint_eq(n.crowded, 2);
	end();
}
END_TEST

START_TEST(the_next_address_is_asked_when_one_is_not_there)
{
	struct learner_waiter w = {.arrived = arrived};
	char text[ADDRESS_TEXT_MAX];

	begin();
	ck_assert_int_eq(look(&w, "user@two.test"), RECIPIENT_WAIT);
	rig_turn(&rig);
	shutdown(peers[0], SHUT_RDWR);
	rig_turn(&rig);
	ck_assert_int_eq(told, 0);
	ck_assert_int_eq(peer_count, 2);
	address_format(&peer_addresses[0], text);
	ck_assert_str_eq(text, "198.51.100.9");
	address_format(&peer_addresses[1], text);
	ck_assert_str_eq(text, "198.51.100.8");
	serve(1, "user@two.test", "250 ok\r\n");
	ck_assert_int_eq(told, 1);
	ck_assert_int_eq(look(NULL, "user@two.test"), RECIPIENT_KNOWN);
	/* none is there: whoever waits is told, and it is not tried at once again */
	refuses = true;
	ck_assert_int_eq(look(&w, "other@two.test"), RECIPIENT_WAIT);
	rig_wait(&rig, ASK_PRIMARY_GAP_MS);
	rig_wait(&rig, ASK_PRIMARY_GAP_MS);
	ck_assert_int_eq(told, 2);
	ck_assert_int_eq(look(&w, "other@two.test"), RECIPIENT_UNTOLD);
	end();
}
END_TEST

START_TEST(a_silent_primary_is_given_up)
{
	struct learner_waiter w = {.arrived = arrived};

	begin();
	ck_assert_int_eq(look(&w, "user@d.test"), RECIPIENT_WAIT);
	rig_turn(&rig);
	rig_wait(&rig, LEARNER_TIMEOUT_MS - 1);
	ck_assert_int_eq(told, 0);
	rig_wait(&rig, 1);
	ck_assert_int_eq(told, 1);
	ck_assert_int_eq(ask("user@d.test"), RECIPIENT_UNTOLD);
	end();
}
END_TEST

START_TEST(no_primary_no_question)
{
	begin();
	ck_assert_int_eq(ask("user@late.test"), RECIPIENT_WAIT);
	ck_assert_int_eq(ask("user@sick.test"), RECIPIENT_UNTOLD);
	ck_assert_int_eq(ask("user@out.test"), RECIPIENT_UNTOLD); /* outside the networks */
	ck_assert_int_eq(ask("a\rb@d.test"), RECIPIENT_UNTOLD);
	ck_assert_int_eq(peer_count, 0);
	end();
}
END_TEST

START_TEST(without_learn_everything_is_given_up)
{
	struct learner_waiter w = {.arrived = arrived};

	begin();
	ck_assert_int_eq(look(&w, "user@d.test"), RECIPIENT_WAIT);
	ck_assert_int_eq(ask("other@d.test"), RECIPIENT_WAIT);
	rig.config->learn = false;
	learner_configure(learner, rig.config);
	ck_assert_ptr_null(w.probe);
	rig_wait(&rig, 1000);
	ck_assert_int_eq(told, 0);
	ck_assert_int_eq(peer_count, 1);
	end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("policy-learner");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, one_question_for_all_who_wait);
	tcase_add_test(t, a_refusal_counts_for_three_hours);
	tcase_add_test(t, known_for_a_month_and_asked_again_after_a_week);
	tcase_add_test(t, what_proves_nothing_is_not_learned);
	tcase_add_test(t, a_host_that_takes_all_proves_nothing);
	tcase_add_test(t, an_extension_is_its_user_unless_he_is_unknown);
	tcase_add_test(t, a_primary_is_not_asked_in_volleys);
	tcase_add_test(t, the_next_address_is_asked_when_one_is_not_there);
	tcase_add_test(t, a_silent_primary_is_given_up);
	tcase_add_test(t, no_primary_no_question);
	tcase_add_test(t, without_learn_everything_is_given_up);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
