/*
 * delivery.c - see delivery.h
 */
#include "relay/delivery.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "relay/delivery-key.h"
#include "relay/delivery-log.h"

bool
delivery_init(struct delivery *d)
{
	struct field_veto veto = signing_veto(d->settings);

	d->graft = graft_new();
	if (d->graft == NULL || !signing_init(&d->signing, d->settings)) {
		return false;
	}
	graft_leave_out(d->graft, &veto);
	return true;
}

void
delivery_free(struct delivery *d)
{
	signing_free(&d->signing);
	graft_free(&d->graft);
}

__attribute__((format(printf, 2, 3))) static enum delivery_end
trouble(struct delivery *d, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(d->trouble, sizeof(d->trouble), format, args);
	va_end(args);
	return DELIVERY_TROUBLE;
}

/* An answer of our own. */
static void
say(struct hop_recipient *r, unsigned code, const char *text)
{
	r->said.code = code;
	snprintf(r->said.text, sizeof(r->said.text), "%.*s", REPLY_SHOWN_MAX, text);
}

/* What the grafting refused: for good, for those of this transaction; else for now, for all. */
static enum delivery_end
refused(struct delivery *d, struct hop_recipient *const *to, size_t count)
{
	char sentence[REPLY_SHOWN_MAX - 16], text[REPLY_SHOWN_MAX];

	graft_sentence(d->graft, sentence, sizeof(sentence));
	if (!graft_is_lasting(d->graft)) {
		return trouble(d, "4.3.0 %s", sentence);
	}
	snprintf(text, sizeof(text), "5.6.0 %s", sentence);
	for (size_t i = 0; i < count; i++) {
		say(to[i], 550, text);
	}
	return DELIVERY_DONE;
}

/* A failure of the next hop's session. */
static enum delivery_end
hop_trouble(struct delivery *d, enum hop_status status)
{
	return status == HOP_GONE ? DELIVERY_GONE : trouble(d, "%s", d->hop->why);
}

/* --- the message into a sink: it can be emitted any number of times */

static int
emit_message(struct delivery *d, struct sink *to)
{
	if (d->grafts) {
		return graft_emit(d->graft, to);
	}
	return held_to_graft(d->held, d->graft) < 0 ? -1 : graft_pass(d->graft, to);
}

/* 0; -1: the message cannot be emitted; else there is trouble. */
static int
sign(struct delivery *d)
{
	signing_begin(&d->signing, d->held);
	if (d->signing.keys == 0) {
		return 0;
	}
	signing_sink(&d->signing, &d->sink);
	if (emit_message(d, &d->sink) < 0) {
		return -1;
	}
	return signing_finish(&d->signing, d->keeper, (int64_t)time(NULL), d->trouble) < 0 ? 1 : 0;
}

static int
measure(struct delivery *d)
{
	if (d->grafts) {
		return graft_wire_size(d->graft, &d->size);
	}
	sink_to_counter(&d->sink, true);
	if (emit_message(d, &d->sink) < 0) {
		return -1;
	}
	d->size = d->sink.wire;
	return 0;
}

/* --- one transaction */

/* Claims each recipient's key; those who are answered from memory leave the transaction. */
static enum delivery_end
claim(struct delivery *d, struct hop_recipient *const *to, size_t count)
{
	struct delivery_name name = {
	    .listener = d->listener,
	    .sender = d->envelope->mail.sender,
	    .queue_id = d->queue_id,
	};

	d->count = 0;
	for (size_t i = 0; i < count; i++) {
		uint8_t *key = d->key[d->count];
		char reply[LEDGER_REPLY_MAX + 1];
		int answer;

		delivery_key(&name, d->held, d->grafts ? d->graft : NULL, to[i]->address, key);
		answer = keeper_claim(d->keeper, key, reply);
		switch (answer) {
		case LEDGER_NEW:
			d->to[d->count++] = to[i];
			break;
		case LEDGER_TAKEN:
			say(to[i], 250, reply);
			delivery_log(d, to[i], "remembered ");
			break;
		case LEDGER_UNDER_WAY:
			say(to[i], 451, "4.3.0 another session is at this message");
			break;
		case LEDGER_UNCERTAIN:
			say(to[i], 451,
			    "4.4.2 it may have been delivered: the next hop did not answer the "
			    "final "
			    "dot; it is tried again in some minutes");
			break;
		default:
			return trouble(
			    d, "4.3.0 the ledger cannot be asked: %s", strerror(-answer));
		}
	}
	return DELIVERY_DONE;
}

/* Nobody of this transaction has got it. */
static void
release(struct delivery *d)
{
	for (size_t i = 0; i < d->count; i++) {
		(void)keeper_free(d->keeper, d->key[i]);
	}
}

/* Gives everybody without an answer this one, and releases all. */
static enum delivery_end
answer_all(struct delivery *d, const struct hop_said *said)
{
	for (size_t i = 0; i < d->count; i++) {
		if (d->to[i]->said.code == 0) {
			d->to[i]->said = *said;
		}
	}
	release(d);
	return DELIVERY_DONE;
}

