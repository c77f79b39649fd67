/*
 * socks5.h - the server's side of SOCKS5 (RFC 1928, RFC 1929), as Exim's socks_proxy speaks it
 *
 * Methods: none, and user name with password. The user name is the name of the host that Exim
 * chose; the password is not looked at, since the peer is known by its uid. Only CONNECT to an IPv4
 * or IPv6 address: whoever asks has resolved already.
 *
 * Pure: bytes in, an answer out. Whoever asks sends the answer before it feeds more.
 */
#ifndef RELAY_SOCKS5_H
#define RELAY_SOCKS5_H

#include <stddef.h>
#include <stdint.h>

#include "relay/limits.h"

enum socks5_status {
	SOCKS5_MORE,    /* feed more */
	SOCKS5_ANSWER,  /* send answer[], then feed more */
	SOCKS5_REQUEST, /* the request is whole: act, then socks5_grant() */
	SOCKS5_REFUSED, /* send answer[], then close */
};

enum socks5_state { SOCKS5_METHODS, SOCKS5_LOGIN, SOCKS5_CONNECT, SOCKS5_OVER };

struct socks5 {
	enum socks5_state state;
	size_t have;
	uint8_t message[SOCKS5_MESSAGE_MAX];
	size_t answer_len; /* 0: nothing to send */
	uint8_t answer[22];
	size_t user_len;
	uint8_t user[255]; /* as it came */
	/* the request */
	int family;          /* AF_INET, AF_INET6 */
	uint8_t address[16]; /* network byte order; 4 bytes of it for AF_INET */
	uint16_t port;       /* host byte order */
};

void socks5_begin(struct socks5 *s);

/* Takes bytes; *used_r of them belong to SOCKS. */
enum socks5_status socks5_feed(struct socks5 *s, const uint8_t *in, size_t len, size_t *used_r);

/* Writes the answer that says: connected. */
void socks5_grant(struct socks5 *s);

#endif
