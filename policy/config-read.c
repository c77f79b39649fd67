/* config-read.c - see config-read.h */
#include "policy/config-read.h"
#include "policy/config-relay.h"
#include "policy/config-socket.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
read_copy(struct config_yaml *y, yaml_node_t *node, const char *what, char **to)
{
	size_t len;
	const char *text = config_yaml_text(y, node, what, &len);

	if (text == NULL) {
		return false;
	}
	free(*to);
	*to = strdup(text);
	return *to != NULL || config_yaml_no_memory(y, node);
}

static bool
read_path(struct config_yaml *y, yaml_node_t *node, char **to)
{
	return read_copy(y, node, "an absolute path", to) &&
	    ((*to != NULL && (*to)[0] == '/') || config_yaml_expected(y, node, "an absolute path"));
}

static bool
read_user(struct config_yaml *y, yaml_node_t *node, void *target)
{
	struct config *c = target;

	return read_copy(y, node, "a user's name", &c->user);
}

static bool
read_state(struct config_yaml *y, yaml_node_t *node, void *target)
{
	struct config *c = target;

	return read_path(y, node, &c->state);
}

static bool
read_family(struct config_yaml *y, yaml_node_t *node, void *target)
{
	static const char *const words[] = {"ipv4", "ipv6", NULL};
	struct config *c = target;
	unsigned choice;

	if (!config_yaml_word(y, node, words, &choice)) {
		return false;
	}
	c->relay.ipv4 = c->relay.ipv4 || choice == 0;
	c->relay.ipv6 = c->relay.ipv6 || choice == 1;
	return true;
}

static bool
read_families(struct config_yaml *y, yaml_node_t *node, void *target)
{
	return config_yaml_each(y, node, "family", read_family, target);
}

static bool
read_identity_name(struct config_yaml *y, yaml_node_t *node, void *target)
{
	struct config *c = target;
	size_t len;
	const char *text = config_yaml_text(y, node, "a host name", &len);

	return text != NULL &&
	    (identity_add_name(&c->identity, text, len) ||
	        config_yaml_expected(y, node, "a host name"));
}

static bool
read_identity_names(struct config_yaml *y, yaml_node_t *node, void *target)
{
	return config_yaml_each(y, node, "name", read_identity_name, target);
}

static bool
read_identity_address(struct config_yaml *y, yaml_node_t *node, void *target)
{
	struct config *c = target;
	size_t len;
	const char *text = config_yaml_text(y, node, "an IP address", &len);

	return text != NULL &&
	    (identity_add_address(&c->identity, text, len) ||
	        config_yaml_expected(y, node, "an IP address"));
}

static bool
read_identity_addresses(struct config_yaml *y, yaml_node_t *node, void *target)
{
	return config_yaml_each(y, node, "address", read_identity_address, target);
}

static bool
read_identity(struct config_yaml *y, yaml_node_t *node, void *target)
{
	static const struct config_key keys[] = {
	    {"names", read_identity_names},
	    {"addresses", read_identity_addresses},
	    {NULL, NULL},
	};

	return config_yaml_mapping(y, node, keys, target);
}

static bool
read_dns_server(struct config_yaml *y, yaml_node_t *node, void *target)
{
	static const char expected[] = "a DNS server such as \"127.0.0.1:53\" or \"[::1]:53\"";
	struct config *c = target;
	struct endpoint probe = {0};
	struct address bare;
	size_t len, old = c->dns_servers != NULL ? strlen(c->dns_servers) : 0;
	const char *text = config_yaml_text(y, node, expected, &len);
	char *joined;

	if (text == NULL) {
		return false;
	}
	if (!endpoint_set_inet(&probe, text, len) && !address_parse(&bare, text, len)) {
		return config_yaml_expected(y, node, "%s", expected);
	}
	joined = realloc(c->dns_servers, old + len + 2);
	if (joined == NULL) {
		return config_yaml_no_memory(y, node);
	}
	c->dns_servers = joined;
	if (old > 0) {
		joined[old++] = ',';
	}
	memcpy(joined + old, text, len + 1);
	return true;
}

static bool
read_dns_servers(struct config_yaml *y, yaml_node_t *node, void *target)
{
	return config_yaml_each(y, node, "server", read_dns_server, target);
}

static bool
read_dns_timeout(struct config_yaml *y, yaml_node_t *node, void *target)
{
	struct config *c = target;
	int64_t ms;

	if (!config_yaml_duration(y, node, 50, (int64_t)30 * 1000, &ms)) {
		return false;
	}
	c->dns_timeout_ms = (int)ms;
	return true;
}

static bool
read_dns_tries(struct config_yaml *y, yaml_node_t *node, void *target)
{
	struct config *c = target;
	long tries;

	if (!config_yaml_number(y, node, 1, 10, "a number of tries", &tries)) {
		return false;
	}
	c->dns_tries = (int)tries;
	return true;
}

static bool
read_keep_stale(struct config_yaml *y, yaml_node_t *node, void *target)
{
	struct config *c = target;

	return config_yaml_duration(y, node, 0, (int64_t)365 * 86400 * 1000, &c->keep_stale_ms);
}

static bool
read_dns(struct config_yaml *y, yaml_node_t *node, void *target)
{
	static const struct config_key keys[] = {
	    {"servers", read_dns_servers},
	    {"timeout", read_dns_timeout},
	    {"tries", read_dns_tries},
	    {"keep-stale", read_keep_stale},
	    {NULL, NULL},
	};

	return config_yaml_mapping(y, node, keys, target);
}

