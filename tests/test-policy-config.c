/*
 * test-policy-config.c - what the configuration says, and what it answers to mistakes
 */
#include "policy/config-file.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MINIMAL "listen: 'inet:127.0.0.1:10040'\nrelay: { mode: static, domains: [a.test] }\n"

static const struct row {
	const char *text;
	const char *want; /* the error, or NULL: valid */
} rows[] = {
    {
        .text = MINIMAL,
    },
    {
        .text = MINIMAL "families: [ipv6]\n",
    },
    {
        .text = MINIMAL "metrics: { inet: '[::1]:9116' }\n",
    },
    {
        .text = MINIMAL
        "dns: { servers: ['127.0.0.1:53', '::1'], timeout: 1.5s, keep-stale: 7d }\n",
    },
    {
        .text = "listen: [{ unix: /a/b, mode: 0660, group: x, owner: y }]\n"
                "relay: { mode: compat, primary-networks: any }\n",
    },
    {
        .text = "",
        .want = "test:1:1: expected listen: and relay:",
    },
    {
        .text = "- a\n",
        .want = "test:1:1: expected a mapping with: listen, ",
    },
    {
        .text = "listen: [",
        .want = "test:2:1: expected YAML: ",
    },
    {
        .text = "relay: { mode: static, domains: [a.test] }\n",
        .want = "test:1:1: expected listen: with at least one socket",
    },
    {
        .text = "listen: 'unix:/a'\n",
        .want = "test:1:1: expected relay: with at least a mode",
    },
    {
        .text = MINIMAL "surprise: 1\n",
        .want = "test:3:1: expected one of: listen, ",
    },
    {
        .text = MINIMAL "dns: { timeout: 1.5s,\n       retries: 3 }\n",
        .want = "test:4:8: expected one of: servers, timeout, tries, keep-stale",
    },
    {
        .text = MINIMAL "dry-run: maybe\n",
        .want = "test:3:10: expected one of: false, true",
    },
    {
        .text = MINIMAL "dry-run: true\ndry-run: true\n",
        .want = "test:4:1: expected 'dry-run' only once",
    },
    {
        .text = MINIMAL "dns: { timeout: 1500 }\n",
        .want = "test:3:17: expected a duration such as",
    },
    {
        .text = MINIMAL "dns: { timeout: 1h }\n",
        .want = "test:3:17: expected a duration from",
    },
    {
        .text = MINIMAL "dns: { tries: 0 }\n",
        .want = "test:3:15: expected a number of tries (1 to 10)",
    },
    {
        .text = MINIMAL "dns: { tries: 2x }\n",
        .want = "test:3:15: expected a number of tries",
    },
    {
        .text = MINIMAL "dns: { servers: [dns.example] }\n",
        .want = "test:3:18: expected a DNS server",
    },
    {
        .text = MINIMAL "families: [ipv5]\n",
        .want = "test:3:12: expected one of: ipv4, ipv6",
    },
    {
        .text = MINIMAL "state: relative\n",
        .want = "test:3:8: expected an absolute path",
    },
    {
        .text = MINIMAL "identity: { addresses: [mx.test] }\n",
        .want = "test:3:25: expected an IP address",
    },
    {
        .text = MINIMAL "identity: { names: ['a b'] }\n",
        .want = "test:3:21: expected a host name",
    },
    {
        .text = MINIMAL "control: { mode: 0600 }\n",
        .want = "test:3:10: expected unix:PATH",
    },
    {
        .text = MINIMAL "control: { unix: rel }\n",
        .want = "test:3:18: expected an absolute path",
    },
    {
        .text = MINIMAL "control: { unix: /a, mode: 999 }\n",
        .want = "test:3:28: expected an octal mode",
    },
    {
        .text = MINIMAL "control: { inet: '127.0.0.1:1', mode: 0600 }\n",
        .want = "expected owner, group and mode only with unix",
    },
    {
        .text = MINIMAL "metrics: { inet: '127.0.0.1' }\n",
        .want = "test:3:18: expected an address and a port",
    },
    {
        .text = MINIMAL "metrics: { inet: '127.0.0.1:99999' }\n",
        .want = "expected an address and a port",
    },
    {
        .text = MINIMAL "metrics: tcp:1\n",
        .want = "test:3:10: expected unix:PATH, inet:HOST:PORT",
    },
    {
        .text = MINIMAL "reject-score: 0\n",
        .want = "test:3:15: expected a score (1 to",
    },
    {
        .text = MINIMAL "dnsbl: [{ zone: a.test }]\n",
        .want = "expected { zone: NAME, listed:",
    },
    {
        .text = MINIMAL "dnsbl: [{ zone: a.test, listed: ['128.0.0.1'] }]\n",
        .want = "expected addresses in 127.0.0.0/8",
    },
    {
        .text = MINIMAL "dnsbl: [{ zone: a.test, listed: ['127.0.0.9-127.0.0.2'] }]\n",
        .want = "expected addresses in 127.0.0.0/8",
    },
    {
        .text = MINIMAL "dnsbl: [{ zone: a.test, listed: ['127.0.0.0/7'] }]\n",
        .want = "expected addresses in 127.0.0.0/8",
    },
    {
        .text = MINIMAL "recipients: { unknown: defer }\n",
        .want = "expected files: [PATH, ...] or learn: true",
    },
    {
        .text = MINIMAL "recipients: { learn: yes }\n",
        .want = "expected one of: false, true",
    },
    {
        .text = MINIMAL "recipients: { learn: true, unseen: reject }\n",
        .want = "expected one of: defer, accept, refuse",
    },
    {
        .text = "listen: 'unix:/a'\nrelay: { mode: compat, primary-networks: any }\n"
                "recipients: { learn: true }\n",
        .want = "expected networks, not 'any', in primary-networks with recipients: learn",
    },
    {
        .text = MINIMAL "recipients: { files: [/a], unknown: drop }\n",
        .want = "expected one of: accept, defer, reject",
    },
    {
        .text = MINIMAL "primary-health: { mode: act }\n",
        .want = "expected one of: off, observe",
    },
    {
        .text = MINIMAL "primary-health: { while-up: refuse }\n",
        .want = "expected one of: observe, accept, defer, refuse-new",
    },
    {
        .text = "listen: 'unix:/a'\nrelay: { mode: compat }\n",
        .want = "expected relay: primary-networks: a list, or 'any'",
    },
    {
        .text = "listen: 'unix:/a'\nrelay: { mode: all-better, primary-networks: any }\n",
        .want = "expected primary-networks: any only in mode compat",
    },
    {
        .text = "listen: 'unix:/a'\nrelay: { mode: pinned }\n",
        .want = "expected relay: pinned:",
    },
    {
        .text = "listen: 'unix:/a'\nrelay: { mode: static }\n",
        .want = "expected relay: domains:",
    },
    {
        .text = "listen: 'unix:/a'\nrelay: { mode: pinned, pinned: { a.test: [10.0.0.1/8] } }\n",
        .want = "test:2:43: expected networks",
    },
    {
        .text = "listen: 'unix:/a'\nrelay: { mode: pinned, pinned: { a.test: [10.1.1.1], A.test: "
                "[10.1.1.1] } }\n",
        .want = "expected 'a.test' pinned only once",
    },
    {
        .text = "listen: 'unix:/a'\nrelay: { mode: everything }\n",
        .want = "test:2:16: expected one of: compat, all-better, pinned, static",
    },
};

