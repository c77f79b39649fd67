/* config-socket.c - see config-socket.h */
#include "policy/config-socket.h"

#include <string.h>

static const char inet_expected[] = "an address and a port, such as \"127.0.0.1:10040\"";
static const char unix_expected[] = "an absolute path of at most 107 bytes";

static bool
read_inet(struct config_yaml *y, yaml_node_t *node, void *target)
{
	size_t len;
	const char *text = config_yaml_text(y, node, inet_expected, &len);

	if (text == NULL) {
		return false;
	}
	return endpoint_set_inet(target, text, len) ||
	    config_yaml_expected(y, node, "%s", inet_expected);
}

static bool
read_unix(struct config_yaml *y, yaml_node_t *node, void *target)
{
	struct endpoint *e = target;
	mode_t mode = e->mode;
	size_t len;
	const char *text = config_yaml_text(y, node, unix_expected, &len);

	if (text == NULL) {
		return false;
	}
	if (!endpoint_set_unix(e, text, len)) {
		return config_yaml_expected(y, node, "%s", unix_expected);
	}
	if (mode != 0) {
		e->mode = mode;
	}
	return true;
}

static bool
read_account(struct config_yaml *y, yaml_node_t *node, char *to, size_t cap)
{
	size_t len;
	const char *text = config_yaml_text(y, node, "a name", &len);

	if (text == NULL) {
		return false;
	}
	if (len >= cap) {
		return config_yaml_expected(y, node, "a name of at most %zu bytes", cap - 1);
	}
	memcpy(to, text, len + 1);
	return true;
}

static bool
read_owner(struct config_yaml *y, yaml_node_t *node, void *target)
{
	struct endpoint *e = target;

	return read_account(y, node, e->owner, sizeof(e->owner));
}

static bool
read_group(struct config_yaml *y, yaml_node_t *node, void *target)
{
	struct endpoint *e = target;

	return read_account(y, node, e->group, sizeof(e->group));
}

static bool
read_mode(struct config_yaml *y, yaml_node_t *node, void *target)
{
	static const char expected[] = "an octal mode such as 0660";
	struct endpoint *e = target;
	size_t len;
	const char *text = config_yaml_text(y, node, expected, &len);
	unsigned mode = 0;

	for (size_t i = 0; text != NULL && i < len; i++) {
		if (text[i] < '0' || text[i] > '7' || len > 4) {
			return config_yaml_expected(y, node, "%s", expected);
		}
		mode = mode * 8 + (unsigned)(text[i] - '0');
	}
	if (text != NULL && (mode == 0 || mode > 0777)) {
		return config_yaml_expected(y, node, "%s", expected);
	}
	e->mode = mode;
	return text != NULL;
}

static bool
read_endpoint(struct config_yaml *y, yaml_node_t *node, struct endpoint *e)
{
	static const struct config_key keys[] = {
	    {"inet", read_inet},
	    {"unix", read_unix},
	    {"owner", read_owner},
	    {"group", read_group},
	    {"mode", read_mode},
	    {NULL, NULL},
	};
	static const char expected[] = "unix:PATH, inet:HOST:PORT, { unix: ... } or { inet: ... }";
	const char *text;
	size_t len;

	if (node->type == YAML_SCALAR_NODE) {
		text = config_yaml_text(y, node, expected, &len);
		if (text == NULL) {
			return false;
		}
		if (len > 5 && memcmp(text, "unix:", 5) == 0 &&
		    endpoint_set_unix(e, text + 5, len - 5)) {
			return true;
		}
		if (len > 5 && memcmp(text, "inet:", 5) == 0 &&
		    endpoint_set_inet(e, text + 5, len - 5)) {
			return true;
		}
		return config_yaml_expected(y, node, "%s", expected);
	}
	if (!config_yaml_mapping(y, node, keys, e)) {
		return false;
	}
	if (e->len == 0) {
		return config_yaml_expected(y, node, "%s", expected);
	}
	if (!endpoint_is_unix(e) && (e->mode != 0 || e->owner[0] != 0 || e->group[0] != 0)) {
		return config_yaml_expected(y, node, "owner, group and mode only with unix");
	}
	return true;
}

static bool
read_listener(struct config_yaml *y, yaml_node_t *node, void *target)
{
	struct config *c = target;

	if (c->listen_count == LISTENERS_MAX) {
		return config_yaml_expected(y, node, "at most %d sockets", LISTENERS_MAX);
	}
	return read_endpoint(y, node, &c->listen[c->listen_count]) && ++c->listen_count > 0;
}

bool
config_read_listen(struct config_yaml *y, yaml_node_t *node, void *target)
{
	return config_yaml_each(y, node, "socket", read_listener, target);
}

bool
config_read_control(struct config_yaml *y, yaml_node_t *node, void *target)
{
	struct config *c = target;

	return read_endpoint(y, node, &c->control);
}

bool
config_read_metrics(struct config_yaml *y, yaml_node_t *node, void *target)
{
	struct config *c = target;

	return read_endpoint(y, node, &c->metrics);
}
