/* config-relay.c - see config-relay.h */
#include "policy/config-relay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char networks_expected[] =
    "networks, addresses or host names, such as [198.51.100.0/24, \"2001:db8:1::/48\"]";

static bool
read_host(struct config_yaml *y, yaml_node_t *node, void *target)
{
	struct host_list *list = target;
	size_t len;
	const char *text = config_yaml_text(y, node, networks_expected, &len);
	int r;

	if (text == NULL) {
		return false;
	}
	if (list->name_count + list->network_count >= HOST_LIST_MAX) {
		return config_yaml_expected(y, node, "at most %d entries", HOST_LIST_MAX);
	}
	r = host_list_add(list, text, len);
	if (r == -EINVAL) {
		return config_yaml_expected(
		    y, node, "%s; no bits may be set below a mask", networks_expected);
	}
	return r == 0 || config_yaml_no_memory(y, node);
}

static bool
read_networks(struct config_yaml *y, yaml_node_t *node, void *target)
{
	struct config *c = target;

	if (node->type == YAML_SCALAR_NODE && node->data.scalar.length == 3 &&
	    memcmp(node->data.scalar.value, "any", 3) == 0) {
		c->relay.any_network = true;
		return true;
	}
	return config_yaml_each(y, node, "network", read_host, &c->relay.networks);
}

static bool
read_mode(struct config_yaml *y, yaml_node_t *node, void *target)
{
	static const char *const words[] = {"compat", "all-better", "pinned", "static", NULL};
	struct config *c = target;
	unsigned choice;

	if (!config_yaml_word(y, node, words, &choice)) {
		return false;
	}
	c->relay.mode = (enum relay_mode)choice;
	return true;
}

static bool
read_domain_name(struct config_yaml *y, yaml_node_t *node, struct domain_name *name)
{
	size_t len;
	const char *text = config_yaml_text(y, node, "a domain name", &len);

	return text != NULL &&
	    (domain_name_parse(name, text, len) == DOMAIN_NAME_OK ||
	        config_yaml_expected(y, node, "a domain name"));
}

static bool
read_pinned(struct config_yaml *y, yaml_node_t *node, void *target)
{
	struct config *c = target;

	if (node->type != YAML_MAPPING_NODE) {
		return config_yaml_expected(y, node, "a mapping of domains to lists of networks");
	}
	for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top;
	     p++) {
		struct relay_pin *more, *pin;

		if (c->relay.pin_count == PINNED_MAX) {
			return config_yaml_expected(y, node, "at most %d domains", PINNED_MAX);
		}
		more = reallocarray(c->relay.pins, c->relay.pin_count + 1, sizeof(*c->relay.pins));
		if (more == NULL) {
			return config_yaml_no_memory(y, node);
		}
		c->relay.pins = more;
		pin = &more[c->relay.pin_count++];
		*pin = (struct relay_pin){0};
		if (!read_domain_name(
		        y, yaml_document_get_node(y->document, p->key), &pin->domain) ||
		    !config_yaml_each(y, yaml_document_get_node(y->document, p->value), "network",
		        read_host, &pin->hosts)) {
			return false;
		}
	}
	return true;
}

static bool
read_domain(struct config_yaml *y, yaml_node_t *node, void *target)
{
	struct config *c = target;
	struct domain_name *more;

	if (c->relay.domain_count == PINNED_MAX) {
		return config_yaml_expected(y, node, "at most %d domains", PINNED_MAX);
	}
	more = reallocarray(c->relay.domains, c->relay.domain_count + 1, sizeof(*c->relay.domains));
	if (more == NULL) {
		return config_yaml_no_memory(y, node);
	}
	c->relay.domains = more;
	return read_domain_name(y, node, &more[c->relay.domain_count]) &&
	    ++c->relay.domain_count > 0;
}

static bool
read_domains(struct config_yaml *y, yaml_node_t *node, void *target)
{
	return config_yaml_each(y, node, "domain", read_domain, target);
}

static bool
read_gone_after(struct config_yaml *y, yaml_node_t *node, void *target)
{
	struct config *c = target;

	return config_yaml_duration(
	    y, node, 1000, (int64_t)30 * 86400 * 1000, &c->relay.gone_after_ms);
}

bool
config_read_relay(struct config_yaml *y, yaml_node_t *node, struct config *c)
{
	static const struct config_key keys[] = {
	    {"mode", read_mode},
	    {"primary-networks", read_networks},
	    {"pinned", read_pinned},
	    {"domains", read_domains},
	    {"gone-after", read_gone_after},
	    {NULL, NULL},
	};

	c->relay_given = true;
	return config_yaml_mapping(y, node, keys, c);
}

static int
compare_domains(const void *a, const void *b)
{
	return domain_name_compare(a, b); /* a pin begins with its domain */
}

