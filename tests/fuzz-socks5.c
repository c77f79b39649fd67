/*
 * fuzz-socks5.c - any bytes as a SOCKS5 client, in pieces of any size
 *
 * The first byte picks the size. The end and what was asked for must not depend on it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "relay/socks5.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum socks5_status
feed(struct socks5 *s, const uint8_t *p, size_t len, size_t step)
{
	enum socks5_status status = SOCKS5_MORE;
	size_t at = 0, end = 0, u;

	socks5_begin(s);
	while (status == SOCKS5_ANSWER || (status == SOCKS5_MORE && end < len)) {
		if (status == SOCKS5_MORE) {
			end = end + step < len ? end + step : len;
		}
		status = socks5_feed(s, p + at, end - at, &u);
		at += u;
		if (s->answer_len > sizeof(s->answer) || at > end ||
		    (status == SOCKS5_MORE && at != end)) {
			abort();
		}
	}
	return status;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct socks5 a, b;

	if (size < 2) {
		return 0;
	}
	if (feed(&a, data + 1, size - 1, size) != feed(&b, data + 1, size - 1, data[0] % 8 + 1u) ||
	    a.port != b.port || a.user_len != b.user_len ||
	    memcmp(a.user, b.user, a.user_len) != 0 || memcmp(a.address, b.address, 16) != 0) {
		abort();
	}
	return 0;
}
