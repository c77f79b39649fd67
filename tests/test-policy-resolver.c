/*
 * test-policy-resolver.c - retries, deadlines, single flight and stale data, on a clock and with
 * servers of the test's own: the loop's and the transport's functions are defined here
 */
#include "policy/dns-transport.h"
#include "policy/resolver.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { TIMERS_MAX = 64, FLIGHTS_MAX = 64, TIMEOUT_MS = 1000, TRIES = 2 };

/* The clock: time moves only in move_to(). */
struct loop {
	int64_t now;
	struct loop_timer *timers[TIMERS_MAX];
	size_t count;
};

static struct loop the_loop;

int64_t
loop_now(const struct loop *l)
{
	return l->now;
}

int
loop_timer_set(struct loop *l, struct loop_timer *t, int64_t at)
{
	t->at = at;
	if (t->place == 0) {
		ck_assert_uint_lt(l->count, TIMERS_MAX);
		l->timers[l->count++] = t;
		t->place = 1;
	}
	return 0;
}

void
loop_timer_clear(struct loop *l, struct loop_timer *t)
{
	for (size_t i = 0; i < l->count; i++) {
		if (l->timers[i] == t) {
			l->timers[i] = l->timers[--l->count];
			t->place = 0;
			return;
		}
	}
}

static void
move_to(int64_t now)
{
	for (;;) {
		struct loop_timer *next = NULL;

		for (size_t i = 0; i < the_loop.count; i++) {
			if (next == NULL || the_loop.timers[i]->at < next->at) {
				next = the_loop.timers[i];
			}
		}
		if (next == NULL || next->at > now) {
			break;
		}
		if (next->at > the_loop.now) {
			the_loop.now = next->at;
		}
		loop_timer_clear(&the_loop, next);
		next->fire(next->context);
	}
	the_loop.now = now;
}

/* The servers: what was sent stays until the test answers it. */
struct flight {
	unsigned server;
	bool edns;
	uint8_t msg[DNS_QUERY_MAX];
	size_t len;
	dns_transport_reply *reply;
	void *context;
};

struct dns_transport {
	unsigned servers;
	struct flight flights[FLIGHTS_MAX];
	unsigned sent;
	unsigned answered;
};

static struct dns_transport the_transport;

struct dns_transport *
dns_transport_open(struct loop *loop, const char *servers, int timeout_ms, const char **why)
{
	(void)loop;
	(void)timeout_ms;
	if (strcmp(servers, "bad") == 0) {
		*why = "no servers";
		return NULL;
	}
	the_transport.servers = (unsigned)strtoul(servers, NULL, 10);
	return &the_transport;
}

static void
answer(struct dns_transport *t, const uint8_t *msg, size_t len)
{
	struct flight *f = &t->flights[t->answered++];

	ck_assert_uint_le(t->answered, t->sent);
	f->reply(f->context, msg, len);
}

/* As the real one: what is in flight at this moment is told; what is sent then is not. */
void
dns_transport_close(struct dns_transport *t)
{
	unsigned sent = t != NULL ? t->sent : 0;

	while (t != NULL && t->answered < sent) {
		answer(t, NULL, 0);
	}
}

unsigned
dns_transport_count(const struct dns_transport *t)
{
	return t->servers;
}

void
dns_transport_servers(const struct dns_transport *t, char *text, size_t cap)
{
	(void)t;
	(void)cap;
	text[0] = 0;
}

void
dns_transport_send(struct dns_transport *t, unsigned server, const uint8_t *msg, size_t len,
    dns_transport_reply *reply, void *context)
{
	struct flight *f = &t->flights[t->sent++];

	ck_assert_uint_le(t->sent, FLIGHTS_MAX);
	*f = (struct flight){.server = server % t->servers,
	    .edns = msg[11] == 1,
	    .len = len,
	    .reply = reply,
	    .context = context};
	memcpy(f->msg, msg, len);
}

/* Answers the oldest question with this rcode, and with one A record when it is 0. */
static void
answer_rcode(uint8_t rcode)
{
	static const uint8_t record[] = {0xc0, 12, 0, DNS_A, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7};
	const struct flight *f = &the_transport.flights[the_transport.answered];
	uint8_t msg[DNS_QUERY_MAX + sizeof(record)];
	size_t question = f->len - (f->edns ? 11 : 0);

	memcpy(msg, f->msg, question);
	msg[2] = 0x81;
	msg[3] = (uint8_t)(0x80 | rcode);
	msg[7] = rcode == 0;
	msg[11] = 0;
	memcpy(msg + question, record, sizeof(record));
	answer(&the_transport, msg, question + (rcode == 0 ? sizeof(record) : 0));
}

static struct resolver *r;
static unsigned arrivals;

static void
arrived(void *context)
{
	(void)context;
	arrivals++;
}

static struct resolver_waiter waiter = {.arrived = arrived};

static void
begin(const char *servers)
{
	struct resolver_settings settings = {servers, TIMEOUT_MS, TRIES, 7 * 86400 * 1000};
	const char *why;

	the_loop = (struct loop){.now = 1000000};
	the_transport = (struct dns_transport){0};
	arrivals = 0;
	r = resolver_new(&the_loop, &settings, &why);
	ck_assert_ptr_nonnull(r);
}

static enum fact_state
look(void)
{
	return resolver_look(r, &waiter, DNS_A, "a.test", 6).state;
}

static void
end(void)
{
	resolver_cancel(&waiter);
	resolver_free(r);
	ck_assert_uint_eq(the_loop.count, 0);
	ck_assert_uint_eq(the_transport.answered, the_transport.sent);
}

