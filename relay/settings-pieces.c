/*
 * settings-pieces.c - see settings-pieces.h
 */
#include "relay/settings-pieces.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

bool
settings_read_address(struct settings_yaml *y, yaml_node_t *node, struct settings_address *to)
{
	static const char what[] =
	    "an address and a port such as \"127.0.0.1:782\" or \"[::1]:782\"";
	struct sockaddr_in *in = (struct sockaddr_in *)&to->address;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&to->address;
	char host[sizeof(to->text)];
	const char *colon;
	long port;
	size_t n;

	if (!settings_yaml_copy(y, node, what, to->text, sizeof(to->text))) {
		return false;
	}
	colon = strrchr(to->text, ':');
	port = colon != NULL ? strtol(colon + 1, NULL, 10) : 0;
	if (port < 1 || port > 65535) {
		return settings_yaml_expected(y, node, "%s", what);
	}
	n = (size_t)(colon - to->text);
	memcpy(host, to->text, n);
	host[n] = '\0';
	if (inet_pton(AF_INET, host, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons((uint16_t)port);
		to->len = sizeof(*in);
		return true;
	}
	if (n > 2 && host[0] == '[' && host[n - 1] == ']') {
		host[n - 1] = '\0';
		if (inet_pton(AF_INET6, host + 1, &in6->sin6_addr) == 1) {
			in6->sin6_family = AF_INET6;
			in6->sin6_port = htons((uint16_t)port);
			to->len = sizeof(*in6);
			return true;
		}
	}
	return settings_yaml_expected(y, node, "%s", what);
}

bool
settings_read_path(struct settings_yaml *y, yaml_node_t *node, char to[SETTINGS_TEXT_MAX])
{
	return settings_yaml_copy(y, node, "an absolute path", to, SETTINGS_TEXT_MAX) &&
	    (to[0] == '/' || settings_yaml_expected(y, node, "an absolute path"));
}

bool
settings_read_host(struct settings_yaml *y, yaml_node_t *node, char to[HOST_NAME_MAX_BYTES + 1])
{
	static const char what[] = "a host name or an address";

	if (!settings_yaml_copy(y, node, what, to, HOST_NAME_MAX_BYTES + 1)) {
		return false;
	}
	for (const char *p = to; *p != '\0'; p++) {
		if (*p <= ' ' || *p == 0x7f || *p == '/' || *p == '@') {
			return settings_yaml_expected(y, node, "%s", what);
		}
	}
	return true;
}

bool
settings_read_rate(struct settings_yaml *y, yaml_node_t *node, struct settings_rate *to)
{
	static const char what[] = "a rate such as 10/s, 300/m or 5000/h";
	size_t len;
	const char *text = settings_yaml_text(y, node, what, &len);
	char *end;
	unsigned long n;

	if (text == NULL) {
		return false;
	}
	n = strtoul(text, &end, 10);
	if (text[0] < '1' || text[0] > '9' || n > 1000000 || end[0] != '/' || end[1] == '\0' ||
	    end[2] != '\0' || strchr("smh", end[1]) == NULL) {
		return settings_yaml_expected(y, node, "%s", what);
	}
	to->count = (unsigned)n;
	to->seconds = end[1] == 's' ? 1 : end[1] == 'm' ? 60 : 3600;
	return true;
}
