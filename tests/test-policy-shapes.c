/*
 * test-policy-shapes.c - addresses, networks, names and mailboxes: what is one, and what is not
 */
#include "policy/address.h"
#include "policy/host-list.h"
#include "policy/mailbox.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const struct network_row {
	const char *network;
	const char *inside;  /* NULL: the network is not valid */
	const char *outside; /* NULL: there is none */
} network_rows[] = {
    {
        .network = "198.51.100.0/24",
        .inside = "198.51.100.255",
        .outside = "198.51.101.0",
    },
    {
        .network = "198.51.100.7",
        .inside = "198.51.100.7",
        .outside = "198.51.100.6",
    },
    {
        .network = "0.0.0.0/0",
        .inside = "255.1.2.3",
        .outside = "::1",
    },
    {
        .network = "10.0.0.0/9",
        .inside = "10.127.255.255",
        .outside = "10.128.0.0",
    },
    {
        .network = "2001:db8:1::/48",
        .inside = "2001:db8:1:ffff::1",
        .outside = "2001:db8:2::",
    },
    {
        .network = "[2001:db8::]/32",
        .inside = "2001:db8::1",
        .outside = "2001:db9::",
    },
    {
        .network = "::/0",
        .inside = "2001:db8::1",
        .outside = "192.0.2.1",
    },
    {
        .network = "::ffff:0:0/96",
    },
    {
        .network = "::ffff:192.0.2.1",
    },
    {
        .network = "198.51.100.1/24",
    },
    {
        .network = "198.51.100.0/33",
    },
    {
        .network = "198.51.100.0/",
    },
    {
        .network = "198.51.100.0/2 4",
    },
    {
        .network = "198.51.100",
    },
    {
        .network = "198.51.100.01/32x",
    },
    {
        .network = "[198.51.100.0]/24",
    },
    {
        .network = "2001:db8::/129",
    },
    {
        .network = "",
    },
    {
        .network = "/8",
    },
};

START_TEST(networks_hold_what_they_say)
{
	const struct network_row *r = &network_rows[_i];
	struct network n;
	struct address a;
	bool valid = network_parse(&n, r->network, strlen(r->network));

	ck_assert_msg(valid == (r->inside != NULL), "'%s'", r->network);
	if (r->inside != NULL) {
		ck_assert(address_parse(&a, r->inside, strlen(r->inside)));
		ck_assert_msg(network_contains(&n, &a), "%s in %s", r->inside, r->network);
	}
	if (r->outside != NULL) {
		ck_assert(address_parse(&a, r->outside, strlen(r->outside)));
		ck_assert_msg(!network_contains(&n, &a), "%s in %s", r->outside, r->network);
	}
}
END_TEST

static const struct class_row {
	const char *address;
	bool special;
	bool private;
} class_rows[] = {
    {
        .address = "127.0.0.1",
        .special = true,
    },
    {
        .address = "0.0.0.0",
        .special = true,
    },
    {
        .address = "169.254.1.1",
        .special = true,
    },
    {
        .address = "224.0.0.1",
        .special = true,
    },
    {
        .address = "255.255.255.255",
        .special = true,
    },
    {
        .address = "::",
        .special = true,
    },
    {
        .address = "::1",
        .special = true,
    },
    {
        .address = "fe80::1",
        .special = true,
    },
    {
        .address = "ff02::1",
        .special = true,
    },
    {
        .address = "::ffff:127.0.0.1",
        .special = true,
    },
    {
        .address = "10.1.2.3",
        .private = true,
    },
    {
        .address = "172.31.0.1",
        .private = true,
    },
    {
        .address = "192.168.0.1",
        .private = true,
    },
    {
        .address = "100.64.0.1",
        .private = true,
    },
    {
        .address = "fd00::1",
        .private = true,
    },
    {
        .address = "172.32.0.1",
    },
    {
        .address = "192.0.2.1",
    },
    {
        .address = "2001:db8::1",
    },
};

START_TEST(addresses_have_their_class)
{
	const struct class_row *r = &class_rows[_i];
	struct address a;

	ck_assert(address_parse(&a, r->address, strlen(r->address)));
	ck_assert_msg(address_is_special(&a) == r->special, "%s special", r->address);
	ck_assert_msg(address_is_private(&a) == r->private, "%s private", r->address);
}
END_TEST