START_TEST(a_question_is_asked_once_however_many_wait)
{
	begin("1");
	ck_assert_int_eq(look(), FACT_WAITING);
	ck_assert_int_eq(look(), FACT_WAITING);
	ck_assert_uint_eq(the_transport.sent, 1);
	ck_assert(the_transport.flights[0].edns);
	answer_rcode(0);
	ck_assert_uint_eq(arrivals, 0); /* from the loop, not from within */
	move_to(the_loop.now);
	ck_assert_uint_eq(arrivals, 1);
	ck_assert_int_eq(look(), FACT_FRESH);
	move_to(the_loop.now + 61 * 1000);
	ck_assert_int_eq(look(), FACT_WAITING);
	end();
}
END_TEST

START_TEST(a_query_ends_with_its_deadline)
{
	static const char *const servers[] = {"1", "2", "8"};
	int64_t start;

	begin(servers[_i]);
	start = the_loop.now;
	ck_assert_int_eq(look(), FACT_WAITING);
	move_to(start + TIMEOUT_MS);
	answer(&the_transport, NULL, 0); /* silence */
	ck_assert_uint_eq(the_transport.sent, 2);
	ck_assert_uint_eq(the_transport.flights[1].server, _i == 0 ? 0 : 1);
	move_to(start + TIMEOUT_MS * TRIES - 1);
	ck_assert_uint_eq(arrivals, 0);
	move_to(start + TIMEOUT_MS * TRIES);
	ck_assert_uint_eq(arrivals, 1);
	ck_assert_int_eq(look(), FACT_FAILED);
	/* what comes too late is nobody's */
	answer_rcode(0);
	ck_assert_int_eq(look(), FACT_FAILED);
	/* the next question begins at a server that was not silent lately */
	move_to(the_loop.now + DNS_FAILURE_MS);
	ck_assert_int_eq(look(), FACT_WAITING);
	ck_assert_uint_eq(the_transport.flights[2].server, _i == 0 ? 0 : 1);
	end();
}
END_TEST

START_TEST(a_server_that_fails_is_followed_by_the_next)
{
	begin("2");
	ck_assert_int_eq(look(), FACT_WAITING);
	answer_rcode(2);
	ck_assert_uint_eq(the_transport.sent, 2);
	ck_assert_uint_eq(the_transport.flights[1].server, 1);
	answer_rcode(0);
	move_to(the_loop.now);
	ck_assert_int_eq(look(), FACT_FRESH);
	end();
}
END_TEST

START_TEST(formerr_is_asked_again_without_edns)
{
	begin("2");
	ck_assert_int_eq(look(), FACT_WAITING);
	answer_rcode(1);
	ck_assert_uint_eq(the_transport.sent, 2);
	ck_assert_uint_eq(the_transport.flights[1].server, 0);
	ck_assert(!the_transport.flights[1].edns);
	answer_rcode(0);
	move_to(the_loop.now);
	ck_assert_int_eq(look(), FACT_FRESH);
	/* the next question has EDNS again */
	(void)resolver_look(r, &waiter, DNS_AAAA, "a.test", 6);
	ck_assert(the_transport.flights[2].edns);
	/* a server that says so without EDNS, too, has failed */
	answer_rcode(1);
	answer_rcode(1);
	ck_assert_uint_eq(the_transport.flights[4].server, 1);
	answer_rcode(1);
	ck_assert_uint_eq(the_transport.sent, 5);
	end();
}
END_TEST

START_TEST(stale_data_is_given_while_dns_fails)
{
	begin("1");
	ck_assert_int_eq(look(), FACT_WAITING);
	answer_rcode(0);
	move_to(the_loop.now + 61 * 1000);
	ck_assert_int_eq(look(), FACT_WAITING);
	answer_rcode(2);
	answer_rcode(2);
	move_to(the_loop.now);
	ck_assert_int_eq(look(), FACT_STALE);
	/* at once from now on, while the question is asked */
	move_to(the_loop.now + DNS_FAILURE_MS);
	ck_assert_int_eq(look(), FACT_STALE);
	answer_rcode(0);
	ck_assert_int_eq(look(), FACT_FRESH);
	end();
}
END_TEST

START_TEST(new_servers_get_what_is_in_flight)
{
	struct resolver_settings settings = {"2", TIMEOUT_MS, TRIES, 7 * 86400 * 1000};
	const char *why;

	begin("1");
	ck_assert_int_eq(look(), FACT_WAITING);
	ck_assert(resolver_reconfigure(r, &settings, &why));
	ck_assert_uint_eq(the_transport.sent, 2);
	answer_rcode(0);
	move_to(the_loop.now);
	ck_assert_uint_eq(arrivals, 1);
	ck_assert_int_eq(look(), FACT_FRESH);
	settings.servers = "bad";
	ck_assert(!resolver_reconfigure(r, &settings, &why));
	ck_assert_str_eq(why, "no servers");
	ck_assert_int_eq(look(), FACT_FRESH);
	end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("policy-resolver");
	TCase *t = tcase_create("all");
	SRunner *runner = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_test(t, a_question_is_asked_once_however_many_wait);
	tcase_add_loop_test(t, a_query_ends_with_its_deadline, 0, 3);
	tcase_add_test(t, a_server_that_fails_is_followed_by_the_next);
	tcase_add_test(t, formerr_is_asked_again_without_edns);
	tcase_add_test(t, stale_data_is_given_while_dns_fails);
	tcase_add_test(t, new_servers_get_what_is_in_flight);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
