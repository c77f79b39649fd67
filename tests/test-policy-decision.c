/*
 * test-policy-decision.c - contexts and DNSBLs: from a request to its reply
 */
#include "tests/policy-decide.h"

#define CLIENT "7.100.51.203."

static const struct row {
	const char *name;
	const char *context;
	const char *recipient;
	const char *facts; /* of the DNSBLs, for 203.51.100.7 */
	const char *client;
	const char *state;
	bool out; /* zones have not passed */
	bool all; /* dnsbl-for: all */
	enum action action;
	enum reason reason;
	int score;
} rows[] = {
    {
        .name = "relay grants",
        .context = "relay",
        .recipient = "u@back",
        .action = ACTION_PERMIT,
        .reason = REASON_BACKUP,
    },
    {
        .name = "relay does not ask DNSBLs",
        .context = "relay",
        .recipient = "u@back",
        .facts = "A " CLIENT "bl = waiting;",
        .action = ACTION_PERMIT,
        .reason = REASON_BACKUP,
    },
    {
        .name = "relay refuses",
        .context = "relay",
        .recipient = "u@other",
        .action = ACTION_REFUSE,
        .reason = REASON_NOT_MX,
    },
    {
        .name = "filter never grants",
        .context = "filter",
        .recipient = "u@back",
        .action = ACTION_PASS,
        .reason = REASON_DNSBL_CLEAN,
    },
    {
        .name = "filter leaves others alone",
        .context = "filter",
        .recipient = "u@other",
        .facts = "A " CLIENT "bl = 127.0.0.2;",
        .action = ACTION_PASS,
        .reason = REASON_NOT_BACKUP,
    },
    {
        .name = "filter leaves what it cannot tell alone",
        .context = "filter",
        .recipient = "u@sick",
        .facts = "A " CLIENT "bl = 127.0.0.2;",
        .action = ACTION_PASS,
        .reason = REASON_NOT_BACKUP,
    },
    {
        .name = "filter for all",
        .context = "filter",
        .recipient = "u@other",
        .all = true,
        .facts = "A " CLIENT "bl = 127.0.0.2;",
        .action = ACTION_REFUSE,
        .reason = REASON_DNSBL,
        .score = 2,
    },
    {
        .name = "filter waits for the relay verdict",
        .context = "filter",
        .recipient = "u@late",
        .action = ACTION_WAIT,
        .reason = REASON_NOT_BACKUP,
    },
    {
        .name = "filter refuses the listed",
        .context = "filter",
        .recipient = "u@back",
        .facts = "A " CLIENT "bl = 127.0.0.4;",
        .action = ACTION_REFUSE,
        .reason = REASON_DNSBL,
        .score = 2,
    },
    {
        .name = "one hook: both",
        .context = "",
        .recipient = "u@back",
        .facts = "A " CLIENT "bl = 127.0.0.4;",
        .action = ACTION_REFUSE,
        .reason = REASON_DNSBL,
        .score = 2,
    },
    {
        .name = "one hook: clean",
        .context = "",
        .recipient = "u@back",
        .action = ACTION_PERMIT,
        .reason = REASON_BACKUP,
    },
    {
        .name = "one hook: relay first",
        .context = "",
        .recipient = "u@other",
        .facts = "A " CLIENT "bl = 127.0.0.4;",
        .action = ACTION_REFUSE,
        .reason = REASON_NOT_MX,
    },
    {
        .name = "one hook: waits",
        .context = "",
        .recipient = "u@back",
        .facts = "A " CLIENT "bl = 127.0.0.4; A " CLIENT "wl = waiting;",
        .action = ACTION_WAIT,
        .reason = REASON_DNSBL,
        .score = 2,
    },
    {
        .name = "code outside the ranges",
        .context = "",
        .recipient = "u@back",
        .facts = "A " CLIENT "bl = 127.0.0.12;",
        .action = ACTION_PERMIT,
        .reason = REASON_BACKUP,
    },
    {
        .name = "one of several codes",
        .context = "",
        .recipient = "u@back",
        .facts = "A " CLIENT "bl = 127.0.0.12 127.0.0.3;",
        .action = ACTION_REFUSE,
        .reason = REASON_DNSBL,
        .score = 2,
    },
    {
        .name = "a score too small",
        .context = "",
        .recipient = "u@back",
        .facts = "A " CLIENT "bl2 = 127.0.0.2;",
        .action = ACTION_PERMIT,
        .reason = REASON_BACKUP,
        .score = 1,
    },
    {
        .name = "an allow list outweighs",
        .context = "",
        .recipient = "u@back",
        .facts = "A " CLIENT "bl = 127.0.0.2; A " CLIENT "wl = 127.0.5.1;",
        .action = ACTION_PERMIT,
        .reason = REASON_BACKUP,
        .score = -1,
    },
    {
        .name = "error code 127.255.255.254",
        .context = "",
        .recipient = "u@back",
        .facts = "A " CLIENT "bl = 127.255.255.254;",
        .action = ACTION_PERMIT,
        .reason = REASON_BACKUP,
    },
    {
        .name = "error code of an allow list",
        .context = "",
        .recipient = "u@back",
        .facts = "A " CLIENT "bl = 127.0.0.2; A " CLIENT "wl = 127.255.255.255;",
        .action = ACTION_REFUSE,
        .reason = REASON_DNSBL,
        .score = 2,
    },
    {
        .name = "an error code beside a listing",
        .context = "",
        .recipient = "u@back",
        .facts = "A " CLIENT "bl = 127.0.0.2 127.255.255.252;",
        .action = ACTION_PERMIT,
        .reason = REASON_BACKUP,
    },
    {
        .name = "outside 127/8: a parked domain",
        .context = "",
        .recipient = "u@back",
        .facts = "A " CLIENT "bl = 203.0.113.80;",
        .action = ACTION_PERMIT,
        .reason = REASON_BACKUP,
    },
    {
        .name = "a dead blocklist fails open",
        .context = "",
        .recipient = "u@back",
        .facts = "A " CLIENT "bl = failed;",
        .action = ACTION_PERMIT,
        .reason = REASON_BACKUP,
    },
    {
        .name = "a dead allow list fails open",
        .context = "",
        .recipient = "u@back",
        .facts = "A " CLIENT "bl = 127.0.0.2; A " CLIENT "wl = failed;",
        .action = ACTION_PERMIT,
        .reason = REASON_BACKUP,
        .score = -1,
    },
    {
        .name = "an old listing is none",
        .context = "",
        .recipient = "u@back",
        .facts = "A " CLIENT "bl = stale 127.0.0.2;",
        .action = ACTION_PERMIT,
        .reason = REASON_BACKUP,
    },
    {
        .name = "a zone that is out is not asked",
        .context = "",
        .recipient = "u@back",
        .out = true,
        .facts = "A " CLIENT "bl = 127.0.0.2;",
        .action = ACTION_PERMIT,
        .reason = REASON_BACKUP,
    },
    {
        .name = "an IPv6 client",
        .context = "",
        .recipient = "u@back",
        .client = "2001:db8::7",
        .facts =
            "A 7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.bl = 127.0.0.2;",
        .action = ACTION_REFUSE,
        .reason = REASON_DNSBL,
        .score = 2,
    },
    {
        .name = "a private client is not asked about",
        .context = "",
        .recipient = "u@back",
        .client = "10.1.1.1",
        .facts = "A 1.1.1.10.bl = 127.0.0.2;",
        .action = ACTION_PERMIT,
        .reason = REASON_BACKUP,
    },
    {
        .name = "a client 'unknown'",
        .context = "",
        .recipient = "u@back",
        .client = "unknown",
        .action = ACTION_PERMIT,
        .reason = REASON_BACKUP,
    },
    {
        .name = "DATA is no question",
        .context = "relay",
        .recipient = "u@other",
        .state = "DATA",
        .action = ACTION_PASS,
        .reason = REASON_NO_QUESTION,
    },
    {
        .name = "no state is RCPT",
        .context = "relay",
        .recipient = "u@other",
        .state = "",
        .action = ACTION_REFUSE,
        .reason = REASON_NOT_MX,
    },
};