static bool
read_relay(struct config_yaml *y, yaml_node_t *node, void *target)
{
	return config_read_relay(y, node, target);
}

static bool
read_dnsbl(struct config_yaml *y, yaml_node_t *node, void *target)
{
	return config_yaml_each(y, node, "zone", config_read_dnsbl_zone, target);
}

static bool
read_reject_score(struct config_yaml *y, yaml_node_t *node, void *target)
{
	struct config *c = target;
	long score;

	if (!config_yaml_number(y, node, 1, 1000000, "a score", &score)) {
		return false;
	}
	c->reject_score = (int)score;
	return true;
}

static bool
read_dnsbl_for(struct config_yaml *y, yaml_node_t *node, void *target)
{
	static const char *const words[] = {"backup", "all", NULL};
	struct config *c = target;
	unsigned choice;

	if (!config_yaml_word(y, node, words, &choice)) {
		return false;
	}
	c->dnsbl_for = choice == 0 ? CONFIG_DNSBL_BACKUP : CONFIG_DNSBL_ALL;
	return true;
}

static bool
read_dnsbl_test(struct config_yaml *y, yaml_node_t *node, void *target)
{
	struct config *c = target;

	return config_yaml_duration(y, node, 1000, (int64_t)86400 * 1000, &c->dnsbl_test_ms);
}

static bool
read_recipient_file(struct config_yaml *y, yaml_node_t *node, void *target)
{
	struct config *c = target;

	if (c->recipient_file_count == RECIPIENT_FILES_MAX) {
		return config_yaml_expected(y, node, "at most %d files", RECIPIENT_FILES_MAX);
	}
	return read_path(y, node, &c->recipient_files[c->recipient_file_count++]);
}

static bool
read_recipient_files(struct config_yaml *y, yaml_node_t *node, void *target)
{
	return config_yaml_each(y, node, "file", read_recipient_file, target);
}

static bool
read_unknown(struct config_yaml *y, yaml_node_t *node, void *target)
{
	static const char *const words[] = {"accept", "defer", "reject", NULL};
	struct config *c = target;
	unsigned choice;

	if (!config_yaml_word(y, node, words, &choice)) {
		return false;
	}
	c->unknown = (enum config_unknown)choice;
	return true;
}

static bool
read_delimiter(struct config_yaml *y, yaml_node_t *node, void *target)
{
	static const char expected[] = "up to 8 punctuation characters, such as \"+\"";
	struct config *c = target;
	size_t len;
	const char *text = config_yaml_text(y, node, expected, &len);

	if (text == NULL) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		if (!ispunct((unsigned char)text[i]) || text[i] == '@') {
			return config_yaml_expected(y, node, "%s", expected);
		}
	}
	if (len == 0 || len > DELIMITERS_MAX) {
		return config_yaml_expected(y, node, "%s", expected);
	}
	memcpy(c->recipient_delimiter, text, len + 1);
	return true;
}

static bool
read_learn(struct config_yaml *y, yaml_node_t *node, void *target)
{
	struct config *c = target;

	return config_yaml_bool(y, node, &c->learn);
}

static bool
read_unseen(struct config_yaml *y, yaml_node_t *node, void *target)
{
	static const char *const words[] = {"defer", "accept", "refuse", NULL};
	struct config *c = target;
	unsigned choice;

	if (!config_yaml_word(y, node, words, &choice)) {
		return false;
	}
	c->unseen = (enum config_unseen)choice;
	return true;
}

static bool
read_recipients(struct config_yaml *y, yaml_node_t *node, void *target)
{
	static const struct config_key keys[] = {
	    {"files", read_recipient_files},
	    {"unknown", read_unknown},
	    {"recipient-delimiter", read_delimiter},
	    {"learn", read_learn},
	    {"unseen", read_unseen},
	    {NULL, NULL},
	};
	struct config *c = target;

	return config_yaml_mapping(y, node, keys, target) &&
	    (c->recipient_file_count > 0 || c->learn ||
	        config_yaml_expected(y, node, "files: [PATH, ...] or learn: true"));
}

static bool
read_health(struct config_yaml *y, yaml_node_t *node, void *target)
{
	static const struct config_key keys[] = {
	    {"mode", config_read_health_mode},
	    {"while-up", config_read_while_up},
	    {"port", config_read_health_port},
	    {"interval", config_read_health_interval},
	    {NULL, NULL},
	};

	return config_yaml_mapping(y, node, keys, target);
}

static bool
read_dry_run(struct config_yaml *y, yaml_node_t *node, void *target)
{
	struct config *c = target;

	return config_yaml_bool(y, node, &c->dry_run);
}

bool
config_read(struct config_yaml *y, yaml_node_t *root, struct config *c)
{
	static const struct config_key keys[] = {
	    {"listen", config_read_listen},
	    {"control", config_read_control},
	    {"metrics", config_read_metrics},
	    {"user", read_user},
	    {"state", read_state},
	    {"families", read_families},
	    {"identity", read_identity},
	    {"dns", read_dns},
	    {"relay", read_relay},
	    {"dnsbl", read_dnsbl},
	    {"reject-score", read_reject_score},
	    {"dnsbl-for", read_dnsbl_for},
	    {"dnsbl-test", read_dnsbl_test},
	    {"recipients", read_recipients},
	    {"primary-health", read_health},
	    {"dry-run", read_dry_run},
	    {NULL, NULL},
	};

	if (!config_yaml_mapping(y, root, keys, c)) {
		return false;
	}
	if (c->listen_count == 0) {
		return config_yaml_expected(y, root, "listen: with at least one socket");
	}
	return config_check_relay(y, root, c);
}
