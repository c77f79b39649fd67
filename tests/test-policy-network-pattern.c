/*
 * test-policy-network-pattern.c - the pattern of a network matches its addresses, and no others
 */
#include "policy/network-pattern.h"

#include <check.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const networks[] = {
    "198.51.100.0/24",
    "198.51.100.64/27",
    "198.51.100.7",
    "10.0.0.0/9",
    "128.0.0.0/1",
    "172.16.0.0/12",
    "203.0.113.4/31",
    "2001:db8:1::/48",
    "2001:db8::/32",
    "2001:db8::/33",
    "2001:db8:0:8000::/49",
    "2001:db8:0:1::/64",
    "2001:db8::/64",
    "2001:db8::/96",
    "2001:db8::1",
    "2001:db8:1:2:3:4:5:6",
    "2001:db8:1:2:3:4:5:0/120",
    "2001:db8:1:2:3:4:5:0/116",
    "2001:db8:f000::/36",
    "2001:db8:a0::/43",
    "2001:0:0:4::/62",
    "2001:0:0:0:5::/80",
    "2000::/3",
    "::/0",
    "fc00::/7",
    "2a00:1450:4000::/37",
};

enum { NETWORKS = sizeof(networks) / sizeof(networks[0]), ROUNDS = 4000 };

/* An address like the network's, with some bits turned over and some groups zero. */
static struct address
some_address(const struct network *n)
{
	struct address a = n->base;
	unsigned first = address_is_ipv4(&a) ? 12 : 0;
	unsigned changes = (unsigned)random() % 4;

	if (random() % 2) {
		for (unsigned i = first; i < 16; i++) {
			if (i * 8 >= n->bits) {
				a.byte[i] = random() % 3 ? 0 : (uint8_t)random();
			} else if (i * 8 + 8 > n->bits) {
				a.byte[i] |= (uint8_t)(random() & (0xff >> (n->bits - i * 8)));
			}
		}
	}
	while (changes-- > 0) {
		unsigned bit = first * 8 + (unsigned)random() % (128 - first * 8);

		a.byte[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	return a;
}

START_TEST(a_pattern_is_its_network)
{
	char pattern[NETWORK_PATTERN_MAX], whole[NETWORK_PATTERN_MAX + 8], text[ADDRESS_TEXT_MAX];
	unsigned inside = 0;
	struct network n;
	regex_t regex;

	srandom((unsigned)_i + 1);
	ck_assert(network_parse(&n, networks[_i], strlen(networks[_i])));
	ck_assert_uint_eq(network_pattern(&n, pattern), strlen(pattern));
	snprintf(whole, sizeof(whole), "^%s$", pattern);
	ck_assert_msg(regcomp(&regex, whole, REG_EXTENDED | REG_NOSUB) == 0, "%s", whole);
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct address a = some_address(&n);
		bool is_in = network_contains(&n, &a), matched;

		if (address_is_special(&a)) {
			continue;
		}
		address_format(&a, text);
		matched = regexec(&regex, text, 0, NULL, 0) == 0;
		ck_assert_msg(matched == is_in, "%s in %s: pattern %s", text, networks[_i], whole);
		inside += is_in;
	}
	ck_assert_uint_gt(inside, 0);
	regfree(&regex);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("policy-network-pattern");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, a_pattern_is_its_network, 0, NETWORKS);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
