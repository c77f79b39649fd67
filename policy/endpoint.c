/* endpoint.c - see endpoint.h */
#include "policy/endpoint.h"
#include "policy/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static bool
port_parse(const char *text, size_t len, in_port_t *port)
{
	unsigned value = 0;

	if (len == 0 || len > 5) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9') {
			return false;
		}
		value = value * 10 + (unsigned)(text[i] - '0');
	}
	*port = htons((uint16_t)value);
	return value > 0 && value <= 65535;
}

bool
endpoint_set_inet(struct endpoint *e, const char *text, size_t len)
{
	const char *colon = memrchr(text, ':', len);
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct address a;
	const char *host = text;
	size_t host_len;
	in_port_t port;

	if (colon == NULL || !port_parse(colon + 1, len - (size_t)(colon + 1 - text), &port)) {
		return false;
	}
	host_len = (size_t)(colon - text);
	if (host_len == 9 && memcmp(host, "localhost", 9) == 0) {
		host = "127.0.0.1";
	} else if (host_len > 2 && host[0] == '[' && host[host_len - 1] == ']') {
		host++;
		host_len -= 2;
	} else if (memchr(host, ':', host_len) != NULL) {
		return false;
	}
	if (!address_parse(&a, host, host_len)) {
		return false;
	}
	if (memchr(host, ':', host_len) == NULL) {
		memcpy(&in.sin_addr, a.byte + 12, 4);
		in.sin_port = port;
		memcpy(&e->address, &in, sizeof(in));
		e->len = sizeof(in);
	} else {
		memcpy(&in6.sin6_addr, a.byte, 16);
		in6.sin6_port = port;
		memcpy(&e->address, &in6, sizeof(in6));
		e->len = sizeof(in6);
	}
	(void)snprintf(e->text, sizeof(e->text), "inet:%.*s", (int)len, text);
	return true;
}

bool
endpoint_set_unix(struct endpoint *e, const char *path, size_t len)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};

	if (len < 2 || path[0] != '/' || len >= sizeof(un.sun_path) ||
	    memchr(path, 0, len) != NULL) {
		return false;
	}
	memcpy(un.sun_path, path, len);
	memcpy(&e->address, &un, sizeof(un));
	e->len = sizeof(un);
	e->mode = 0600;
	(void)snprintf(e->text, sizeof(e->text), "unix:%s", un.sun_path);
	return true;
}

bool
endpoint_is_unix(const struct endpoint *e)
{
	return e->address.ss_family == AF_UNIX;
}

bool
endpoint_is_loopback(const struct endpoint *e)
{
	struct sockaddr_in6 in6;
	struct sockaddr_in in;

	if (endpoint_is_unix(e)) {
		return true;
	}
	if (e->address.ss_family == AF_INET) {
		memcpy(&in, &e->address, sizeof(in));
		return ntohl(in.sin_addr.s_addr) >> 24 == 127;
	}
	memcpy(&in6, &e->address, sizeof(in6));
	return IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr);
}

const char *
endpoint_path(const struct endpoint *e)
{
	return e->text + strlen("unix:");
}

bool
endpoint_same_address(const struct endpoint *a, const struct endpoint *b)
{
	return a->len == b->len && memcmp(&a->address, &b->address, a->len) == 0;
}
