/*
 * test-relay-settings.c - relay.yaml: what it means, and what each mistake in it is called
 */
#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <string.h>

#include "relay/settings-load.h"
#include "tests/scratch.h"

#define SOCKS "listen: { socks5: \"127.0.0.1:782\", peer: root, ports: { 24: 25 } }\n"

static struct relay_settings *
parse(const char *text, char *error)
{
	return settings_parse("relay.yaml", text, strlen(text), error);
}

START_TEST(everything)
{
	static const char text[] =
	    "spool: /srv/spool\n"
	    "state: /srv/state\n"
	    "ca-file: /srv/ca\n"
	    "listen:\n"
	    "  - { lmtp: \"unix:/run/x\", peer: [root, daemon], next: esp }\n"
	    "  - { socks5: \"[::1]:783\", peer: root, ports: { 24: 25, 465: 465 }, tls: verified,\n"
	    "      source: [192.0.2.1, \"2001:db8::1\"] }\n"
	    "next:\n"
	    "  esp: { host: smtp.esp.example, port: 587, tls: verified, user: u,\n"
	    "         password-file: /etc/p, sessions: 20, rate: 10/s, messages-per-session: 9 }\n"
	    "providers: { google.com: { sessions: 20, rate: 300/m, messages-per-session: 50 } }\n"
	    "dkim: [{ domain: sender.example, selector: s1, key-file: /etc/k }]\n"
	    "limits: { sessions: 7, message: 32M, recipient-within: 20m }\n"
	    "metrics: \"127.0.0.1:9117\"\n";
	char error[SETTINGS_ERROR_MAX], address[INET6_ADDRSTRLEN];
	struct relay_settings *s = parse(text, error);

	ck_assert_msg(s != NULL, "%s", error);
	ck_assert_str_eq(s->spool, "/srv/spool");
	ck_assert_str_eq(s->state, "/srv/state");
	ck_assert_str_eq(s->ca_file, "/srv/ca");
	ck_assert_uint_eq(s->listeners, 2);
	ck_assert_int_eq(s->listener[0].face, FACE_LMTP);
	ck_assert_uint_eq(s->listener[0].peers, 2);
	ck_assert_str_eq(s->hop[s->listener[0].hop].host, "smtp.esp.example");
	ck_assert_int_eq(s->listener[1].face, FACE_SOCKS5);
	ck_assert_int_eq(s->listener[1].tls, TLS_VERIFIED);
	ck_assert_uint_eq(s->listener[1].ports, 2);
	ck_assert_uint_eq(s->listener[1].port[0].dialled, 25);
	inet_ntop(AF_INET6, &((struct sockaddr_in6 *)&s->listener[1].source6.address)->sin6_addr,
	    address, sizeof(address));
	ck_assert_str_eq(address, "2001:db8::1");
	ck_assert_uint_eq(s->hops, 1);
	ck_assert_uint_eq(s->hop[0].port, 587);
	ck_assert_uint_eq(s->hop[0].pace.rate.count, 10);
	ck_assert_uint_eq(s->hop[0].pace.messages_per_session, 9);
	ck_assert_str_eq(s->provider[0].domain, "google.com");
	ck_assert_uint_eq(s->provider[0].pace.rate.seconds, 60);
	ck_assert_str_eq(s->dkim[0].selector, "s1");
	ck_assert_uint_eq(s->sessions, 7);
	ck_assert_uint_eq(s->message, 32 << 20);
	ck_assert_int_eq(s->within_ms, 20 * 60 * 1000);
	ck_assert_int_ne(s->metrics.len, 0);
	ck_assert(settings_verify(s));
	settings_free(s);
}
END_TEST

START_TEST(defaults)
{
	char error[SETTINGS_ERROR_MAX];
	struct relay_settings *s = parse(SOCKS, error);

	ck_assert_msg(s != NULL, "%s", error);
	ck_assert_str_eq(s->spool, "/var/spool/mailgraft");
	ck_assert_str_eq(s->state, "/var/lib/mailgraft-relay");
	ck_assert_uint_eq(s->sessions, 200);
	ck_assert_uint_eq(s->message, 64 << 20);
	ck_assert_int_eq(s->within_ms, 50 * 60 * 1000);
	ck_assert_int_eq(s->listener[0].tls, TLS_OPPORTUNISTIC);
	ck_assert(!settings_verify(s));
	settings_free(s);
}
END_TEST