static const struct mailbox_row {
	const char *address;
	size_t len; /* where it holds NUL */
	enum mailbox_kind kind;
	const char *domain;
	size_t local;
	bool role;
} mailbox_rows[] = {
    {
        .address = "user@example.org",
        .kind = MAILBOX_PLAIN,
        .domain = "example.org",
        .local = 4,
    },
    {
        .address = "user@EXAMPLE.Org.",
        .kind = MAILBOX_PLAIN,
        .domain = "example.org",
        .local = 4,
    },
    {
        .address = "x y@example.org",
        .kind = MAILBOX_PLAIN,
        .domain = "example.org",
        .local = 3,
    },
    {
        .address = "user@m\xc3\xbcnchen.example",
        .kind = MAILBOX_PLAIN,
        .domain = "xn--mnchen-3ya.example",
        .local = 4,
    },
    /* mapped as Postfix's library does (UTS 46, non-transitional): another spelling, one domain */
    {
        .address = "u@M\xc3\x9cNCHEN.example",
        .kind = MAILBOX_PLAIN,
        .domain = "xn--mnchen-3ya.example",
        .local = 1,
    },
    {
        .address = "u@mu\xcc\x88nchen.example",
        .kind = MAILBOX_PLAIN,
        .domain = "xn--mnchen-3ya.example",
        .local = 1,
    },
    {
        .address = "u@example\xef\xbc\x8eorg",
        .kind = MAILBOX_PLAIN,
        .domain = "example.org",
        .local = 1,
    },
    {
        .address = "u@example\xe3\x80\x82org",
        .kind = MAILBOX_PLAIN,
        .domain = "example.org",
        .local = 1,
    },
    {
        .address = "u@ex\xc2\xad"
                   "ample.org",
        .kind = MAILBOX_PLAIN,
        .domain = "example.org",
        .local = 1,
    },
    {
        .address = "u@stra\xc3\x9f"
                   "e.example",
        .kind = MAILBOX_PLAIN,
        .domain = "xn--strae-oqa.example",
        .local = 1,
    },
    /* no letters of IDNA 2008: symbols, unassigned, a joiner out of place, a hidden separator */
    {
        .address = "u@\xf0\x9f\x98\x80.example",
        .kind = MAILBOX_BAD_IDN,
        .local = 1,
    },
    {
        .address = "u@\xcd\xb8.example",
        .kind = MAILBOX_BAD_IDN,
        .local = 1,
    },
    {
        .address = "u@a\xe2\x80\x8d"
                   "b.example",
        .kind = MAILBOX_BAD_IDN,
        .local = 1,
    },
    {
        .address = "u@a\xef\xbc\xa0"
                   "b.example",
        .kind = MAILBOX_BAD_IDN,
        .local = 1,
    },
    {
        .address = "u@a\xef\xbc\x85"
                   "b.example",
        .kind = MAILBOX_BAD_IDN,
        .local = 1,
    },
    {
        .address = "u@a\xe2\x80\xa4"
                   "b.example",
        .kind = MAILBOX_BAD_IDN,
        .local = 1,
    },
    {
        .address = "Postmaster@example.org",
        .kind = MAILBOX_PLAIN,
        .domain = "example.org",
        .local = 10,
        .role = true,
    },
    {
        .address = "ABUSE@example.org",
        .kind = MAILBOX_PLAIN,
        .domain = "example.org",
        .local = 5,
        .role = true,
    },
    {
        .address = "",
        .kind = MAILBOX_EMPTY,
    },
    {
        .address = "user",
        .kind = MAILBOX_NO_DOMAIN,
    },
    {
        .address = "user@",
        .kind = MAILBOX_NO_DOMAIN,
        .local = 4,
    },
    {
        .address = "@example.org",
        .kind = MAILBOX_NO_DOMAIN,
    },
    {
        .address = "a@b@c",
        .kind = MAILBOX_ROUTED,
    },
    {
        .address = "a%b@c",
        .kind = MAILBOX_ROUTED,
    },
    {
        .address = "b!a@c",
        .kind = MAILBOX_ROUTED,
    },
    {
        .address = "b!a",
        .kind = MAILBOX_ROUTED,
    },
    {
        .address = "a%b",
        .kind = MAILBOX_ROUTED,
    },
    {
        .address = "@x,@y:a@b",
        .kind = MAILBOX_ROUTED,
    },
    {
        .address = "a@b%c",
        .kind = MAILBOX_BAD_DOMAIN,
        .local = 1,
    },
    {
        .address = "a@b!c",
        .kind = MAILBOX_BAD_DOMAIN,
        .local = 1,
    },
    {
        .address = "a@[192.0.2.1]",
        .kind = MAILBOX_LITERAL,
        .local = 1,
    },
    {
        .address = "a@[",
        .kind = MAILBOX_LITERAL,
        .local = 1,
    },
    {
        .address = "a@b..c",
        .kind = MAILBOX_BAD_DOMAIN,
        .local = 1,
    },
    {
        .address = "a@.b",
        .kind = MAILBOX_BAD_DOMAIN,
        .local = 1,
    },
    {
        .address = "a@b c",
        .kind = MAILBOX_BAD_DOMAIN,
        .local = 1,
    },
    {
        .address = "a@b\0c",
        .len = 5,
        .kind = MAILBOX_BAD_DOMAIN,
        .local = 1,
    },
    {
        .address = "a@\xff\xff",
        .kind = MAILBOX_BAD_IDN,
        .local = 1,
    },
    {
        .address = "a@xn--a",
        .kind = MAILBOX_BAD_IDN,
        .local = 1,
    },
    {
        .address = "a@\xc3\xbc\0.org",
        .len = 9,
        .kind = MAILBOX_BAD_DOMAIN,
        .local = 1,
    },
};

