/*
 * test-policy-config.c - what the configuration says, and what it answers to mistakes
 */
#include "policy/config.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#define MINIMAL "listen: 'inet:127.0.0.1:10040'\nrelay: { mode: static, domains: [a.test] }\n"

static const struct row {
	const char *text;
	const char *want; /* the error, or NULL: valid */
} rows[] = {
	{ .text = MINIMAL, },
	{ .text = MINIMAL "families: [ipv6]\n", },
	{ .text = MINIMAL "metrics: { inet: '[::1]:9116' }\n", },
	{ .text = MINIMAL "dns: { servers: ['127.0.0.1:53', '::1'], timeout: 1.5s, keep-stale: 7d }\n", },
	{ .text = "listen: [{ unix: /a/b, mode: 0660, group: x, owner: y }]\n"
		  "relay: { mode: compat, primary-networks: any }\n", },
	{ .text = "", .want = "test:1:1: expected listen: and relay:", },
	{ .text = "- a\n", .want = "test:1:1: expected a mapping with: listen, ", },
	{ .text = "listen: [", .want = "test:2:1: expected YAML: ", },
	{ .text = "relay: { mode: static, domains: [a.test] }\n",
	    .want = "test:1:1: expected listen: with at least one socket", },
	{ .text = "listen: 'unix:/a'\n", .want = "test:1:1: expected relay: with at least a mode", },
	{ .text = MINIMAL "surprise: 1\n", .want = "test:3:1: expected one of: listen, ", },
	{ .text = MINIMAL "dns: { timeout: 1.5s,\n       retries: 3 }\n",
	    .want = "test:4:8: expected one of: servers, timeout, tries, keep-stale", },
	{ .text = MINIMAL "dry-run: maybe\n", .want = "test:3:10: expected one of: false, true", },
	{ .text = MINIMAL "dry-run: true\ndry-run: true\n", .want = "test:4:1: expected 'dry-run' only once", },
	{ .text = MINIMAL "dns: { timeout: 1500 }\n",
	    .want = "test:3:17: expected a duration such as", },
	{ .text = MINIMAL "dns: { timeout: 1h }\n", .want = "test:3:17: expected a duration from", },
	{ .text = MINIMAL "dns: { tries: 0 }\n", .want = "test:3:15: expected a number of tries (1 to 10)", },
	{ .text = MINIMAL "dns: { tries: 2x }\n", .want = "test:3:15: expected a number of tries", },
	{ .text = MINIMAL "dns: { servers: [dns.example] }\n", .want = "test:3:18: expected a DNS server", },
	{ .text = MINIMAL "families: [ipv5]\n", .want = "test:3:12: expected one of: ipv4, ipv6", },
	{ .text = MINIMAL "state: relative\n", .want = "test:3:8: expected an absolute path", },
	{ .text = MINIMAL "identity: { addresses: [mx.test] }\n", .want = "test:3:25: expected an IP address", },
	{ .text = MINIMAL "identity: { names: ['a b'] }\n", .want = "test:3:21: expected a host name", },
	{ .text = MINIMAL "control: { mode: 0600 }\n", .want = "test:3:10: expected unix:PATH", },
	{ .text = MINIMAL "control: { unix: rel }\n", .want = "test:3:18: expected an absolute path", },
	{ .text = MINIMAL "control: { unix: /a, mode: 999 }\n", .want = "test:3:28: expected an octal mode", },
	{ .text = MINIMAL "control: { inet: '127.0.0.1:1', mode: 0600 }\n",
	    .want = "expected owner, group and mode only with unix", },
	{ .text = MINIMAL "metrics: { inet: '127.0.0.1' }\n", .want = "test:3:18: expected an address and a port", },
	{ .text = MINIMAL "metrics: { inet: '127.0.0.1:99999' }\n", .want = "expected an address and a port", },
	{ .text = MINIMAL "metrics: tcp:1\n", .want = "test:3:10: expected unix:PATH, inet:HOST:PORT", },
	{ .text = MINIMAL "reject-score: 0\n", .want = "test:3:15: expected a score (1 to", },
	{ .text = MINIMAL "dnsbl: [{ zone: a.test }]\n", .want = "expected { zone: NAME, listed:", },
	{ .text = MINIMAL "dnsbl: [{ zone: a.test, listed: ['128.0.0.1'] }]\n",
	    .want = "expected addresses in 127.0.0.0/8", },
	{ .text = MINIMAL "dnsbl: [{ zone: a.test, listed: ['127.0.0.9-127.0.0.2'] }]\n",
	    .want = "expected addresses in 127.0.0.0/8", },
	{ .text = MINIMAL "dnsbl: [{ zone: a.test, listed: ['127.0.0.0/7'] }]\n",
	    .want = "expected addresses in 127.0.0.0/8", },
	{ .text = MINIMAL "recipients: { unknown: defer }\n", .want = "expected files: [PATH, ...]", },
	{ .text = MINIMAL "recipients: { files: [/a], unknown: drop }\n",
	    .want = "expected one of: accept, defer, reject", },
	{ .text = MINIMAL "primary-health: { mode: act }\n", .want = "expected one of: off, observe", },
	{ .text = "listen: 'unix:/a'\nrelay: { mode: compat }\n",
	    .want = "expected relay: primary-networks: a list, or 'any'", },
	{ .text = "listen: 'unix:/a'\nrelay: { mode: all-better, primary-networks: any }\n",
	    .want = "expected primary-networks: any only in mode compat", },
	{ .text = "listen: 'unix:/a'\nrelay: { mode: pinned }\n", .want = "expected relay: pinned:", },
	{ .text = "listen: 'unix:/a'\nrelay: { mode: static }\n", .want = "expected relay: domains:", },
	{ .text = "listen: 'unix:/a'\nrelay: { mode: pinned, pinned: { a.test: [10.0.0.1/8] } }\n",
	    .want = "test:2:43: expected networks", },
	{ .text = "listen: 'unix:/a'\nrelay: { mode: pinned, pinned: { a.test: [10.1.1.1], A.test: [10.1.1.1] } }\n",
	    .want = "expected 'a.test' pinned only once", },
	{ .text = "listen: 'unix:/a'\nrelay: { mode: everything }\n",
	    .want = "test:2:16: expected one of: compat, all-better, pinned, static", },
};

START_TEST(configurations)
{
	const struct row *r = &rows[_i];
	char error[CONFIG_ERROR_MAX];
	struct config *c = config_parse("test", r->text, strlen(r->text), error);

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
	struct config *c = config_parse("test", MINIMAL, strlen(MINIMAL), error);

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
				   "relay: { mode: compat, primary-networks: any }\n";
	char error[CONFIG_ERROR_MAX];
	struct config *c = config_parse("test", text, strlen(text), error);
	unsigned count = 0;

	ck_assert_ptr_nonnull(c);
	config_warnings(c, count_warning, &count);
	ck_assert_uint_eq(count, 7);
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
	tcase_add_test(t, warnings_name_what_bites);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
