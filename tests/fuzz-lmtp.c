/*
 * fuzz-lmtp.c - any bytes as LMTP: command lines, or a message, in pieces of any size
 *
 * The first byte picks which, and the size of the pieces. What is found must not depend on it; a
 * command points into its line; a message ends only after CRLF . CRLF.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "relay/lmtp-command.h"
#include "relay/lmtp-data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_inside(const struct lmtp_text *t, const uint8_t *line, size_t len)
{
	if (t->p != NULL && (t->p < line || t->p + t->len > line + len)) {
		abort();
	}
}

static void
one_line(const uint8_t *line, size_t len)
{
	struct lmtp_command c;
	uint8_t out[64];

	if (lmtp_command_parse(line, len, &c) != LMTP_FINE) {
		return;
	}
	check_inside(&c.name, line, len);
	check_inside(&c.address, line, len);
	check_inside(&c.envid, line, len);
	check_inside(&c.orcpt, line, len);
	check_inside(&c.ident, line, len);
	if (c.address.p != NULL && memchr(c.address.p, '\n', c.address.len) != NULL) {
		abort();
	}
	(void)lmtp_xtext(&c.ident, out, sizeof(out));
}

/* The whole in pieces; returns how many bytes were written to `out`. */
static size_t
feed(struct lmtp_data *d, const uint8_t *p, size_t len, size_t step, uint8_t *out, size_t *used)
{
	size_t n = 0, u;

	lmtp_data_begin(d);
	*used = 0;
	while (*used < len && d->state != DATA_ENDED) {
		size_t piece = step < len - *used ? step : len - *used;

		n += lmtp_data_feed(d, p + *used, piece, &u, out + n);
		*used += u;
	}
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t len = size > 0 ? size - 1 : 0, step = size > 0 ? (data[0] >> 1) % 32 + 1u : 1;
	uint8_t *in = malloc(len + 1), *a = malloc(len + 1), *b = malloc(len + 1);
	size_t na, nb, ua, ub;
	struct lmtp_data da, db;

	if (in == NULL || a == NULL || b == NULL || size == 0) {
		goto out;
	}
	memcpy(in, data + 1, len);
	if (data[0] & 1) {
		one_line(in, len);
		goto out;
	}
	na = feed(&da, in, len, len > 0 ? len : 1, a, &ua);
	nb = feed(&db, in, len, step, b, &ub);
	if (na != nb || ua != ub || memcmp(a, b, na) != 0 || da.state != db.state ||
	    da.bare != db.bare || da.eight_bit != db.eight_bit || na > ua) {
		abort();
	}
	if (da.state == DATA_ENDED &&
	    (ua < 3 || memcmp(in + ua - 3, ".\r\n", 3) != 0 ||
	        (ua > 3 && (ua < 5 || memcmp(in + ua - 5, "\r\n", 2) != 0)))) {
		abort();
	}
out:
	free(in);
	free(a);
	free(b);
	return 0;
}
