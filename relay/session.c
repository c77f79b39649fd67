/*
 * session.c - see session.h
 */
#include "relay/session.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "relay/lmtp-data.h"
#include "relay/log.h"

/* --- answers */

static void
flush(struct lmtp_session *s)
{
	if (s->answers > 0 && !s->over &&
	    wire_write(&s->mta, s->answer, s->answers, vigil_now() + BLOCK_MS) != WIRE_FINE) {
		s->over = true;
	}
	s->answers = 0;
}

/* One line of an answer; CRLF is added. */
__attribute__((format(printf, 2, 3))) static void
say(struct lmtp_session *s, const char *format, ...)
{
	char line[REPLY_SHOWN_MAX + HOP_WHY_MAX];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(line, sizeof(line) - 2, format, args);
	va_end(args);
	n = n < (int)sizeof(line) - 2 ? n : (int)sizeof(line) - 3;
	memcpy(line + n, "\r\n", 2);
	if (s->answers + (size_t)n + 2 > sizeof(s->answer)) {
		flush(s);
	}
	memcpy(s->answer + s->answers, line, (size_t)n + 2);
	s->answers += (size_t)n + 2;
}

/* An answer of several lines, LF between them. */
static void
say_lines(struct lmtp_session *s, const struct hop_said *said)
{
	const char *p = said->text;

	for (const char *lf; (lf = strchr(p, '\n')) != NULL; p = lf + 1) {
		say(s, "%u-%.*s", said->code, (int)(lf - p), p);
	}
	say(s, "%u %s", said->code, p);
}

/* The last words of a session. */
__attribute__((format(printf, 2, 3))) static void
say_last(struct lmtp_session *s, const char *format, ...)
{
	char line[HOP_WHY_MAX + 64];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	say(s, "%s", line);
	flush(s);
	s->over = true;
}

void
session_refuse(struct lmtp_session *s, const char *line)
{
	s->answers = 0;
	s->over = false;
	say_last(s, "%s", line);
}

/* --- the next hop */

/* True: it answers. Else the MTA has been told. */
static bool
hop_answers(struct lmtp_session *s, enum hop_status status)
{
	char name[HOST_NAME_MAX_BYTES + 80];

	if (status == HOP_FINE) {
		return true;
	}
	if (status != HOP_GONE) {
		hop_describe(&s->hop, name, sizeof(name));
		relay_log(RELAY_WARNING, "no session with %s: %s", name, s->hop.why);
		say_last(s, "421 %s", s->hop.why);
	}
	s->over = true;
	return false;
}

static void
lhlo(struct lmtp_session *s, const struct lmtp_command *c)
{
	const struct smtp_offers *offers = &s->hop.offers;
	uint64_t size = s->settings->message;
	char name[LMTP_NAME_MAX + 1];

	snprintf(name, sizeof(name), "%.*s", (int)c->name.len, (const char *)c->name.p);
	envelope_reset(&s->envelope, true);
	if (!s->greeted && !hop_answers(s, hop_hello(&s->hop, name))) {
		return;
	}
	s->greeted = true;
	if (offers->has_size && offers->size > 0 && offers->size < size) {
		size = offers->size;
	}
	say(s, "250-mailgraft-relay");
	say(s, "250-PIPELINING");
	say(s, "250-ENHANCEDSTATUSCODES");
	if (offers->eight_bit) {
		say(s, "250-8BITMIME");
	}
	if (offers->utf8) {
		say(s, "250-SMTPUTF8");
	}
	if (offers->dsn) {
		say(s, "250-DSN");
	}
	if (s->listener->face == FACE_LMTP) {
		say(s, "250-XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE");
	}
	say(s, "250 SIZE %" PRIu64, size);
}

/* --- one message */

/* Answers each recipient whose turn it is. */
static void
report(void *state)
{
	struct lmtp_session *s = state;

	for (; s->reported < s->envelope.count; s->reported++) {
		const struct hop_recipient *r = &s->envelope.to[s->reported];

		if (r->said.code == 0) {
			break;
		}
		say_lines(s, &r->said);
	}
	flush(s);
}