START_TEST(configurations)
{
	const struct row *r = &rows[_i];
	char error[CONFIG_ERROR_MAX];
	struct config *c = config_from_text("test", r->text, strlen(r->text), error);

	if (r->want == NULL) {
		ck_assert_msg(c != NULL, "%s: %s", r->text, error);
	} else {
		ck_assert_msg(c == NULL, "valid: %s", r->text);
		ck_assert_msg(strstr(error, r->want) != NULL, "%s\n  got  %s\n  want %s", r->text,
		    error, r->want);
	}
	config_free(c);
}
END_TEST

START_TEST(defaults_are_filled_in)
{
	char error[CONFIG_ERROR_MAX];
	struct config *c = config_from_text("test", MINIMAL, strlen(MINIMAL), error);

	ck_assert_ptr_nonnull(c);
	ck_assert(c->relay.ipv4 && c->relay.ipv6);
	ck_assert_int_eq(c->dns_timeout_ms, 1500);
	ck_assert_int_eq(c->dns_tries, 2);
	ck_assert_int_eq(config_deadline_ms(c), 4000);
	ck_assert_int_eq(c->keep_stale_ms, 7LL * 86400 * 1000);
	ck_assert_uint_gt(c->identity.name_count, 0);
	ck_assert_uint_gt(c->identity.address_count, 0);
	ck_assert_int_eq(c->unknown, CONFIG_UNKNOWN_DEFER);
	ck_assert_ptr_null(c->dns_servers);
	config_free(c);
}
END_TEST