bool
config_check_relay(struct config_yaml *y, yaml_node_t *root, struct config *c)
{
	struct relay_rules *r = &c->relay;

	if (!c->relay_given) {
		return config_yaml_expected(y, root, "relay: with at least a mode");
	}
	if (r->any_network && r->mode != RELAY_COMPAT) {
		return config_yaml_expected(y, root, "primary-networks: any only in mode compat");
	}
	if (r->any_network && c->learn) {
		return config_yaml_expected(
		    y, root, "networks, not 'any', in primary-networks with recipients: learn");
	}
	if ((r->mode == RELAY_COMPAT || r->mode == RELAY_ALL_BETTER) && !r->any_network &&
	    r->networks.network_count + r->networks.name_count == 0) {
		return config_yaml_expected(y, root, "relay: primary-networks: a list%s",
		    r->mode == RELAY_COMPAT ? ", or 'any' to back up whoever names this host" : "");
	}
	if (r->mode == RELAY_PINNED && r->pin_count == 0) {
		return config_yaml_expected(y, root, "relay: pinned: { DOMAIN: [NETWORK, ...] }");
	}
	if (r->mode == RELAY_STATIC && r->domain_count == 0) {
		return config_yaml_expected(y, root, "relay: domains: [DOMAIN, ...]");
	}
	if (r->pin_count > 1) {
		qsort(r->pins, r->pin_count, sizeof(r->pins[0]), compare_domains);
	}
	for (size_t i = 1; i < r->pin_count; i++) {
		if (compare_domains(&r->pins[i - 1], &r->pins[i]) == 0) {
			return config_yaml_expected(
			    y, root, "'%s' pinned only once", r->pins[i].domain.text);
		}
	}
	if (r->domain_count > 1) {
		qsort(r->domains, r->domain_count, sizeof(r->domains[0]), compare_domains);
	}
	return true;
}

/* dnsbl */

static bool
read_zone_name(struct config_yaml *y, yaml_node_t *node, void *target)
{
	struct dnsbl_zone *z = target;

	return read_domain_name(y, node, &z->zone);
}

static bool
read_zone_range(struct config_yaml *y, yaml_node_t *node, void *target)
{
	static const char expected[] =
	    "addresses in 127.0.0.0/8, such as [\"127.0.0.2-127.0.0.11\"]";
	struct dnsbl_zone *z = target;
	size_t len;
	const char *text = config_yaml_text(y, node, expected, &len);

	if (text == NULL) {
		return false;
	}
	if (z->range_count == DNSBL_RANGES_MAX ||
	    !dnsbl_range_parse(&z->ranges[z->range_count], text, len)) {
		return config_yaml_expected(y, node, "%s", expected);
	}
	z->range_count++;
	return true;
}

static bool
read_zone_listed(struct config_yaml *y, yaml_node_t *node, void *target)
{
	return config_yaml_each(y, node, "range", read_zone_range, target);
}

static bool
read_zone_score(struct config_yaml *y, yaml_node_t *node, void *target)
{
	struct dnsbl_zone *z = target;
	long score;

	if (!config_yaml_number(y, node, -1000, 1000, "a score", &score)) {
		return false;
	}
	z->score = (int)score;
	return true;
}

bool
config_read_dnsbl_zone(struct config_yaml *y, yaml_node_t *node, void *target)
{
	static const struct config_key keys[] = {
	    {"zone", read_zone_name},
	    {"listed", read_zone_listed},
	    {"score", read_zone_score},
	    {NULL, NULL},
	};
	struct config *c = target;
	struct dnsbl_zone *z = &c->dnsbl[c->dnsbl_count];

	if (c->dnsbl_count == DNSBL_ZONES_MAX) {
		return config_yaml_expected(y, node, "at most %d zones", DNSBL_ZONES_MAX);
	}
	z->score = 1;
	if (!config_yaml_mapping(y, node, keys, z)) {
		return false;
	}
	if (z->zone.len == 0 || z->range_count == 0) {
		return config_yaml_expected(y, node, "{ zone: NAME, listed: [RANGE, ...] }");
	}
	c->dnsbl_count++;
	return true;
}

/* primary-health */

bool
config_read_health_mode(struct config_yaml *y, yaml_node_t *node, void *target)
{
	static const char *const words[] = {"off", "observe", NULL};
	struct config *c = target;
	unsigned choice;

	if (!config_yaml_word(y, node, words, &choice)) {
		return false;
	}
	c->health = (enum config_health)choice;
	return true;
}

bool
config_read_while_up(struct config_yaml *y, yaml_node_t *node, void *target)
{
	static const char *const words[] = {"observe", "accept", "defer", "refuse-new", NULL};
	struct config *c = target;
	unsigned choice;

	if (!config_yaml_word(y, node, words, &choice)) {
		return false;
	}
	c->while_up = (enum config_while_up)choice;
	return true;
}

bool
config_read_health_port(struct config_yaml *y, yaml_node_t *node, void *target)
{
	struct config *c = target;
	long port;

	if (!config_yaml_number(y, node, 1, 65535, "a port", &port)) {
		return false;
	}
	c->health_port = (uint16_t)port;
	return true;
}

bool
config_read_health_interval(struct config_yaml *y, yaml_node_t *node, void *target)
{
	struct config *c = target;

	return config_yaml_duration(y, node, 200, (int64_t)86400 * 1000, &c->health_interval_ms);
}