/* What concerns all who have no answer: Exim wants it once, Postfix for each. */
static void
report_trouble(struct lmtp_session *s)
{
	const char *why = s->delivery.trouble;

	if (s->listener->face == FACE_SOCKS5) {
		say_last(s, "421 %s", why);
		return;
	}
	for (; s->reported < s->envelope.count; s->reported++) {
		const struct hop_recipient *r = &s->envelope.to[s->reported];

		if (r->said.code != 0) {
			say_lines(s, &r->said);
		} else {
			say(s, "451 %s", why);
		}
	}
	if (s->delivery.uncertain) {
		flush(s);
		s->over = true;
	}
}

/* Reads a message to its end. False: the MTA is gone, or gave up. */
static bool
receive(struct lmtp_session *s, struct lmtp_data *data)
{
	uint8_t text[WIRE_IN];

	lmtp_data_begin(data);
	held_begin(&s->held, s->settings->message);
	while (data->state != DATA_ENDED) {
		struct wire *w = &s->mta;
		size_t used, n;

		if (w->at == w->have && wire_fill(w, vigil_now() + SESSION_IDLE_MS) != WIRE_FINE) {
			return false;
		}
		n = lmtp_data_feed(data, w->in + w->at, w->have - w->at, &used, text);
		w->at += used;
		held_add(&s->held, text, n, &s->keeper);
	}
	s->held.eight_bit = data->eight_bit;
	return true;
}

static void
deliver(struct lmtp_session *s)
{
	struct delivery *d = &s->delivery;

	d->listener = s->listener->at.text;
	d->id_in_message = s->listener->face == FACE_SOCKS5;
	d->within_ms = s->settings->within_ms;
	d->envelope = &s->envelope;
	d->held = &s->held;
	d->hop = &s->hop;
	d->keeper = &s->keeper;
	d->vigil = &s->vigil;
	d->report = report;
	d->state = s;
	s->reported = 0;
	switch (delivery_run(d)) {
	case DELIVERY_DONE:
		break;
	case DELIVERY_TROUBLE:
		report_trouble(s);
		break;
	case DELIVERY_GONE:
		s->over = true;
		break;
	}
}

static void
data(struct lmtp_session *s)
{
	struct lmtp_data end;

	if (!s->envelope.begun || s->envelope.count == 0) {
		say(s, "503 5.5.1 MAIL and RCPT first");
		return;
	}
	say(s, "354 end with a line that holds one dot");
	flush(s);
	s->vigil.grace_ms = SESSION_GRACE_MS;
	if (!receive(s, &end)) {
		s->over = true;
	} else if (end.bare) {
		for (size_t i = 0; i < s->envelope.count; i++) {
			say(s, "554 5.6.0 a CR or LF that stands alone; lines end in CRLF");
		}
		relay_log(RELAY_WARNING, "refused: a message with a CR or LF that stands alone");
	} else {
		deliver(s);
	}
	held_end(&s->held);
	s->vigil.grace_ms = 0;
	envelope_reset(&s->envelope, true);
}

/* --- commands */

static void
mail(struct lmtp_session *s, const struct lmtp_command *c)
{
	if (!s->greeted || s->envelope.begun) {
		say(s, "503 5.5.1 %s", s->greeted ? "one MAIL at a time" : "LHLO first");
	} else if (vigil_stopping(&s->vigil)) {
		say_last(s, "421 4.3.2 the relay is stopping");
	} else if (c->has_size && c->size > s->settings->message) {
		say(s, "552 5.3.4 the message is larger than this relay takes");
	} else if (c->utf8 && !s->hop.offers.utf8) {
		say(s, "550 5.6.7 the next hop does not offer SMTPUTF8");
	} else if (!envelope_mail(&s->envelope, c)) {
		say(s, "452 4.3.1 no room");
	} else {
		say(s, "250 2.1.0 ok");
	}
}

static void
rcpt(struct lmtp_session *s, const struct lmtp_command *c)
{
	if (!s->envelope.begun) {
		say(s, "503 5.5.1 MAIL first");
	} else if (!envelope_rcpt(&s->envelope, c)) {
		say(s, "452 4.5.3 too many recipients");
	} else {
		say(s, "250 2.1.5 ok");
	}
}