/* Every key there is, as the documents show them. */
static const char whole[] =
    "listen:\n"
    "  - { inet: \"127.0.0.1:10040\" }\n"
    "  - { unix: /var/spool/postfix/private/mailgraft, owner: postfix, mode: 0600 }   # Debian's "
    "smtpd is chrooted\n"
    "  - { unix: /run/mailgraft/policy, group: Debian-exim, mode: 0660 }\n"
    "control: { unix: /run/mailgraft/control, mode: 0600 }\n"
    "metrics: { inet: \"127.0.0.1:9116\" }\n"
    "state: /var/lib/mailgraft          # last-known-good DNS and verdicts survive a reboot in an "
    "outage\n"
    "families: [ipv4, ipv6]             # as the MTA uses them\n"
    "identity: { names: [mx1.example.net], addresses: [192.0.2.1, \"2001:db8::1\"] }   # default: "
    "this host's; NAT addresses go here too\n"
    "dns: { servers: [\"127.0.0.1:53\"], timeout: 1.5s, tries: 2, keep-stale: 7d }\n"
    "relay:\n"
    "  mode: compat                     # compat | all-better | pinned | static\n"
    "  primary-networks: [198.51.100.0/24, \"2001:db8:1::/48\", primary.example.com]\n"
    "  pinned: { example.org: [203.0.113.7] }\n"
    "dnsbl:\n"
    "  - { zone: zen.example, listed: [\"127.0.0.2-127.0.0.11\"], score: 2 }\n"
    "  - { zone: allow.example, listed: [\"127.0.0.0/8\"], score: -3 }\n"
    "reject-score: 2\n"
    "dnsbl-for: backup                  # backup | all\n"
    "recipients: { files: [/etc/mailgraft/recipients], unknown: defer }   # accept | defer | "
    "reject; postmaster and abuse always pass\n"
    "primary-health: { mode: observe }  # off | observe\n"
    "dry-run: false\n";

static bool
has_address(const struct identity *id, const char *text)
{
	struct address a;

	return address_parse(&a, text, strlen(text)) && identity_has_address(id, &a);
}

static bool
has_network(const struct host_list *list, const char *text)
{
	struct address a;

	return address_parse(&a, text, strlen(text)) && host_list_has_address(list, &a);
}

