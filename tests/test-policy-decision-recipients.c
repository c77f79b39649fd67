/*
 * test-policy-decision-recipients.c - recipients in files and learned ones: what becomes of each
 */
#include "tests/policy-decide.h"
#include "tests/policy-recipients.h"

/* What the primary says, whoever is asked about. */
static enum recipient_answer answer;

static enum recipient_answer
says(void *context, const struct mailbox *recipient)
{
	(void)context;
	ck_assert_int_eq(recipient->kind, MAILBOX_PLAIN);
	return answer;
}

/* The primary is up, and the sender has tried before. */
static bool up;
static enum retry_age tried;

static bool
is_up(void *context, const struct domain_name *domain)
{
	(void)context;
	ck_assert_str_eq(domain->text, "back");
	return up;
}

static enum retry_age
has_tried(void *context, const struct request *r)
{
	(void)context;
	ck_assert(request_value_is(&r->recipient, "u@back"));
	return tried;
}

static void
decide(const struct config *c, const struct recipient_list *list, const char *recipient,
    struct decision *d)
{
	struct fact_table table = {.text = RELAY};
	struct decision_inputs in = {
	    .config = c,
	    .recipients = list,
	    .learned = says,
	    .is_up = is_up,
	    .tried = has_tried,
	    .relay_facts = {fact_table_look, &table},
	    .dnsbl_facts = {fact_table_look, &table},
	};
	struct request r = {
	    .request = value("smtpd_access_policy"),
	    .policy_context = value("relay"),
	    .recipient = value(recipient),
	};

	decision_make(&in, &r, d);
	fact_table_finish(&table);
}

static const char recipients[] = "known@back\n"
                                 "@whole.back\n";

static const struct unknown_row {
	enum config_unknown unknown;
	const char *recipient;
	enum action action;
	enum reason reason;
} unknown_rows[] = {
    {CONFIG_UNKNOWN_DEFER, "known@back", ACTION_PERMIT, REASON_BACKUP},
    {CONFIG_UNKNOWN_DEFER, "stranger@back", ACTION_TEMPORARY, REASON_RCPT_UNKNOWN},
    {CONFIG_UNKNOWN_REJECT, "stranger@back", ACTION_REFUSE, REASON_RCPT_UNKNOWN},
    {CONFIG_UNKNOWN_ACCEPT, "stranger@back", ACTION_PERMIT, REASON_RCPT_UNKNOWN_TAKEN},
    {CONFIG_UNKNOWN_REJECT, "PostMaster@back", ACTION_PERMIT, REASON_BACKUP},
    {CONFIG_UNKNOWN_REJECT, "abuse@back", ACTION_PERMIT, REASON_BACKUP},
    {CONFIG_UNKNOWN_REJECT, "postmaster@other", ACTION_REFUSE, REASON_NOT_MX},
    {CONFIG_UNKNOWN_REJECT, "postmaster@strange", ACTION_REFUSE, REASON_RCPT_UNKNOWN},
    {CONFIG_UNKNOWN_DEFER, "abuse@strange", ACTION_TEMPORARY, REASON_RCPT_UNKNOWN},
    {CONFIG_UNKNOWN_ACCEPT, "stranger@other", ACTION_REFUSE, REASON_NOT_MX},
    {CONFIG_UNKNOWN_DEFER, "stranger@sick", ACTION_TEMPORARY, REASON_DNS_TEMP},
};

START_TEST(unknown_recipients)
{
	const struct unknown_row *u = &unknown_rows[_i];
	struct config *c = config_from(config_text);
	char error[CONFIG_ERROR_MAX];
	struct recipient_list *list = recipient_list_from(recipients, error);
	struct decision d;

	c->unknown = u->unknown;
	decide(c, list, u->recipient, &d);
	ck_assert_msg(d.verdict.action == u->action && d.verdict.reason == u->reason, "%s: %s %s",
	    u->recipient, action_name(d.verdict.action), reason_code(d.verdict.reason));
	recipient_list_free(list);
	config_free(c);
}
END_TEST

static const struct learned_row {
	enum recipient_answer answer;
	enum config_unseen unseen;
	const char *recipient;
	enum action action;
	enum reason reason;
	enum reply_kind reply;
} learned_rows[] = {
    {RECIPIENT_WAIT, 0, "u@back", ACTION_WAIT, REASON_RCPT_UNTOLD, REPLY_DUNNO},
    {RECIPIENT_KNOWN, 0, "u@back", ACTION_PERMIT, REASON_BACKUP, REPLY_OK},
    {RECIPIENT_NO_USER, 0, "u@back", ACTION_REFUSE, REASON_RCPT_NO_USER, REPLY_NO_USER},
    {RECIPIENT_TAKES_ALL, 0, "u@back", ACTION_PERMIT, REASON_RCPT_TAKES_ALL, REPLY_OK},
    {RECIPIENT_UNTOLD, CONFIG_UNSEEN_ACCEPT, "u@back", ACTION_TEMPORARY, REASON_RCPT_UNTOLD,
        REPLY_TEMPORARY},
    {RECIPIENT_UNTOLD, CONFIG_UNSEEN_REFUSE, "u@back", ACTION_TEMPORARY, REASON_RCPT_UNTOLD,
        REPLY_TEMPORARY},
    {RECIPIENT_UNSEEN, CONFIG_UNSEEN_DEFER, "u@back", ACTION_TEMPORARY, REASON_RCPT_UNSEEN,
        REPLY_TEMPORARY},
    {RECIPIENT_UNSEEN, CONFIG_UNSEEN_ACCEPT, "u@back", ACTION_PERMIT, REASON_RCPT_UNSEEN_TAKEN,
        REPLY_OK},
    {RECIPIENT_UNSEEN, CONFIG_UNSEEN_REFUSE, "u@back", ACTION_REFUSE, REASON_RCPT_UNSEEN,
        REPLY_NO_USER},
    {RECIPIENT_KNOWN, 0, "u@other", ACTION_REFUSE, REASON_NOT_MX, REPLY_REFUSE},
    {RECIPIENT_NO_USER, 0, "u@sick", ACTION_TEMPORARY, REASON_DNS_TEMP, REPLY_TEMPORARY},
};

