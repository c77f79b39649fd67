/*
 * lookalike.c - see lookalike.h
 */
#include "mime/lookalike.h"

#include <string.h>

#include "mime/header.h"
#include "mime/marker-text.h"

_Static_assert((int)LOOKALIKES_MAX > (int)MARKERS_MAX, "one of them is no marker");

/* How a character is written by HTML, URLs, Markdown, JSON and twice quoted-printable. In lower
 * case, what ends like another one before that. */
static const char *const parenthesis[] = {
    "&#40;", "&#040;", "&#x28;", "&lpar;", "%28", "=28", "\\x28", "\\u0028", "\\(", "("};
static const char *const colon[] = {
    "&#58;", "&#058;", "&#x3a;", "&colon;", "%3a", "=3a", "\\x3a", "\\u003a", "\\:", ":"};

enum { SPELLINGS = sizeof(parenthesis) / sizeof(parenthesis[0]) };

void
lookalike_begin(struct lookalike_search *s, enum scan_encoding encoding)
{
	memset(s, 0, sizeof(*s));
	s->encoding = encoding;
	s->line = 1;
}

/* How long the spelling is that the text ends with; 0: none. */
static size_t
ends_with(const uint8_t *text, size_t len, const char *const spelling[SPELLINGS])
{
	for (size_t i = 0; i < SPELLINGS; i++) {
		size_t n = strlen(spelling[i]);

		if (len >= n && bytes_are(text + len - n, n, spelling[i])) {
			return n;
		}
	}
	return 0;
}

/* How long the head is that the text ends with; 0: none. */
static size_t
head_length(const uint8_t *text, size_t len)
{
	static const char word[] = "graft";
	size_t n = ends_with(text, len, colon), at = len - n, part;

	if (n == 0 || at < sizeof(word) - 1 ||
	    memcmp(text + at - (sizeof(word) - 1), word, sizeof(word) - 1) != 0) {
		return 0;
	}
	at -= sizeof(word) - 1;
	for (int i = 0; i < 2; i++) {
		part = ends_with(text, at, parenthesis);
		if (part == 0) {
			return 0;
		}
		at -= part;
	}
	return len - at;
}

static void
remember(struct lookalike_search *s, size_t head)
{
	if (s->wide >= MARKER_HEAD_CHARS - 1) {
		s->utf16 = s->utf16 > 0 ? s->utf16 : s->line;
	} else if (head > MARKER_HEAD_CHARS) {
		s->escaped = s->escaped > 0 ? s->escaped : s->line;
	} else if (s->plain < LOOKALIKES_MAX &&
	    (s->plain == 0 || s->plain_line[s->plain - 1] != s->line)) {
		s->plain_line[s->plain++] = s->line;
	}
}

/* A decoded byte. */
static void
look(struct lookalike_search *s, uint8_t c)
{
	size_t head;

	if (c == '\0') {
		s->wide = s->after_nul ? 0 : s->wide + 1;
		s->after_nul = true;
		return;
	}
	s->wide = s->after_nul ? s->wide : 0;
	s->after_nul = false;
	if (c == '\n') {
		s->line++;
		s->len = 0;
		return;
	}
	if (s->len == sizeof(s->tail)) {
		memcpy(s->tail, s->tail + LOOKALIKE_TAIL, LOOKALIKE_TAIL);
		s->len = LOOKALIKE_TAIL;
	}
	s->tail[s->len++] = c;
	if (c != ':' && c != ';' && (c | 0x20) != 'a') {
		return; /* no colon ends so */
	}
	head = head_length(s->tail, s->len);
	if (head > 0) {
		remember(s, head);
	}
}

static void
look_all(struct lookalike_search *s, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		look(s, p[i]);
	}
}

static void
feed_base64(struct lookalike_search *s, const uint8_t *p, size_t len)
{
	uint8_t decoded[DECODE_OUT];

	while (len > 0) {
		size_t n = len < DECODE_IN ? len : DECODE_IN;

		look_all(s, decoded, base64_decode(&s->base64, p, n, decoded));
		p += n;
		len -= n;
	}
}

void
lookalike_feed(struct lookalike_search *s, const uint8_t *p, size_t len)
{
	uint8_t decoded[QP_OUT];

	switch (s->encoding) {
	case SCAN_BASE64:
		feed_base64(s, p, len);
		break;
	case SCAN_QUOTED_PRINTABLE:
		for (size_t i = 0; i < len; i++) {
			look_all(s, decoded, qp_decode(&s->qp, p[i], decoded));
		}
		break;
	case SCAN_IDENTITY:
	case SCAN_OPAQUE:
		look_all(s, p, len);
		break;
	}
}
