/*
 * test-policy-server.c - the whole daemon in this process: start, serve, reload, and their failures
 */
#include "policy/control-answer.h"
#include "policy/metrics.h"
#include "policy/server.h"
#include "tests/policy-rig.h"
#include "tests/scratch.h"

#include <sys/un.h>
#include <sysexits.h>

#define GOOD "request=smtpd_access_policy\nrecipient=u@good.test\n\n"

static const struct server_faces faces = {control_answer, metrics_answer};
static char path[80];
static int log_fd;

static void
write_config(const char *domains, const char *more)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fprintf(f,
	    "listen: [ 'unix:%s/policy'%s ]\ncontrol: 'unix:%s/control'\n"
	    "identity: { names: [me.test], addresses: [192.0.2.1] }\n"
	    "dns: { servers: ['127.0.0.1:9'] }\n"
	    "relay: { mode: static, domains: [%s] }\n",
	    scratch, more, scratch, domains);
	ck_assert_int_eq(fclose(f), 0);
}

static struct server *
start(void)
{
	char error[CONFIG_ERROR_MAX];
	int status;
	struct server *s = server_start(
	    loop_new_with_clock(rig_clock), path, &faces, &status, error);

	ck_assert_msg(s != NULL, "%s", error);
	return s;
}

static void
turn(struct server *s)
{
	for (int i = 0; i < 8; i++) {
		rig_time++;
		ck_assert_int_eq(loop_turn(s->loop, 0), 0);
	}
}

static int
reach(const char *name)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(un.sun_path, sizeof(un.sun_path), "%s/%s", scratch, name);
	if (connect(fd, (struct sockaddr *)&un, sizeof(un)) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static void
ask(struct server *s, int fd, const char *question, const char *start_of_answer)
{
	char got[4096] = "";

	ck_assert_int_eq(
	    send(fd, question, strlen(question), MSG_NOSIGNAL), (ssize_t)strlen(question));
	turn(s);
	ck_assert_int_gt(recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT), 0);
	ck_assert_msg(strncmp(got, start_of_answer, strlen(start_of_answer)) == 0,
	    "got '%s', want '%s'", got, start_of_answer);
}

static void
begin(void)
{
	scratch_begin();
	snprintf(path, sizeof(path), "%s/policyd.yaml", scratch);
	log_fd = rig_log_open();
	write_config("good.test", "");
}

START_TEST(it_serves_all_faces)
{
	struct server *s;
	int mta, control;

	begin();
	s = start();
	mta = reach("policy");
	control = reach("control");
	ask(s, mta, GOOD, "action=OK\n\n");
	ask(s, control, "status\n", "mailgraft-policyd ");
	close(mta);
	close(control);
	server_free(s);
	ck_assert_int_eq(reach("policy"), -1); /* its name is gone */
	scratch_end();
}
END_TEST

START_TEST(a_reload_changes_answers_and_keeps_connections)
{
	struct server *s;
	int mta;

	begin();
	s = start();
	mta = reach("policy");
	ask(s, mta, GOOD, "action=OK\n\n");
	write_config("other.test", "");
	ck_assert(server_reload(s));
	turn(s);
	ck_assert_uint_eq(s->reloads, 1);
	ask(s, mta, GOOD, "action=554 ");
	close(mta);
	server_free(s);
	scratch_end();
}
END_TEST

START_TEST(a_reload_that_fails_changes_nothing)
{
	struct server *s;
	int mta, fd;

	begin();
	s = start();
	mta = reach("policy");
	write_config("", "");
	ck_assert(!server_reload(s));
	ck_assert_msg(strstr(s->reload_error, "expected") != NULL, "%s", s->reload_error);
	/* the first new socket opens, the second cannot: neither stays */
	write_config("other.test", ", 'unix:/nonexistent/x'");
	ck_assert(!server_reload(s));
	ck_assert_msg(strstr(s->reload_error, "cannot bind") != NULL, "%s", s->reload_error);
	ck_assert_uint_eq(s->reload_failures, 2);
	ck_assert_uint_eq(s->reloads, 0);
	ask(s, mta, GOOD, "action=OK\n\n");
	fd = reach("policy");
	ask(s, fd, GOOD, "action=OK\n\n");
	close(fd);
	close(mta);
	server_free(s);
	ck_assert(rig_log_has(log_fd, "reload failed, nothing has changed"));
	scratch_end();
}
END_TEST

START_TEST(sockets_come_and_go_with_the_configuration)
{
	char second[100];
	struct server *s;
	int fd;

	begin();
	s = start();
	snprintf(second, sizeof(second), ", 'unix:%s/second'", scratch);
	write_config("good.test", second);
	ck_assert(server_reload(s));
	fd = reach("second");
	ask(s, fd, GOOD, "action=OK\n\n");
	write_config("good.test", "");
	ck_assert(server_reload(s));
	ck_assert_int_eq(reach("second"), -1);
	ask(s, fd, GOOD, "action=OK\n\n"); /* who was connected stays */
	close(fd);
	server_free(s);
	scratch_end();
}
END_TEST

START_TEST(a_start_that_fails_says_why)
{
	char error[CONFIG_ERROR_MAX];
	int status;

	begin();
	write_config("", "");
	ck_assert_ptr_null(server_start(loop_new(), path, &faces, &status, error));
	ck_assert_int_eq(status, EX_CONFIG);
	ck_assert_msg(strstr(error, "expected") != NULL, "%s", error);
	write_config("good.test", ", 'unix:/nonexistent/x'");
	ck_assert_ptr_null(server_start(loop_new(), path, &faces, &status, error));
	ck_assert_int_eq(status, EX_CONFIG);
	ck_assert_msg(strstr(error, "cannot bind 'unix:/nonexistent/x'") != NULL, "%s", error);
	write_config("good.test", ", 'inet:192.0.2.1:10040'"); /* an address of nobody's */
	ck_assert_ptr_null(server_start(loop_new(), path, &faces, &status, error));
	ck_assert_int_eq(status, EX_OSERR);
	ck_assert_int_eq(reach("policy"), -1);
	scratch_end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("policy-server");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_test(t, it_serves_all_faces);
	tcase_add_test(t, a_reload_changes_answers_and_keeps_connections);
	tcase_add_test(t, a_reload_that_fails_changes_nothing);
	tcase_add_test(t, sockets_come_and_go_with_the_configuration);
	tcase_add_test(t, a_start_that_fails_says_why);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