static void
decide(const struct config *c, const struct recipient_list *recipients, const struct row *row,
    struct decision *d)
{
	static bool yes[DNSBL_ZONES_MAX], no[DNSBL_ZONES_MAX];
	char zone[4096];
	struct fact_table table = {.text = zone};
	struct decision_inputs in = {
	    .config = c,
	    .recipients = recipients,
	    .zones_ipv4 = row->out ? no : yes,
	    .zones_ipv6 = row->out ? no : yes,
	    .relay_facts = {fact_table_look, &table},
	    .dnsbl_facts = {fact_table_look, &table},
	};
	struct request r = {
	    .request = value("smtpd_access_policy"),
	    .protocol_state = value(row->state != NULL ? row->state : "RCPT"),
	    .policy_context = value(row->context),
	    .recipient = value(row->recipient),
	    .client_address = value(row->client != NULL ? row->client : "203.51.100.7"),
	};

	memset(yes, true, sizeof(yes));
	snprintf(zone, sizeof(zone), "%s" RELAY, row->facts != NULL ? row->facts : "");
	decision_make(&in, &r, d);
	fact_table_finish(&table);
}

START_TEST(decisions)
{
	const struct row *r = &rows[_i];
	struct config *c = config_from(config_text);
	struct decision d;

	if (r->all) {
		c->dnsbl_for = CONFIG_DNSBL_ALL;
	}
	decide(c, NULL, r, &d);
	ck_assert_msg(d.verdict.action == r->action && d.verdict.reason == r->reason, "%s: %s %s",
	    r->name, action_name(d.verdict.action), reason_code(d.verdict.reason));
	if (d.dnsbl_asked) {
		ck_assert_msg(d.dnsbl.score == r->score, "%s: score %d", r->name, d.dnsbl.score);
	}
	if (d.verdict.action != ACTION_WAIT) {
		static const enum reply_kind kinds[] = {
		    [ACTION_PERMIT] = REPLY_OK,
		    [ACTION_REFUSE] = REPLY_REFUSE,
		    [ACTION_TEMPORARY] = REPLY_TEMPORARY,
		    [ACTION_PASS] = REPLY_DUNNO,
		};

		ck_assert_msg(d.reply == kinds[r->action], "%s: reply", r->name);
	}
	c->dry_run = true;
	decide(c, NULL, r, &d);
	ck_assert_msg(d.reply == REPLY_DUNNO, "%s: dry run", r->name);
	config_free(c);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("policy-decision");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, decisions, 0, sizeof(rows) / sizeof(rows[0]));
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