START_TEST(every_key_is_read)
{
	char error[CONFIG_ERROR_MAX];
	struct config *c = config_from_text("test", whole, strlen(whole), error);

	ck_assert_msg(c != NULL, "%s", error);
	ck_assert_uint_eq(c->listen_count, 3);
	ck_assert_str_eq(c->listen[0].text, "inet:127.0.0.1:10040");
	ck_assert_str_eq(c->listen[1].text, "unix:/var/spool/postfix/private/mailgraft");
	ck_assert_str_eq(c->listen[1].owner, "postfix");
	ck_assert_uint_eq(c->listen[1].mode, 0600);
	ck_assert_str_eq(c->listen[2].group, "Debian-exim");
	ck_assert_uint_eq(c->listen[2].mode, 0660);
	ck_assert_str_eq(c->control.text, "unix:/run/mailgraft/control");
	ck_assert_uint_eq(c->control.mode, 0600);
	ck_assert_str_eq(c->metrics.text, "inet:127.0.0.1:9116");
	ck_assert_str_eq(c->state, "/var/lib/mailgraft");
	ck_assert(c->relay.ipv4 && c->relay.ipv6);
	ck_assert(identity_has_name(&c->identity, "mx1.example.net", 15));
	ck_assert(
	    has_address(&c->identity, "192.0.2.1") && has_address(&c->identity, "2001:db8::1"));
	ck_assert_uint_eq(c->identity.name_count, 1);
	ck_assert_uint_eq(c->identity.address_count, 2);
	ck_assert_str_eq(c->dns_servers, "127.0.0.1:53");
	ck_assert_int_eq(c->dns_timeout_ms, 1500);
	ck_assert_int_eq(c->dns_tries, 2);
	ck_assert_int_eq(c->keep_stale_ms, 7LL * 86400 * 1000);
	ck_assert_int_eq(c->relay.mode, RELAY_COMPAT);
	ck_assert(!c->relay.any_network);
	ck_assert(has_network(&c->relay.networks, "198.51.100.77"));
	ck_assert(has_network(&c->relay.networks, "2001:db8:1::77"));
	ck_assert(host_list_has_name(&c->relay.networks, "primary.example.com", 19));
	ck_assert_uint_eq(c->relay.pin_count, 1);
	ck_assert_str_eq(c->relay.pins[0].domain.text, "example.org");
	ck_assert(has_network(&c->relay.pins[0].hosts, "203.0.113.7"));
	ck_assert_uint_eq(c->dnsbl_count, 2);
	ck_assert_str_eq(c->dnsbl[0].zone.text, "zen.example");
	ck_assert_int_eq(c->dnsbl[0].score, 2);
	ck_assert_int_eq(c->dnsbl[1].score, -3);
	ck_assert_int_eq(c->reject_score, 2);
	ck_assert_int_eq(c->dnsbl_for, CONFIG_DNSBL_BACKUP);
	ck_assert_uint_eq(c->recipient_file_count, 1);
	ck_assert_str_eq(c->recipient_files[0], "/etc/mailgraft/recipients");
	ck_assert_int_eq(c->unknown, CONFIG_UNKNOWN_DEFER);
	ck_assert_int_eq(c->health, CONFIG_HEALTH_OBSERVE);
	ck_assert(!c->dry_run);
	config_free(c);
}
END_TEST

START_TEST(the_other_words_are_read)
{
	static const char text[] =
	    "listen: ['unix:/run/p', 'inet:127.0.0.1:10040', 'inet:[::1]:10040']\n"
	    "relay: { mode: all-better, primary-networks: [primary.example.com] }\n"
	    "families: [ipv6]\n"
	    "dnsbl-for: all\n"
	    "recipients: { files: /a, unknown: reject, learn: true, unseen: refuse,\n"
	    "  recipient-delimiter: '+-' }\n"
	    "primary-health: { mode: off, while-up: refuse-new }\n"
	    "dry-run: true\n";
	char error[CONFIG_ERROR_MAX];
	struct config *c = config_from_text("test", text, strlen(text), error);

	ck_assert_msg(c != NULL, "%s", error);
	ck_assert_str_eq(c->listen[0].text, "unix:/run/p");
	ck_assert_uint_eq(c->listen[0].mode, 0600);
	ck_assert_str_eq(c->listen[1].text, "inet:127.0.0.1:10040");
	ck_assert_str_eq(c->listen[2].text, "inet:[::1]:10040");
	ck_assert_int_eq(c->relay.mode, RELAY_ALL_BETTER);
	ck_assert(!c->relay.ipv4 && c->relay.ipv6);
	ck_assert_int_eq(c->dnsbl_for, CONFIG_DNSBL_ALL);
	ck_assert_int_eq(c->unknown, CONFIG_UNKNOWN_REJECT);
	ck_assert(c->learn && config_watches(c));
	ck_assert_int_eq(c->unseen, CONFIG_UNSEEN_REFUSE);
	ck_assert_str_eq(c->recipient_delimiter, "+-");
	ck_assert_int_eq(c->health, CONFIG_HEALTH_OFF);
	ck_assert_int_eq(c->while_up, CONFIG_WHILE_UP_REFUSE_NEW);
	ck_assert(c->dry_run);
	config_free(c);
}
END_TEST

