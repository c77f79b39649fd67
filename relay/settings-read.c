/*
 * settings-read.c - see settings-read.h
 */
#include "relay/settings-read.h"

#include <string.h>

#include "relay/settings-listen.h"
#include "relay/settings-pieces.h"

static bool
read_spool(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	struct relay_settings *s = target;

	return settings_read_path(y, node, s->spool);
}

static bool
read_state(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	struct relay_settings *s = target;

	return settings_read_path(y, node, s->state);
}

static bool
read_ca_file(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	struct relay_settings *s = target;

	return settings_read_path(y, node, s->ca_file);
}

static bool
read_listen(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	return settings_yaml_each(y, node, "listener", settings_read_listener, target);
}

/* `next` is read before the rest, since listeners name what stands in it. */
static bool
read_next(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	struct relay_settings *s = target;

	s->hops = 0;
	return settings_yaml_names(y, node, "next hops", settings_read_hop, target);
}

static bool
read_provider_sessions(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	struct settings_provider *p = target;

	return settings_yaml_number(y, node, 1, 100000, "a number of sessions", &p->pace.sessions);
}

static bool
read_provider_messages(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	struct settings_provider *p = target;

	return settings_yaml_number(
	    y, node, 1, 1000000, "a number of messages", &p->pace.messages_per_session);
}

static bool
read_provider_rate(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	struct settings_provider *p = target;

	return settings_read_rate(y, node, &p->pace.rate);
}

static bool
read_provider(struct settings_yaml *y, yaml_node_t *key, yaml_node_t *value, void *target)
{
	static const struct settings_key keys[] = {
	    {"sessions", read_provider_sessions},
	    {"rate", read_provider_rate},
	    {"messages-per-session", read_provider_messages},
	    {NULL, NULL},
	};
	struct relay_settings *s = target;
	struct settings_provider *p = &s->provider[s->providers];

	if (s->providers == SETTINGS_PROVIDERS_MAX) {
		return settings_yaml_expected(
		    y, key, "at most %d providers", SETTINGS_PROVIDERS_MAX);
	}
	s->providers++;
	return settings_read_host(y, key, p->domain) && settings_yaml_mapping(y, value, keys, p);
}

static bool
read_providers(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	return settings_yaml_names(y, node, "providers", read_provider, target);
}

static bool
read_dkim_domain(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	struct settings_dkim *d = target;

	return settings_read_host(y, node, d->domain);
}

static bool
read_dkim_selector(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	struct settings_dkim *d = target;

	return settings_read_host(y, node, d->selector);
}

static bool
read_dkim_key_file(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	struct settings_dkim *d = target;

	return settings_read_path(y, node, d->key_file);
}

static bool
read_dkim_key(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	static const struct settings_key keys[] = {
	    {"domain", read_dkim_domain},
	    {"selector", read_dkim_selector},
	    {"key-file", read_dkim_key_file},
	    {NULL, NULL},
	};
	struct relay_settings *s = target;
	struct settings_dkim *d = &s->dkim[s->dkims];

	if (s->dkims == SETTINGS_DKIM_MAX) {
		return settings_yaml_expected(y, node, "at most %d keys", SETTINGS_DKIM_MAX);
	}
	s->dkims++;
	if (!settings_yaml_mapping(y, node, keys, d)) {
		return false;
	}
	return (d->domain[0] != '\0' && d->selector[0] != '\0' && d->key_file[0] != '\0') ||
	    settings_yaml_expected(y, node, "domain, selector and key-file");
}

static bool
read_dkim(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	return settings_yaml_each(y, node, "key", read_dkim_key, target);
}

/* Adds the name of a field, in lower case, to one of the two lists of own_policy. */
static bool
add_field_name(struct settings_yaml *y, yaml_node_t *node, struct relay_settings *s,
    const char *list[DKIM_SIGNED_MAX], size_t *count)
{
	static const char what[] = "the name of a header field";
	char *name;

	if (*count == DKIM_SIGNED_MAX) {
		return settings_yaml_expected(y, node, "at most %d fields", DKIM_SIGNED_MAX);
	}
	name = s->dkim_name[s->own_policy.signed_count + s->own_policy.over_signed_count];
	if (!settings_yaml_copy(y, node, what, name, DKIM_NAME_MAX + 1)) {
		return false;
	}
	for (char *c = name; *c != '\0'; c++) {
		if (*c <= ' ' || *c > '~' || *c == ':' || *c == ';') {
			return settings_yaml_expected(y, node, "%s", what);
		}
		*c = (char)(*c >= 'A' && *c <= 'Z' ? *c | 0x20 : *c);
	}
	list[(*count)++] = name;
	return true;
}

