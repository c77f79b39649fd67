/*
 * delivery-log.c - see delivery-log.h
 */
#include "relay/delivery-log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "relay/log.h"

/* What is in quotes holds no quote and no backslash of others. */
static void
quote(char *text)
{
	for (char *p = text; *p != '\0'; p++) {
		*p = (char)(*p == '"' || *p == '\\' ? '\'' : *p == '\n' ? ' ' : *p);
	}
}

static void
line(const struct delivery *d, struct hop_recipient *r, const char *note, const char *words)
{
	char next[HOST_NAME_MAX_BYTES + 80], tls[64], said[HOP_WHY_MAX + 8];
	char keys[SIGNING_KEYS_MAX * (DKIM_DOMAIN_MAX + 1)];
	struct graft_summary sum = {.attachments = 0};
	int64_t total = vigil_now_us() - d->began_us;

	hop_describe(d->hop, next, sizeof(next));
	tls_describe(&d->hop->wire, d->hop->target.tls, tls, sizeof(tls));
	if (d->grafts) {
		graft_summary(d->graft, &sum);
	}
	signing_describe(&d->signing, keys, sizeof(keys));
	snprintf(said, sizeof(said), "%s", words);
	quote(said);
	r->logged = true;
	relay_log(words[0] == '2' ? RELAY_INFO : RELAY_WARNING,
	    "%s: %sto=<%s> next=%s tls=%s cipher=%s bytes=%" PRIu64
	    " attachments=%zu dkim=%s graft=%" PRId64 ".%" PRId64 "ms total=%" PRId64
	    "ms said=\"%s\"",
	    d->queue_id[0] != '\0' ? d->queue_id : "-", note, r->address, next, tls,
	    tls_cipher(&d->hop->wire), d->size, sum.attachments, keys, d->planned_us / 1000,
	    d->planned_us / 100 % 10, total / 1000, said);
}

void
delivery_log(const struct delivery *d, struct hop_recipient *r, const char *note)
{
	char words[REPLY_SHOWN_MAX + 16];

	snprintf(words, sizeof(words), "%u %s", r->said.code, r->said.text);
	line(d, r, note, words);
}

void
delivery_log_answered(const struct delivery *d)
{
	for (size_t i = 0; i < d->envelope->count; i++) {
		struct hop_recipient *r = &d->envelope->to[i];

		if (r->said.code != 0 && !r->logged) {
			delivery_log(d, r, "");
		}
	}
}

void
delivery_log_all(const struct delivery *d, enum delivery_end end)
{
	char words[HOP_WHY_MAX + 8];

	delivery_log_answered(d);
	snprintf(words, sizeof(words), "451 %s",
	    end == DELIVERY_GONE ? "4.4.2 the mail server that handed over the message is gone"
	                         : d->trouble);
	for (size_t i = 0; i < d->envelope->count; i++) {
		if (!d->envelope->to[i].logged) {
			line(d, &d->envelope->to[i], "", words);
		}
	}
}
