/*
 * hop.c - see hop.h: replies, failures, the end of a session
 */
#include "relay/hop.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "relay/dial.h"

void
hop_init(struct hop *h, struct vigil *vigil, struct ssl_ctx_st *tls)
{
	h->tls = tls;
	h->which = 0;
	h->broke = HOP_FINE;
	h->in_clear = h->untidy = h->used = false;
	h->offers = (struct smtp_offers){.pipelining = false};
	h->said = (struct hop_said){.code = 0};
	h->name[0] = h->why[0] = '\0';
	smtp_reply_begin(&h->reply);
	wire_begin(&h->wire, -1, vigil);
}

bool
hop_is_open(const struct hop *h)
{
	return h->wire.fd >= 0;
}

void
hop_describe(const struct hop *h, char *text, size_t cap)
{
	char address[INET6_ADDRSTRLEN] = "?";

	if (h->which < h->target.addresses) {
		dial_text(&h->target.address[h->which], address, sizeof(address));
	}
	snprintf(text, cap, "%s%s[%s]:%u", h->target.host, h->target.host[0] != '\0' ? " " : "",
	    address, h->target.port);
}

void
hop_drop(struct hop *h)
{
	wire_close(&h->wire);
	h->untidy = h->used = false;
}

void
hop_quit(struct hop *h)
{
	if (hop_is_open(h)) {
		(void)wire_write(&h->wire, "QUIT\r\n", 6, vigil_now() + QUIT_MS);
	}
	hop_drop(h);
}

enum hop_status
hop_fail(struct hop *h, const char *enhanced, const char *format, ...)
{
	char name[HOST_NAME_MAX_BYTES + 80];
	va_list args;
	int n;

	hop_describe(h, name, sizeof(name));
	n = snprintf(h->why, sizeof(h->why), "%s %s ", enhanced, name);
	va_start(args, format);
	if (n > 0 && (size_t)n < sizeof(h->why)) {
		vsnprintf(h->why + n, sizeof(h->why) - (size_t)n, format, args);
	}
	va_end(args);
	hop_drop(h);
	return HOP_FAILED;
}

enum hop_status
hop_wire_failed(struct hop *h, enum wire_status status, const char *what)
{
	switch (status) {
	case WIRE_FINE:
		return HOP_FINE;
	case WIRE_GONE:
	case WIRE_STOPPED:
		hop_drop(h);
		snprintf(h->why, sizeof(h->why), "4.3.2 %s", wire_why(&h->wire, status));
		return status == WIRE_GONE ? HOP_GONE : HOP_STOPPED;
	default:
		hop_fail(h, "4.4.2", "%s: %s", what, wire_why(&h->wire, status));
		return status == WIRE_CLOSED ? HOP_CLOSED : HOP_FAILED;
	}
}

/* What is shown of a reply: as many whole lines as fit, or the beginning of the first. */
static void
show(const struct smtp_reply *r, struct hop_said *said)
{
	size_t n = r->len < REPLY_SHOWN_MAX ? r->len : REPLY_SHOWN_MAX;

	if (n < r->len) {
		const char *lf = memrchr(r->text, '\n', n);

		n = lf != NULL && lf > r->text ? (size_t)(lf - r->text) : n;
	}
	said->code = r->code;
	memcpy(said->text, r->text, n);
	said->text[n] = '\0';
}

/* The text as one line, for a sentence. */
static const char *
one_line(struct hop_said *said)
{
	for (char *p = said->text; *p != '\0'; p++) {
		*p = (char)(*p == '\n' ? ' ' : *p);
	}
	return said->text;
}

enum hop_status
hop_read(struct hop *h, int64_t deadline, const char *after)
{
	enum smtp_reply_status status = SMTP_REPLY_MORE;
	struct wire *w = &h->wire;

	smtp_reply_begin(&h->reply);
	while (status == SMTP_REPLY_MORE) {
		size_t used;

		if (w->at == w->have) {
			enum wire_status wire;

			w->at = w->have = 0;
			wire = wire_fill(w, deadline);
			if (wire != WIRE_FINE) {
				return hop_wire_failed(h, wire, after);
			}
		}
		status = smtp_reply_feed(&h->reply, w->in + w->at, w->have - w->at, &used);
		w->at += used;
	}
	if (status == SMTP_REPLY_BROKEN) {
		return hop_fail(h, "4.5.0", "%s: its answer is no SMTP", after);
	}
	show(&h->reply, &h->said);
	if (h->reply.code == 421) {
		return hop_fail(h, "4.4.2", "%s: it said: 421 %s", after, one_line(&h->said));
	}
	return HOP_FINE;
}

enum hop_status
hop_ask(struct hop *h, const char *command, size_t len, const char *after)
{
	int64_t deadline = vigil_now() + COMMAND_MS;
	enum wire_status wire = wire_write(&h->wire, command, len, deadline);

	return wire != WIRE_FINE ? hop_wire_failed(h, wire, after) : hop_read(h, deadline, after);
}