/* Nesting and anchors cost the parser time that grows with their square. */
static const struct heavy_row {
	const char *start;
	const char *unit;
	size_t count;
	const char *want;
} heavy_rows[] = {
    /* one level is the file's own */
    {"listen: ", "[", CONFIG_DEPTH_MAX - 1, "expected YAML: "},
    {"listen: ", "[", CONFIG_DEPTH_MAX, "test:1:24: expected at most 16 levels"},
    {"listen: ", "[", CONFIG_SIZE_MAX - 100, "test:1:24: expected at most 16 levels"},
    {"listen: ", "{a: ", 200000, "test:1:69: expected at most 16 levels"},
    {"listen:\n ", "? ", 400000, "test:2:32: expected at most 16 levels"},
    {"listen:\n ", "- ", 400000, "test:2:32: expected at most 16 levels"},
};

START_TEST(a_heavy_file_is_refused_early)
{
	const struct heavy_row *r = &heavy_rows[_i];
	size_t unit = strlen(r->unit), len = strlen(r->start);
	char *text = malloc(len + unit * r->count), error[CONFIG_ERROR_MAX];

	ck_assert_ptr_nonnull(text);
	memcpy(text, r->start, len);
	for (size_t i = 0; i < r->count; i++, len += unit) {
		memcpy(text + len, r->unit, unit);
	}
	ck_assert_ptr_null(config_from_text("test", text, len, error));
	ck_assert_msg(strstr(error, r->want) != NULL, "%s", error);
	free(text);
}
END_TEST

START_TEST(many_anchors_are_refused)
{
	char text[16 * 1024] = "listen: [", error[CONFIG_ERROR_MAX];
	size_t at = strlen(text);

	for (int i = 0; i <= CONFIG_ANCHORS_MAX; i++) {
		at += (size_t)snprintf(text + at, sizeof(text) - at, "&a%d 'unix:/a', ", i);
	}
	snprintf(text + at, sizeof(text) - at, "]\n");
	ck_assert_ptr_null(config_from_text("test", text, strlen(text), error));
	ck_assert_msg(strstr(error, "expected at most 64 anchors") != NULL, "%s", error);
}
END_TEST

static void
count_warning(void *context, const char *text)
{
	unsigned *count = context;

	ck_assert_ptr_nonnull(text);
	++*count;
}

START_TEST(warnings_name_what_bites)
{
	static const char text[] = "listen: 'inet:0.0.0.0:10040'\n"
	                           "identity: { addresses: [10.0.0.1] }\n"
	                           "dns: { timeout: 5s, tries: 3, servers: [192.0.2.53] }\n"
	                           "control: 'inet:127.0.0.1:10041'\n"
	                           "relay: { mode: compat, primary-networks: any }\n";
	char error[CONFIG_ERROR_MAX];
	struct config *c = config_from_text("test", text, strlen(text), error);
	unsigned count = 0;

	ck_assert_ptr_nonnull(c);
	config_warnings(c, count_warning, &count);
	ck_assert_uint_eq(count, 8);
	config_free(c);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("policy-config");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, configurations, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(t, defaults_are_filled_in);
	tcase_add_test(t, every_key_is_read);
	tcase_add_test(t, the_other_words_are_read);
	tcase_add_loop_test(
	    t, a_heavy_file_is_refused_early, 0, sizeof(heavy_rows) / sizeof(heavy_rows[0]));
	tcase_add_test(t, many_anchors_are_refused);
	tcase_add_test(t, warnings_name_what_bites);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
