/*
 * socks5.c - see socks5.h
 */
#include "relay/socks5.h"

#include <string.h>
#include <sys/socket.h>

enum {
	VERSION = 5,
	LOGIN_VERSION = 1,
	METHOD_NONE = 0,
	METHOD_LOGIN = 2,
	METHOD_REFUSED = 0xff,
	COMMAND_CONNECT = 1,
	ADDRESS_IPV4 = 1,
	ADDRESS_IPV6 = 4,
	SAID_GENERAL_FAILURE = 1,
	SAID_NO_SUCH_COMMAND = 7,
	SAID_NO_SUCH_ADDRESS_TYPE = 8,
};

void
socks5_begin(struct socks5 *s)
{
	memset(s, 0, sizeof(*s));
	s->state = SOCKS5_METHODS;
}

/* How long the message that begins so is, as far as can be seen; never less than what is needed to
 * see more. */
static size_t
message_length(const struct socks5 *s)
{
	const uint8_t *m = s->message;

	switch (s->state) {
	case SOCKS5_METHODS:
		return s->have < 2 ? 2 : 2u + m[1];
	case SOCKS5_LOGIN:
		return s->have < 2 ? 2 : s->have < 3u + m[1] ? 3u + m[1] : 3u + m[1] + m[2 + m[1]];
	default:
		/* an address type that is not known ends the message where it stands */
		return s->have < 4 ? 4 : m[3] == ADDRESS_IPV4 ? 10 : m[3] == ADDRESS_IPV6 ? 22 : 4;
	}
}

static enum socks5_status
say(struct socks5 *s, enum socks5_status status, uint8_t first, uint8_t second)
{
	s->answer[0] = first;
	s->answer[1] = second;
	s->answer_len = 2;
	s->have = 0;
	if (status == SOCKS5_REFUSED) {
		s->state = SOCKS5_OVER;
	}
	return status;
}

static void
say_request(struct socks5 *s, uint8_t code)
{
	memset(s->answer, 0, sizeof(s->answer));
	s->answer[0] = VERSION;
	s->answer[1] = code;
	s->answer[3] = s->family == AF_INET6 ? ADDRESS_IPV6 : ADDRESS_IPV4;
	s->answer_len = s->family == AF_INET6 ? 22 : 10;
	s->state = SOCKS5_OVER;
}

static enum socks5_status
choose_method(struct socks5 *s)
{
	const uint8_t *methods = s->message + 2;
	size_t n = s->message[1];

	if (s->message[0] != VERSION) {
		return say(s, SOCKS5_REFUSED, VERSION, METHOD_REFUSED);
	}
	if (memchr(methods, METHOD_LOGIN, n) != NULL) {
		s->state = SOCKS5_LOGIN;
		return say(s, SOCKS5_ANSWER, VERSION, METHOD_LOGIN);
	}
	if (memchr(methods, METHOD_NONE, n) != NULL) {
		s->state = SOCKS5_CONNECT;
		return say(s, SOCKS5_ANSWER, VERSION, METHOD_NONE);
	}
	return say(s, SOCKS5_REFUSED, VERSION, METHOD_REFUSED);
}

static enum socks5_status
take_login(struct socks5 *s)
{
	if (s->message[0] != LOGIN_VERSION) {
		return say(s, SOCKS5_REFUSED, LOGIN_VERSION, 1);
	}
	s->user_len = s->message[1];
	memcpy(s->user, s->message + 2, s->user_len);
	s->state = SOCKS5_CONNECT;
	return say(s, SOCKS5_ANSWER, LOGIN_VERSION, 0);
}

static enum socks5_status
take_request(struct socks5 *s)
{
	const uint8_t *m = s->message;
	size_t n = m[3] == ADDRESS_IPV6 ? 16 : 4;

	if (m[0] != VERSION || m[1] != COMMAND_CONNECT ||
	    (m[3] != ADDRESS_IPV4 && m[3] != ADDRESS_IPV6)) {
		say_request(s,
		    m[0] != VERSION               ? SAID_GENERAL_FAILURE
		        : m[1] != COMMAND_CONNECT ? SAID_NO_SUCH_COMMAND
		                                  : SAID_NO_SUCH_ADDRESS_TYPE);
		return SOCKS5_REFUSED;
	}
	s->family = m[3] == ADDRESS_IPV6 ? AF_INET6 : AF_INET;
	memcpy(s->address, m + 4, n);
	s->port = (uint16_t)(m[4 + n] << 8 | m[5 + n]);
	s->state = SOCKS5_OVER;
	return SOCKS5_REQUEST;
}

enum socks5_status
socks5_feed(struct socks5 *s, const uint8_t *in, size_t len, size_t *used_r)
{
	size_t at = 0;

	s->answer_len = 0;
	while (s->state != SOCKS5_OVER) {
		size_t want = message_length(s);

		if (s->have < want) {
			size_t n = want - s->have < len - at ? want - s->have : len - at;

			*used_r = at;
			if (n == 0) {
				return SOCKS5_MORE;
			}
			memcpy(s->message + s->have, in + at, n);
			s->have += n;
			at += n;
			continue;
		}
		*used_r = at;
		return s->state == SOCKS5_METHODS ? choose_method(s)
		    : s->state == SOCKS5_LOGIN    ? take_login(s)
		                                  : take_request(s);
	}
	*used_r = at;
	return SOCKS5_REFUSED;
}

void
socks5_grant(struct socks5 *s)
{
	say_request(s, 0);
}