START_TEST(learned_recipients)
{
	const struct learned_row *l = &learned_rows[_i];
	struct config *c = config_from(config_text);
	struct decision d;

	c->learn = true;
	c->unseen = l->unseen;
	answer = l->answer;
	decide(c, NULL, l->recipient, &d);
	ck_assert_msg(d.verdict.action == l->action && d.verdict.reason == l->reason, "%d: %s %s",
	    _i, action_name(d.verdict.action), reason_code(d.verdict.reason));
	ck_assert_int_eq(d.reply, l->reply);
	config_free(c);
}
END_TEST

/* A domain of which a file names a recipient is the file's; the primary is asked about others. */
START_TEST(files_go_before_what_is_learned)
{
	static const struct unknown_row both[] = {
	    {0, "known@back", ACTION_PERMIT, REASON_BACKUP},
	    {0, "stranger@back", ACTION_REFUSE, REASON_RCPT_UNKNOWN},
	    {0, "postmaster@back", ACTION_PERMIT, REASON_BACKUP},
	    {0, "user@strange", ACTION_REFUSE, REASON_RCPT_NO_USER},
	    {0, "postmaster@strange", ACTION_REFUSE, REASON_RCPT_NO_USER},
	};
	struct config *c = config_from(config_text);
	char error[CONFIG_ERROR_MAX];
	struct recipient_list *list = recipient_list_from(recipients, error);
	struct decision d;

	c->learn = true;
	c->unknown = CONFIG_UNKNOWN_REJECT;
	answer = RECIPIENT_NO_USER;
	for (size_t i = 0; i < sizeof(both) / sizeof(both[0]); i++) {
		decide(c, list, both[i].recipient, &d);
		ck_assert_msg(
		    d.verdict.action == both[i].action && d.verdict.reason == both[i].reason,
		    "%s: %s", both[i].recipient, reason_code(d.verdict.reason));
	}
	recipient_list_free(list);
	config_free(c);
}
END_TEST

static const struct up_row {
	enum config_while_up mode;
	bool up;
	enum retry_age tried;
	enum action action;
	enum reason reason;
} up_rows[] = {
    {CONFIG_WHILE_UP_OBSERVE, true, RETRY_NEW, ACTION_PERMIT, REASON_BACKUP},
    {CONFIG_WHILE_UP_ACCEPT, true, RETRY_NEW, ACTION_PERMIT, REASON_BACKUP},
    {CONFIG_WHILE_UP_DEFER, false, RETRY_NEW, ACTION_PERMIT, REASON_BACKUP},
    {CONFIG_WHILE_UP_DEFER, true, RETRY_NEW, ACTION_TEMPORARY, REASON_PRIMARY_UP},
    {CONFIG_WHILE_UP_DEFER, true, RETRY_EARLY, ACTION_TEMPORARY, REASON_PRIMARY_UP},
    {CONFIG_WHILE_UP_DEFER, true, RETRY_DUE, ACTION_PERMIT, REASON_BACKUP},
    {CONFIG_WHILE_UP_REFUSE_NEW, false, RETRY_NEW, ACTION_PERMIT, REASON_BACKUP},
    {CONFIG_WHILE_UP_REFUSE_NEW, true, RETRY_NEW, ACTION_REFUSE, REASON_PRIMARY_UP},
    {CONFIG_WHILE_UP_REFUSE_NEW, true, RETRY_EARLY, ACTION_TEMPORARY, REASON_PRIMARY_UP},
    {CONFIG_WHILE_UP_REFUSE_NEW, true, RETRY_DUE, ACTION_PERMIT, REASON_BACKUP},
};

START_TEST(while_the_primary_is_up)
{
	const struct up_row *u = &up_rows[_i];
	struct config *c = config_from(config_text);
	struct decision d;

	up = u->up;
	tried = u->tried;
	c->health = CONFIG_HEALTH_OBSERVE;
	c->while_up = u->mode;
	decide(c, NULL, "u@back", &d);
	ck_assert_msg(d.verdict.action == u->action && d.verdict.reason == u->reason, "%d: %s %s",
	    _i, action_name(d.verdict.action), reason_code(d.verdict.reason));
	ck_assert(d.up == (u->up && u->mode != CONFIG_WHILE_UP_ACCEPT));
	decide(c, NULL, "u@other", &d); /* refused for another reason: not even looked at */
	ck_assert(!d.up);
	c->health = CONFIG_HEALTH_OFF;
	decide(c, NULL, "u@back", &d);
	ck_assert(d.up == (u->up && u->mode >= CONFIG_WHILE_UP_DEFER));
	up = false;
	config_free(c);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("policy-decision-recipients");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_loop_test(
	    t, unknown_recipients, 0, sizeof(unknown_rows) / sizeof(unknown_rows[0]));
	tcase_add_loop_test(
	    t, learned_recipients, 0, sizeof(learned_rows) / sizeof(learned_rows[0]));
	tcase_add_loop_test(t, while_the_primary_is_up, 0, sizeof(up_rows) / sizeof(up_rows[0]));
	tcase_add_test(t, files_go_before_what_is_learned);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
