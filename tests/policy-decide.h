/*
 * policy-decide.h - the configuration and the domains that the tests of decisions share
 */
#ifndef TESTS_POLICY_DECIDE_H
#define TESTS_POLICY_DECIDE_H

#include "policy/config-file.h"
#include "policy/decision.h"
#include "tests/policy-facts.h"

static const char config_text[] = "listen: [ 'unix:/x' ]\n"
                                  "identity: { names: [me], addresses: [192.0.2.1] }\n"
                                  "families: [ipv4]\n"
                                  "relay: { mode: compat, primary-networks: [198.51.100.0/24] }\n"
                                  "dnsbl:\n"
                                  "  - { zone: bl, listed: ['127.0.0.2-127.0.0.11'], score: 2 }\n"
                                  "  - { zone: bl2, listed: ['127.0.0.2'], score: 1 }\n"
                                  "  - { zone: wl, listed: ['127.0.0.0/8'], score: -3 }\n"
                                  "reject-score: 2\n";

#define RELAY \
	"MX back = 10:p 20:me; MX other = 10:p; MX sick = failed; MX late = waiting;" \
	"MX strange = 10:p 20:me; A p = 198.51.100.9;"

static inline struct config *
config_from(const char *text)
{
	char error[CONFIG_ERROR_MAX];
	struct config *c = config_from_text("test", text, strlen(text), error);

	ck_assert_msg(c != NULL, "%s", error);
	return c;
}

static inline struct request_value
value(const char *text)
{
	return (struct request_value){text, strlen(text)};
}

#endif