START_TEST(mailboxes_are_judged_by_their_shape)
{
	const struct mailbox_row *r = &mailbox_rows[_i];
	size_t len = r->len > 0 ? r->len : strlen(r->address);
	char *copy = malloc(len > 0 ? len : 1);
	struct mailbox m;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, r->address, len);
	mailbox_parse(&m, copy, len);
	ck_assert_msg(m.kind == r->kind, "'%s': %d, want %d", r->address, m.kind, r->kind);
	if (r->domain != NULL) {
		ck_assert_str_eq(m.domain.text, r->domain);
	}
	ck_assert_msg(m.local_len == r->local, "'%s'", r->address);
	ck_assert_msg(mailbox_is_role(&m) == r->role, "'%s'", r->address);
	free(copy);
}
END_TEST

START_TEST(a_mailbox_too_long_is_none)
{
	char text[MAILBOX_MAX + 8];
	struct mailbox m;

	memset(text, 'a', sizeof(text));
	memcpy(text + sizeof(text) - 6, "@b.org", 6);
	mailbox_parse(&m, text, sizeof(text));
	ck_assert_int_eq(m.kind, MAILBOX_TOO_LONG);
}
END_TEST

START_TEST(a_host_list_knows_networks_and_names)
{
	static const char *const entries[] = {
	    "198.51.100.0/24", "[2001:db8:1::]/48", "example.com"};
	struct host_list list = {0};
	struct address a;

	for (size_t i = 0; i < 3; i++) {
		ck_assert_int_eq(host_list_add(&list, entries[i], strlen(entries[i])), 0);
	}
	ck_assert(address_parse(&a, "198.51.100.200", 14));
	ck_assert(host_list_has_address(&list, &a));
	ck_assert(address_parse(&a, "198.51.99.200", 13));
	ck_assert(!host_list_has_address(&list, &a));
	ck_assert(host_list_has_name(&list, "example.com", 11));
	ck_assert(host_list_has_name(&list, "mx.example.com", 14));
	ck_assert(!host_list_has_name(&list, "badexample.com", 14));
	ck_assert(!host_list_has_name(&list, "com", 3));
	ck_assert_int_lt(host_list_add(&list, "10.0.0.1/8", 10), 0);
	ck_assert_int_lt(host_list_add(&list, "10.0.0", 6), 0);
	ck_assert_int_lt(host_list_add(&list, "a b", 3), 0);
	host_list_finish(&list);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("policy-shapes");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_loop_test(
	    t, networks_hold_what_they_say, 0, sizeof(network_rows) / sizeof(network_rows[0]));
	tcase_add_loop_test(
	    t, addresses_have_their_class, 0, sizeof(class_rows) / sizeof(class_rows[0]));
	tcase_add_loop_test(t, mailboxes_are_judged_by_their_shape, 0,
	    sizeof(mailbox_rows) / sizeof(mailbox_rows[0]));
	tcase_add_test(t, a_mailbox_too_long_is_none);
	tcase_add_test(t, a_host_list_knows_networks_and_names);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