static enum delivery_end
answer_own(struct delivery *d, unsigned code, const char *text)
{
	struct hop_said said = {.code = code};

	snprintf(said.text, sizeof(said.text), "%s", text);
	return answer_all(d, &said);
}

/* A session with the next hop that answers. */
static enum hop_status
open_hop(struct delivery *d)
{
	struct hop *h = d->hop;
	enum hop_status status = HOP_FINE;

	if (hop_is_open(h) && h->used && wire_stirs(&h->wire)) {
		hop_drop(h); /* it has closed, or says something that nobody asked for */
	}
	if (!hop_is_open(h)) {
		status = hop_dial(h);
		if (status == HOP_FINE) {
			status = hop_hello(h, h->name);
		}
	}
	return status;
}

static enum hop_status
begin(struct delivery *d)
{
	struct hop_mail mail = d->envelope->mail;
	bool reused = d->hop->used;
	enum hop_status status = open_hop(d);

	mail.size = d->size;
	mail.eight_bit = mail.eight_bit || d->held->eight_bit;
	if (status == HOP_FINE) {
		status = hop_begin(d->hop, &mail, d->to, d->count);
	}
	if (status == HOP_CLOSED && reused) {
		/* a kept session had died: nothing was sent, so once more on a new one */
		status = open_hop(d);
		if (status == HOP_FINE) {
			status = hop_begin(d->hop, &mail, d->to, d->count);
		}
	}
	return status;
}

/* The next hop did not take MAIL or DATA. */
static enum delivery_end
not_begun(struct delivery *d, enum hop_status status)
{
	if (status != HOP_REFUSED) {
		release(d);
		return hop_trouble(d, status);
	}
	if (d->hop->said.code >= 400 && d->hop->said.code < 500) {
		answer_all(d, &(struct hop_said){.code = 0});
		return trouble(d, "%s", d->hop->said.text);
	}
	return answer_all(d, &d->hop->said);
}

/* The next hop's answer to the dot, in the ledger and for each recipient that it had accepted. */
static void
settle(struct delivery *d, enum hop_status status)
{
	char reply[REPLY_SHOWN_MAX + 1];

	snprintf(reply, sizeof(reply), "%s", d->hop->said.text);
	for (char *p = reply; *p != '\0'; p++) {
		*p = (char)(*p == '\n' ? ' ' : *p);
	}
	for (size_t i = 0; i < d->count; i++) {
		if (d->to[i]->said.code != 0) {
			(void)keeper_free(d->keeper, d->key[i]);
			continue;
		}
		d->to[i]->said = d->hop->said;
		if (status == HOP_FINE) {
			(void)keeper_taken(d->keeper, d->key[i], reply);
		} else {
			(void)keeper_free(d->keeper, d->key[i]);
		}
	}
}

/* Everything is sent but the dot. */
static enum delivery_end
finish(struct delivery *d)
{
	enum vigil_end end = vigil_look(d->vigil);
	enum hop_status status;
	char label[LEDGER_LABEL_MAX + 1];

	if (end != VIGIL_READY) {
		hop_drop(d->hop);
		release(d);
		return end == VIGIL_GONE ? DELIVERY_GONE
		                         : trouble(d, "4.3.2 the relay is stopping");
	}
	for (size_t i = 0; i < d->count; i++) {
		int e;

		if (d->to[i]->said.code != 0) {
			continue;
		}
		snprintf(label, sizeof(label), "%s: to=<%.300s>",
		    d->queue_id[0] != '\0' ? d->queue_id : "-", d->to[i]->address);
		e = keeper_dot(d->keeper, d->key[i], label);
		if (e < 0) {
			hop_drop(d->hop);
			release(d);
			return trouble(d, "4.3.0 cannot write the ledger: %s", strerror(-e));
		}
	}
	status = hop_dot(d->hop);
	if (status != HOP_FINE && status != HOP_REFUSED) {
		d->uncertain = true;
		return trouble(
		    d, "4.4.2 it may have been delivered: %.*s", HOP_WHY_MAX - 64, d->hop->why);
	}
	settle(d, status);
	return DELIVERY_DONE;
}

/* The message, up to the dot. */
static enum delivery_end
stream(struct delivery *d)
{
	enum hop_status broke;

	sink_to_smtp(&d->sink, hop_write, d->hop);
	d->sink.name = "next hop";
	d->hop->broke = HOP_FINE;
	(void)sink_write(
	    &d->sink, d->signing.text, d->signing.len); /* an error stays in the sink */
	if (emit_message(d, &d->sink) == 0) {
		return finish(d);
	}
	broke = hop_broke(d->hop);
	release(d);
	if (broke != HOP_FINE) {
		return hop_trouble(d, broke);
	}
	return refused(d, d->to, d->count);
}

