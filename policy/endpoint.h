/*
 * endpoint.h - where to listen, as written in the configuration
 *
 * Not here: opening it (listener.h)
 */
#ifndef POLICY_ENDPOINT_H
#define POLICY_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

struct endpoint {
	struct sockaddr_storage address;
	socklen_t len; /* 0: none */
	mode_t mode;   /* UNIX sockets only, as the following two */
	char owner[33];
	char group[33];
	char text[sizeof(((struct sockaddr_un *)0)->sun_path) + 8]; /* for people */
};

/* "ADDRESS:PORT", "[ADDRESS]:PORT", "localhost:PORT" */
bool endpoint_set_inet(struct endpoint *e, const char *text, size_t len);

/* An absolute path. */
bool endpoint_set_unix(struct endpoint *e, const char *path, size_t len);

bool endpoint_is_unix(const struct endpoint *e);

bool endpoint_is_loopback(const struct endpoint *e);

const char *endpoint_path(const struct endpoint *e);

bool endpoint_same_address(const struct endpoint *a, const struct endpoint *b);

#endif
