/*
 * settings.c - see settings.h
 */
#include "relay/settings.h"

const char *
settings_tls_name(enum settings_tls tls)
{
	static const char *const names[] = {
	    [TLS_OPPORTUNISTIC] = "opportunistic",
	    [TLS_REQUIRED] = "required",
	    [TLS_VERIFIED] = "verified",
	};

	return names[tls];
}

bool
settings_verify(const struct relay_settings *s)
{
	for (unsigned i = 0; i < s->listeners; i++) {
		if (s->listener[i].face == FACE_SOCKS5 && s->listener[i].tls == TLS_VERIFIED) {
			return true;
		}
	}
	for (unsigned i = 0; i < s->hops; i++) {
		if (s->hop[i].tls == TLS_VERIFIED) {
			return true;
		}
	}
	return false;
}
