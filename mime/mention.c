/*
 * mention.c - see mention.h
 */
#include "mime/mention.h"

#include <string.h>

#include "mime/base64-alphabet.h"
#include "mime/limits.h"
#include "mime/words.h"

void
mention_begin(struct mention_search *m, mention_found *found, void *arg)
{
	memset(m, 0, sizeof(*m));
	m->found = found;
	m->arg = arg;
}

/* One byte of what a body is in one encoding. What follows the token does not matter. */
static void
match(struct mention_search *m, struct mention_view *v, uint8_t c)
{
	if (v->matched < MARKER_HEAD_CHARS) {
		v->matched = marker_head_after(v->matched, c);
		return;
	}
	if (!marker_is_token(c)) {
		v->matched = marker_head_after(0, c);
		return;
	}
	v->token[v->matched++ - MARKER_HEAD_CHARS] = c;
	if (v->matched == MARKER_TOKEN_END) {
		m->found(m->arg, v->token);
		v->matched = 0;
	}
}

static void
quoted(struct mention_search *m, uint8_t c)
{
	uint8_t decoded[QP_OUT];
	size_t n = qp_decode(&m->qp, c, decoded);

	for (size_t i = 0; i < n; i++) {
		match(m, &m->quoted, decoded[i]);
	}
}

/*
 * Padding ends a quantum of two or three characters: the next begins with the next
 * character, wherever that stands (base64-decode.c). Where two views meet, the one
 * that has more of a marker goes on.
 */
static void
padding(struct mention_search *m)
{
	struct mention_view *next = &m->base64[m->place];

	for (unsigned i = 2; i < 4; i++) {
		const struct mention_view *ended = &m->base64[(m->place - i) % 4];

		if (ended->matched > next->matched) {
			*next = *ended;
		}
	}
}

/*
 * What is not in the alphabet is skipped (RFC 2045 6.8). Which characters begin
 * a quantum is not known where a part's header stands before: one of four.
 */
static void
base64(struct mention_search *m, uint8_t c)
{
	uint8_t value = base64_meaning[c];

	if (value == BASE64_PADDING) {
		padding(m);
	}
	if (value > 63) {
		return;
	}
	m->bits = m->bits << 6 | value;
	for (unsigned i = 1; i < 4; i++) {
		/* The i-th character after the one that begins this view's quantum completes its
		 * i-th byte. */
		match(m, &m->base64[(m->place - i) % 4], (uint8_t)(m->bits >> (6 - 2 * i)));
	}
	m->place = (m->place + 1) % 4;
}

void
mention_body(struct mention_search *m, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		match(m, &m->plain, p[i]);
		quoted(m, p[i]);
		base64(m, p[i]);
	}
}

static void
every_stretch(const uint8_t *p, size_t len, mention_found *found, void *arg)
{
	size_t run = 0;

	for (size_t i = 0; i < len; i++) {
		run = marker_is_token(p[i]) ? run + 1 : 0;
		if (run >= MARKER_TOKEN_CHARS) {
			found(arg, p + i + 1 - MARKER_TOKEN_CHARS);
		}
	}
}

void
mention_field(const uint8_t *body, size_t len, mention_found *found, void *arg)
{
	uint8_t text[MENTION_FIELD_MAX];
	long decoded = words_decode(body, len, text, sizeof(text));

	every_stretch(body, len, found, arg);
	if (decoded > 0) {
		every_stretch(text, (size_t)decoded, found, arg);
	}
}