static void
xforward(struct lmtp_session *s, const struct lmtp_command *c)
{
	int n = 0;

	if (s->listener->face != FACE_LMTP) {
		say(s, "500 5.5.1 no such command here");
		return;
	}
	if (c->ident.p != NULL) {
		n = lmtp_xtext(&c->ident, (uint8_t *)s->envelope.ident, LMTP_IDENT_MAX);
		s->envelope.ident[n > 0 ? n : 0] = '\0';
	}
	say(s, n < 0 ? "501 5.5.4 IDENT is no xtext" : "250 2.0.0 ok");
}

static void
command(struct lmtp_session *s, const struct lmtp_command *c)
{
	switch (c->verb) {
	case LMTP_LHLO:
		lhlo(s, c);
		break;
	case LMTP_MAIL:
		mail(s, c);
		break;
	case LMTP_RCPT:
		rcpt(s, c);
		break;
	case LMTP_DATA:
		data(s);
		break;
	case LMTP_RSET:
		envelope_reset(&s->envelope, true);
		say(s, "250 2.0.0 ok");
		break;
	case LMTP_XFORWARD:
		xforward(s, c);
		break;
	case LMTP_QUIT:
		say_last(s, "221 2.0.0 bye");
		break;
	default:
		say(s, "250 2.0.0 ok");
	}
}

static void
take_line(struct lmtp_session *s, const uint8_t *line, size_t len)
{
	struct lmtp_command c;
	enum lmtp_mistake mistake = lmtp_command_parse(line, len, &c);

	switch (mistake) {
	case LMTP_FINE:
		command(s, &c);
		return;
	case LMTP_BAD_COMMAND:
		say(s, "500 5.5.1 no such command");
		break;
	case LMTP_BAD_SYNTAX:
		say(s, "501 5.5.4 syntax");
		break;
	case LMTP_BAD_PARAMETER:
		say(s, "555 5.5.4 a parameter that is not known here");
		break;
	}
	if (++s->errors == LMTP_ERRORS_MAX) {
		say_last(s, "421 4.5.1 too many errors");
	}
}

/* The CRLF that ends the line which begins at `at`; NULL: it has not come yet. */
static const uint8_t *
line_end(const struct wire *w)
{
	return memmem(w->in + w->at, w->have - w->at, "\r\n", 2);
}

/* Reads a command and does it. */
static void
next_command(struct lmtp_session *s)
{
	uint8_t line[LMTP_LINE_MAX];
	struct wire *w = &s->mta;
	const uint8_t *end;
	size_t len;

	while ((end = line_end(w)) == NULL) {
		enum wire_status status;

		if (w->have - w->at > LMTP_LINE_MAX) {
			say_last(s, "500 5.5.2 the line is too long");
			return;
		}
		flush(s);
		status = s->over ? WIRE_CLOSED : wire_fill(w, vigil_now() + SESSION_IDLE_MS);
		if (status == WIRE_LATE || status == WIRE_STOPPED) {
			say_last(s, "421 4.3.2 %s", wire_why(w, status));
		}
		if (status != WIRE_FINE) {
			s->over = true;
			return;
		}
	}
	len = (size_t)(end - (w->in + w->at));
	if (len > LMTP_LINE_MAX) {
		say_last(s, "500 5.5.2 the line is too long");
		return;
	}
	memcpy(line, w->in + w->at, len);
	w->at += len + 2;
	take_line(s, line, len);
}

void
session_run(struct lmtp_session *s)
{
	s->greeted = s->over = false;
	s->errors = 0;
	s->answers = 0;
	s->held.spill = -1;
	envelope_reset(&s->envelope, true);
	s->delivery.settings = s->settings;
	if (!delivery_init(&s->delivery)) {
		say_last(s, "421 4.3.2 out of memory");
	} else if (hop_answers(s, hop_dial(&s->hop))) {
		say(s, "220 mailgraft-relay LMTP");
	}
	while (!s->over) {
		next_command(s);
	}
	hop_quit(&s->hop);
	delivery_free(&s->delivery);
}
