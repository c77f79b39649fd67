/*
 * hop-mail.c - see hop.h: one transaction
 *
 * With PIPELINING (RFC 2920) MAIL, up to HOP_GROUP RCPTs and DATA go in one write; their replies
 * are read in that order.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "relay/hop.h"

/* Commands that are sent together. */
struct group {
	size_t len;
	char text[HOP_COMMANDS_MAX];
};

__attribute__((format(printf, 2, 3))) static void
put(struct group *g, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(g->text + g->len, sizeof(g->text) - g->len, format, args);
	va_end(args);
	g->len += n > 0 && (size_t)n < sizeof(g->text) - g->len ? (size_t)n : 0;
}

/* Room for the longest command. */
static bool
has_room(const struct group *g)
{
	return sizeof(g->text) - g->len > LMTP_ADDRESS_MAX + 3 * LMTP_PARAMETER_MAX;
}

static void
put_mail(struct group *g, const struct hop *h, const struct hop_mail *m)
{
	put(g, "MAIL FROM:<%s>", m->sender);
	if (h->offers.has_size && m->size > 0) {
		put(g, " SIZE=%" PRIu64, m->size);
	}
	if (h->offers.eight_bit && m->eight_bit) {
		put(g, " BODY=8BITMIME");
	}
	if (h->offers.utf8 && m->utf8) {
		put(g, " SMTPUTF8");
	}
	if (h->offers.dsn && m->ret != NULL) {
		put(g, " RET=%s", m->ret);
	}
	if (h->offers.dsn && m->envid != NULL) {
		put(g, " ENVID=%s", m->envid);
	}
	put(g, "\r\n");
}

static void
put_rcpt(struct group *g, const struct hop *h, const struct hop_recipient *r)
{
	put(g, "RCPT TO:<%s>", r->address);
	if (h->offers.dsn && r->notify != NULL) {
		put(g, " NOTIFY=%s", r->notify);
	}
	if (h->offers.dsn && r->orcpt != NULL) {
		put(g, " ORCPT=%s", r->orcpt);
	}
	put(g, "\r\n");
}

/* A transaction while it begins. */
struct beginning {
	struct hop *h;
	struct hop_recipient *const *to;
	size_t count, sent, heard, accepted;
	bool mail_sent, mail_heard, mail_refused;
	bool data_sent;
	struct hop_said refusal; /* to MAIL or DATA */
	struct group group;
};

static enum hop_status
send_group(struct beginning *b)
{
	struct hop *h = b->h;
	enum wire_status wire = wire_write(
	    &h->wire, b->group.text, b->group.len, vigil_now() + COMMAND_MS);

	b->group.len = 0;
	return hop_wire_failed(h, wire, "MAIL");
}

/* 3xx, where 2xx, 4xx or 5xx is due, is taken for a yes: the next command will tell. */
static bool
is_refusal(const struct hop *h)
{
	return smtp_reply_class(&h->reply) >= 4;
}

/* The reply to MAIL, and those to the RCPTs that were sent. */
static enum hop_status
hear_group(struct beginning *b)
{
	struct hop *h = b->h;
	enum hop_status status;

	if (b->mail_sent && !b->mail_heard) {
		status = hop_read(h, vigil_now() + COMMAND_MS, "MAIL");
		if (status != HOP_FINE) {
			return status;
		}
		b->mail_heard = true;
		b->mail_refused = is_refusal(h);
		b->refusal = h->said;
	}
	for (; b->heard < b->sent; b->heard++) {
		struct hop_recipient *r = b->to[b->heard];

		status = hop_read(h, vigil_now() + COMMAND_MS, "RCPT");
		if (status != HOP_FINE) {
			return status;
		}
		if (!is_refusal(h)) {
			b->accepted++;
		} else if (!b->mail_refused) {
			r->said = h->said;
		}
	}
	return HOP_FINE;
}

/* Commands up to the end of a group; without PIPELINING, one. */
static void
fill_group(struct beginning *b, const struct hop_mail *mail)
{
	bool many = b->h->offers.pipelining;
	size_t stop = b->sent + HOP_GROUP;

	if (!b->mail_sent) {
		put_mail(&b->group, b->h, mail);
		b->mail_sent = true;
		if (!many) {
			return;
		}
	}
	while (b->sent < b->count && b->sent < stop && has_room(&b->group)) {
		put_rcpt(&b->group, b->h, b->to[b->sent++]);
		if (!many) {
			return;
		}
	}
	if (b->sent == b->count && has_room(&b->group) && many) {
		put(&b->group, "DATA\r\n");
		b->data_sent = true;
	}
}