static enum delivery_end
transact(struct delivery *d, struct hop_recipient *const *to, size_t count)
{
	const struct smtp_offers *offers = &d->hop->offers;
	enum delivery_end end = claim(d, to, count);
	enum hop_status status;
	int signing;

	if (end != DELIVERY_DONE || d->count == 0) {
		return end;
	}
	signing = sign(d);
	if (signing != 0 || measure(d) < 0) {
		release(d);
		return signing > 0 ? DELIVERY_TROUBLE : refused(d, d->to, d->count);
	}
	d->size += signing_wire_size(&d->signing);
	if (offers->has_size && offers->size > 0 && d->size > offers->size) {
		return answer_own(d, 552,
		    "5.3.4 with its attachments the message is larger than the "
		    "next hop takes");
	}
	/* what is attached is 7-bit: base64, or a message that `put` has found to be so */
	if (d->held->eight_bit && !offers->eight_bit) {
		return answer_own(
		    d, 550, "5.6.3 the message is 8-bit, and the next hop does not offer 8BITMIME");
	}
	status = begin(d);
	return status == HOP_FINE ? stream(d) : not_begun(d, status);
}

/* --- the message */

/* Plans for one recipient. DELIVERY_DONE with an answer of his: refused for good. */
static enum delivery_end
plan(struct delivery *d, struct hop_recipient *r)
{
	struct recipient to;
	int64_t from = vigil_now_us();

	if (recipient_canonical((const uint8_t *)r->address, strlen(r->address), &to) < 0) {
		to.len = 0;
	}
	if (graft_plan(d->graft, &d->keeper->prover, &to) < 0) {
		return refused(d, &r, 1);
	}
	d->planned_us = vigil_now_us() - from;
	return DELIVERY_DONE;
}

static enum delivery_end
deliver_grafted(struct delivery *d)
{
	struct envelope *e = d->envelope;
	struct refusal why = {.reason = REFUSED_NOT};
	char sentence[256];
	size_t next = 0;

	if (keeper_ask_begin(d->keeper, &why) < 0) {
		refusal_sentence(&why, sentence, sizeof(sentence));
		return trouble(d, "4.3.0 %s", sentence);
	}
	while (next < e->count) {
		struct hop_recipient *to[LMTP_RECIPIENTS_MAX];
		enum delivery_end end;
		size_t count = 0;

		d->began_us = vigil_now_us();
		d->vigil->limit = vigil_now() + d->within_ms;
		end = plan(d, &e->to[next]);
		if (end == DELIVERY_DONE && e->to[next].said.code == 0) {
			size_t stop = graft_is_bound(d->graft) ? next + 1 : e->count;

			for (size_t i = next; i < stop; i++) {
				to[count++] = &e->to[i];
			}
			end = transact(d, to, count);
		}
		next += count > 0 ? count : 1;
		if (end != DELIVERY_DONE) {
			return end;
		}
		delivery_log_answered(d);
		d->report(d->state);
	}
	return DELIVERY_DONE;
}

static enum delivery_end
deliver_plain(struct delivery *d)
{
	struct envelope *e = d->envelope;
	struct hop_recipient *to[LMTP_RECIPIENTS_MAX];

	for (size_t i = 0; i < e->count; i++) {
		to[i] = &e->to[i];
	}
	d->planned_us = 0;
	return transact(d, to, e->count);
}

static enum delivery_end
run(struct delivery *d)
{
	struct envelope *e = d->envelope;
	const uint8_t *campaign;
	char sentence[256];

	if (held_is_too_large(d->held)) {
		for (size_t i = 0; i < e->count; i++) {
			say(&e->to[i], 552, "5.3.4 the message is larger than this relay takes");
		}
		return DELIVERY_DONE;
	}
	if (d->held->lost) {
		refusal_sentence(&d->held->why, sentence, sizeof(sentence));
		return trouble(d, "4.3.0 %s", sentence);
	}
	if (held_field(d->held, "graft-campaign", &campaign) > 0) {
		return trouble(d, "4.3.5 a campaign: this version of the relay cannot deliver it");
	}
	if (held_to_graft(d->held, d->graft) < 0) {
		struct hop_recipient *to[LMTP_RECIPIENTS_MAX];

		for (size_t i = 0; i < e->count; i++) {
			to[i] = &e->to[i];
		}
		return refused(d, to, e->count);
	}
	d->grafts = graft_opts_in(d->graft);
	return d->grafts ? deliver_grafted(d) : deliver_plain(d);
}

enum delivery_end
delivery_run(struct delivery *d)
{
	enum delivery_end end;

	d->began_us = vigil_now_us();
	d->planned_us = 0;
	d->size = 0;
	d->uncertain = d->grafts = false;
	d->trouble[0] = '\0';
	if (d->id_in_message) {
		delivery_queue_id(d->held, d->queue_id);
	} else if (d->envelope->ident[0] != '\0') {
		snprintf(
		    d->queue_id, sizeof(d->queue_id), "%.*s", QUEUE_ID_MAX, d->envelope->ident);
	} else {
		delivery_received_id(d->held, d->queue_id);
	}
	d->vigil->limit = vigil_now() + d->within_ms;
	end = run(d);
	d->vigil->limit = 0;
	delivery_log_all(d, end);
	d->report(d->state);
	return end;
}
