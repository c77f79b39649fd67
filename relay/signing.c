/*
 * signing.c - see signing.h
 */
#include "relay/signing.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mime/header.h"

bool
signing_init(struct signing *s, const struct relay_settings *settings)
{
	s->settings = settings;
	s->keys = s->len = 0;
	s->dkim = settings->dkims > 0 ? dkim_new() : NULL;
	return settings->dkims == 0 || s->dkim != NULL;
}

void
signing_free(struct signing *s)
{
	dkim_free(s->dkim);
	s->dkim = NULL;
}

static bool
same_domain(const char *ours, const uint8_t *p, size_t len)
{
	if (strlen(ours) != len) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		uint8_t c = p[i] >= 'A' && p[i] <= 'Z' ? (uint8_t)(p[i] | 0x20) : p[i];

		if ((uint8_t)ours[i] != c) {
			return false;
		}
	}
	return true;
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The value of the tag "d" (RFC 6376 3.2, 3.5). Returns its length; 0: none. */
static size_t
domain_tag(const struct field *f, const uint8_t **value_r)
{
	const uint8_t *p = f->body, *end = f->body + f->body_len;

	while (p < end) {
		const uint8_t *stop = memchr(p, ';', (size_t)(end - p));

		stop = stop != NULL ? stop : end;
		while (p < stop && is_blank(*p)) {
			p++;
		}
		if (p < stop && *p == 'd') {
			const uint8_t *last = stop;

			p++;
			while (p < stop && is_blank(*p)) {
				p++;
			}
			if (p < stop && *p == '=') {
				p++;
				while (p < stop && is_blank(*p)) {
					p++;
				}
				while (last > p && is_blank(last[-1])) {
					last--;
				}
				*value_r = p;
				return (size_t)(last - p);
			}
		}
		p = stop < end ? stop + 1 : end;
	}
	return 0;
}

static bool
is_older_signature(void *state, const struct field *f)
{
	const struct relay_settings *settings = state;
	const uint8_t *domain;
	size_t len = header_is(f, "dkim-signature") ? domain_tag(f, &domain) : 0;

	for (unsigned i = 0; len > 0 && i < settings->dkims; i++) {
		if (same_domain(settings->dkim[i].domain, domain, len)) {
			return true;
		}
	}
	return false;
}

struct field_veto
signing_veto(const struct relay_settings *settings)
{
	return (struct field_veto){
	    .drop = settings->dkims > 0 ? is_older_signature : NULL,
	    .state = (void *)(uintptr_t)settings,
	};
}

void
signing_begin(struct signing *s, const struct held *h)
{
	char domain[DKIM_DOMAIN_MAX + 1];
	size_t len;

	s->keys = s->len = 0;
	if (s->dkim == NULL || dkim_begin(s->dkim) < 0 ||
	    dkim_add(s->dkim, h->memory, held_header(h)) < 0) {
		return;
	}
	len = dkim_from_domain(s->dkim, domain);
	for (unsigned i = 0; len > 0 && i < s->settings->dkims; i++) {
		const struct settings_dkim *d = &s->settings->dkim[i];

		if (s->keys < SIGNING_KEYS_MAX &&
		    same_domain(d->domain, (const uint8_t *)domain, len)) {
			s->key[s->keys++] = d;
		}
	}
	if (s->keys > 0 && dkim_begin(s->dkim) < 0) {
		s->keys = 0;
	}
}

static int
hash(void *state, const uint8_t *p, size_t len)
{
	return dkim_add(state, p, len);
}

void
signing_sink(struct signing *s, struct sink *to)
{
	sink_to_function(to, hash, s->dkim);
	to->name = "DKIM hash";
}

static int
sign(struct signing *s, const struct settings_dkim *key, struct keeper_link *keeper, int64_t now)
{
	static struct dkim_field f;
	uint8_t signature[DKIM_SIGNATURE_MAX];
	int n = keeper_key(keeper, key->domain, key->selector);

	if (n >= 0) {
		n = dkim_prepare(s->dkim, s->settings->dkim_policy, (enum dkim_algorithm)n,
		    key->domain, key->selector, now, &f);
	}
	if (n >= 0) {
		n = keeper_sign(keeper, key->domain, key->selector, f.digest, signature);
	}
	if (n >= 0) {
		n = dkim_complete(&f, signature, (size_t)n);
	}
	if (n >= 0) {
		memcpy(s->text + s->len, f.text, f.len);
		s->len += f.len;
	}
	return n;
}

int
signing_finish(struct signing *s, struct keeper_link *keeper, int64_t now, char *why)
{
	int e = dkim_end(s->dkim);

	for (size_t i = 0; i < s->keys && e == 0; i++) {
		e = sign(s, s->key[i], keeper, now);
		if (e < 0) {
			snprintf(why, HOP_WHY_MAX, "4.3.5 cannot sign: DKIM key '%s' of %s: %s",
			    s->key[i]->selector, s->key[i]->domain,
			    e == -ENOENT ? "the keeper does not have it" : strerror(-e));
			return -1;
		}
	}
	if (e < 0) {
		snprintf(why, HOP_WHY_MAX, "4.3.5 cannot sign: the message's header: %s",
		    e == -EBADMSG ? "a line that is no field" : strerror(-e));
		return -1;
	}
	return 0;
}

uint64_t
signing_wire_size(const struct signing *s)
{
	uint64_t size = s->len;

	for (size_t i = 0; i < s->len; i++) {
		size += s->text[i] == '\n';
	}
	return size;
}

void
signing_describe(const struct signing *s, char *out, size_t cap)
{
	size_t n = 0;

	snprintf(out, cap, "-");
	for (size_t i = 0; i < s->keys && n < cap; i++) {
		n += (size_t)snprintf(
		    out + n, cap - n, "%s%s", i > 0 ? "," : "", s->key[i]->selector);
	}
}