/* The reply to DATA. */
static enum hop_status
hear_data(struct beginning *b)
{
	struct hop *h = b->h;
	enum hop_status status = hop_read(h, vigil_now() + COMMAND_MS, "DATA");

	if (status != HOP_FINE) {
		return status;
	}
	if (h->reply.code == 354) {
		if (b->accepted > 0 && !b->mail_refused) {
			h->untidy = true;
			return HOP_FINE;
		}
		hop_drop(h); /* a dot would send an empty message to nobody */
	} else {
		h->untidy = true;
		if (b->accepted > 0 && !b->mail_refused) {
			if (!is_refusal(h)) {
				return hop_fail(h, "4.5.0", "DATA: it said: %u", h->reply.code);
			}
			b->refusal = h->said;
		}
	}
	h->said = b->refusal;
	return HOP_REFUSED;
}

static enum hop_status
reset(struct hop *h)
{
	enum hop_status status = HOP_FINE;

	if (h->untidy) {
		status = hop_ask(h, "RSET\r\n", 6, "RSET");
		if (status == HOP_FINE && smtp_reply_class(&h->reply) != 2) {
			return hop_fail(
			    h, "4.3.0", "RSET: it said: %u %.300s", h->reply.code, h->said.text);
		}
		h->untidy = false;
	}
	return status;
}

enum hop_status
hop_begin(struct hop *h, const struct hop_mail *mail, struct hop_recipient *const *recipients,
    size_t count)
{
	static struct beginning b;
	enum hop_status status = reset(h);

	b.h = h;
	b.to = recipients;
	b.count = count;
	b.sent = b.heard = b.accepted = 0;
	b.mail_sent = b.mail_heard = b.mail_refused = b.data_sent = false;
	b.refusal.code = 0;
	b.group.len = 0;
	while (status == HOP_FINE && !b.data_sent) {
		bool over = b.mail_refused || (b.sent == b.count && b.accepted == 0 && b.count > 0);

		if (b.mail_heard && (over || b.sent == b.count)) {
			if (over) {
				h->untidy = !b.mail_refused;
				h->said = b.refusal;
				return HOP_REFUSED;
			}
			put(&b.group, "DATA\r\n");
			b.data_sent = true;
		} else {
			fill_group(&b, mail);
		}
		status = send_group(&b);
		if (status == HOP_FINE) {
			status = hear_group(&b);
		}
	}
	return status == HOP_FINE ? hear_data(&b) : status;
}

int
hop_write(void *state, const uint8_t *p, size_t len)
{
	struct hop *h = state;
	enum vigil_end end = vigil_look(h->wire.vigil);
	enum wire_status wire = end == VIGIL_GONE ? WIRE_GONE
	    : end == VIGIL_STOPPED                ? WIRE_STOPPED
	                                          : WIRE_FINE;

	if (wire == WIRE_FINE) {
		wire = wire_write(&h->wire, p, len, vigil_now() + BLOCK_MS);
	}
	h->broke = hop_wire_failed(h, wire, "sending the message");
	return h->broke == HOP_FINE ? 0 : -EIO;
}

enum hop_status
hop_broke(struct hop *h)
{
	hop_drop(h);
	return h->broke;
}

enum hop_status
hop_dot(struct hop *h)
{
	int64_t deadline = vigil_now() + DOT_MS;
	enum hop_status status;
	enum wire_status wire;

	h->wire.vigil->after_dot = true;
	wire = wire_write(&h->wire, ".\r\n", 3, deadline);
	status = wire != WIRE_FINE ? hop_wire_failed(h, wire, "final dot")
	                           : hop_read(h, deadline, "final dot");
	h->wire.vigil->after_dot = false;
	if (status != HOP_FINE) {
		return status;
	}
	h->untidy = false;
	h->used = true;
	switch (smtp_reply_class(&h->reply)) {
	case 2:
		return HOP_FINE;
	case 4:
	case 5:
		return HOP_REFUSED;
	default:
		return hop_fail(
		    h, "4.5.0", "final dot: it said: %u %.300s", h->reply.code, h->said.text);
	}
}