static bool
read_signed(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	struct relay_settings *s = target;
	struct dkim_policy *p = &s->own_policy;

	return add_field_name(y, node, s, p->signed_field, &p->signed_count);
}

static bool
read_over_signed(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	struct relay_settings *s = target;
	struct dkim_policy *p = &s->own_policy;

	return add_field_name(y, node, s, p->over_signed_field, &p->over_signed_count);
}

static bool
read_sign(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	return settings_yaml_each(y, node, "field", read_signed, target);
}

static bool
read_over_sign(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	return settings_yaml_each(y, node, "field", read_over_signed, target);
}

/* RFC 6376 5.4: From must be signed. */
static bool
read_dkim_fields(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	static const struct settings_key keys[] = {
	    {"sign", read_sign},
	    {"over-sign", read_over_sign},
	    {NULL, NULL},
	};
	struct relay_settings *s = target;
	struct dkim_policy *p = &s->own_policy;

	*p = (struct dkim_policy){.signed_count = 0};
	if (!settings_yaml_mapping(y, node, keys, s)) {
		return false;
	}
	s->dkim_policy = p;
	for (size_t i = 0; i < p->over_signed_count; i++) {
		if (strcmp(p->over_signed_field[i], "from") == 0) {
			return true;
		}
	}
	return settings_yaml_expected(y, node, "'from' in over-sign");
}

static bool
read_sessions(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	struct relay_settings *s = target;

	return settings_yaml_number(y, node, 1, 10000, "a number of sessions", &s->sessions);
}

static bool
read_message(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	struct relay_settings *s = target;

	return settings_yaml_size(y, node, 64 << 10, 64 << 20, &s->message);
}

static bool
read_within(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	struct relay_settings *s = target;

	return settings_yaml_duration(y, node, 1000, (int64_t)24 * 3600 * 1000, &s->within_ms);
}

static bool
read_limits(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	static const struct settings_key keys[] = {
	    {"sessions", read_sessions},
	    {"message", read_message},
	    {"recipient-within", read_within},
	    {NULL, NULL},
	};

	return settings_yaml_mapping(y, node, keys, target);
}

static bool
read_metrics(struct settings_yaml *y, yaml_node_t *node, void *target)
{
	struct relay_settings *s = target;

	return settings_read_address(y, node, &s->metrics);
}

/* The value of a key of the root, or NULL. */
static yaml_node_t *
find_key(struct settings_yaml *y, const yaml_node_t *root, const char *name)
{
	if (root->type != YAML_MAPPING_NODE) {
		return NULL;
	}
	for (yaml_node_pair_t *p = root->data.mapping.pairs.start; p < root->data.mapping.pairs.top;
	     p++) {
		yaml_node_t *key = yaml_document_get_node(y->document, p->key);

		if (key->type == YAML_SCALAR_NODE && key->data.scalar.length == strlen(name) &&
		    memcmp(key->data.scalar.value, name, strlen(name)) == 0) {
			return yaml_document_get_node(y->document, p->value);
		}
	}
	return NULL;
}

bool
settings_read(struct settings_yaml *y, yaml_node_t *root, struct relay_settings *s)
{
	static const struct settings_key keys[] = {
	    {"spool", read_spool},
	    {"listen", read_listen},
	    {"next", read_next},
	    {"providers", read_providers},
	    {"dkim", read_dkim},
	    {"dkim-fields", read_dkim_fields},
	    {"limits", read_limits},
	    {"metrics", read_metrics},
	    {"state", read_state},
	    {"ca-file", read_ca_file},
	    {NULL, NULL},
	};
	yaml_node_t *next = find_key(y, root, "next");

	if (next != NULL && !read_next(y, next, s)) {
		return false;
	}
	if (!settings_yaml_mapping(y, root, keys, s)) {
		return false;
	}
	return s->listeners > 0 || settings_yaml_expected(y, root, "a 'listen' with listeners");
}