static const struct {
	const char *text, *error;
} mistakes[] = {
    {"", "relay.yaml:1:1: expected a 'listen' with listeners"},
    {"spool: /x\n", "relay.yaml:1:1: expected a 'listen' with listeners"},
    {"a: [", "relay.yaml:2:1: expected YAML"},
    {"- a\n", "relay.yaml:1:1: expected a mapping with: spool, listen"},
    {SOCKS "tls: x\n", "relay.yaml:2:1: expected one of: spool, listen"},
    {SOCKS "spool: x\n", "relay.yaml:2:8: expected an absolute path"},
    {SOCKS "spool: /x\nspool: /y\n", "relay.yaml:3:1: expected 'spool' only once"},
    {"listen: []\n", "relay.yaml:1:9: expected at least one listener"},
    {"listen: { peer: root }\n", "relay.yaml:1:9: expected either lmtp or socks5"},
    {"listen: { socks5: \"127.0.0.1:782\", ports: { 24: 25 } }\n",
        "relay.yaml:1:9: expected peer, the user"},
    {"listen: { socks5: \"127.0.0.1:782\", peer: nobody-is-called-so, ports: { 24: 25 } }\n",
        "relay.yaml:1:42: expected a user of this machine, not 'nobody-is-called-so'"},
    {"listen: { socks5: \"0.0.0.0:782\", peer: root, ports: { 24: 25 } }\n",
        "relay.yaml:1:19: expected a loopback address"},
    {"listen: { socks5: \"127.0.0.1\", peer: root, ports: { 24: 25 } }\n",
        "relay.yaml:1:19: expected an address and a port"},
    {"listen: { socks5: \"127.0.0.1:782\", peer: root }\n", "relay.yaml:1:9: expected ports"},
    {"listen: { socks5: \"127.0.0.1:782\", peer: root, ports: { 24: 0 } }\n",
        "relay.yaml:1:61: expected a port (1 to 65535)"},
    {"listen: { socks5: \"127.0.0.1:782\", peer: root, ports: { 24: 25 }, tls: x }\n",
        "relay.yaml:1:72: expected one of: opportunistic, required, verified"},
    {"listen: { socks5: \"127.0.0.1:782\", peer: root, ports: { 24: 25 }, source: [a] }\n",
        "relay.yaml:1:76: expected at most one of each"},
    {"listen: { lmtp: \"/x\", peer: root, next: a }\n", "relay.yaml:1:17: expected \"unix:\""},
    {"listen: { lmtp: \"unix:/x\", peer: root }\n", "relay.yaml:1:9: expected next"},
    {"listen: { lmtp: \"unix:/x\", peer: root, next: a }\n",
        "relay.yaml:1:46: expected a name that stands under 'next'"},
    {"next: { a: { host: h } }\nlisten: { lmtp: \"unix:/x\", peer: root, next: a, tls: required "
     "}\n",
        "relay.yaml:2:54: expected ports and tls only with socks5"},
    {SOCKS "next: { a: { port: 25 } }\n", "relay.yaml:2:12: expected host"},
    {SOCKS "next: { a: { host: h, user: u } }\n",
        "relay.yaml:2:12: expected user and password-file together"},
    {SOCKS "next: { a: { host: h, user: u, password-file: /p } }\n",
        "relay.yaml:2:12: expected tls: verified"},
    {SOCKS "next: { a: { host: \"a b\" } }\n", "relay.yaml:2:20: expected a host name"},
    {SOCKS "next: { a: { host: h, rate: 10 } }\n", "relay.yaml:2:29: expected a rate"},
    {SOCKS "next: { a: { host: h, rate: 0/s } }\n", "relay.yaml:2:29: expected a rate"},
    {SOCKS "limits: { sessions: 0 }\n", "relay.yaml:2:21: expected a number of sessions"},
    {SOCKS "limits: { message: 65M }\n", "relay.yaml:2:20: expected a size from 64K to 64M"},
    {SOCKS "limits: { message: 1T }\n", "relay.yaml:2:20: expected a size such as"},
    {SOCKS "limits: { recipient-within: 50 }\n", "relay.yaml:2:29: expected a duration such"},
    {SOCKS "limits: { recipient-within: 48h }\n", "relay.yaml:2:29: expected a duration from"},
    {SOCKS "dkim-fields: { sign: [from] }\n", "relay.yaml:2:14: expected 'from' in over-sign"},
    {SOCKS "dkim-fields: { over-sign: [from, 'a:b'] }\n",
        "relay.yaml:2:34: expected the name of a header field"},
    {SOCKS "dkim: { domain: a }\n", "relay.yaml:2:7: expected domain, selector and key-file"},
    {SOCKS "metrics: 9117\n", "relay.yaml:2:10: expected an address and a port"},
    {"x: [[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]\n", "expected at most 16 levels"},
};

START_TEST(mistakes_are_named)
{
	char error[SETTINGS_ERROR_MAX];

	ck_assert_ptr_null(parse(mistakes[_i].text, error));
	ck_assert_msg(
	    strstr(error, mistakes[_i].error) != NULL, "'%s', not '%s'", error, mistakes[_i].error);
}
END_TEST

START_TEST(files)
{
	char error[SETTINGS_ERROR_MAX];
	struct relay_settings *s;

	scratch_begin();
	ck_assert_ptr_null(relay_settings_load("none", error));
	ck_assert_str_eq(error, "cannot open 'none': No such file or directory");
	ck_assert_ptr_null(relay_settings_load(".", error));
	ck_assert_ptr_nonnull(strstr(error, "is no file of at most"));
	scratch_file("relay.yaml", SOCKS, strlen(SOCKS), 0600);
	s = relay_settings_load("relay.yaml", error);
	ck_assert_msg(s != NULL, "%s", error);
	settings_free(s);
	scratch_end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("relay-settings");
	TCase *t = tcase_create("all");

	suite_add_tcase(s, t);
	tcase_add_test(t, everything);
	tcase_add_test(t, defaults);
	tcase_add_loop_test(t, mistakes_are_named, 0, sizeof(mistakes) / sizeof(mistakes[0]));
	tcase_add_test(t, files);
	return scratch_run(s);
}
