/*
 * marker-text.h - what a marker looks like: `((graft:TOKEN))` (DESIGN.md, Markers)
 *
 * Both searches follow a marker character by character with these: marker.h, for markers that
 * graft, and mention.h, for tokens that a message may name.
 *
 * Not here: what a token means (spool/token.h)
 */
#ifndef MIME_MARKER_TEXT_H
#define MIME_MARKER_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#define MARKER_HEAD "((graft:"

enum {
	MARKER_HEAD_CHARS = sizeof(MARKER_HEAD) - 1,
	MARKER_TOKEN_CHARS = 60,
	MARKER_TOKEN_END = MARKER_HEAD_CHARS + MARKER_TOKEN_CHARS,
	MARKER_CHARS = MARKER_TOKEN_END + 2,
};

/* Whether c may stand in a token (RFC 4648 5). */
static inline bool
marker_is_token(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	    c == '-' || c == '_';
}

/* Whether c may be the next character of a marker. `matched`: those before it, < MARKER_CHARS. */
static inline bool
marker_goes_on(unsigned matched, uint8_t c)
{
	if (matched < MARKER_HEAD_CHARS) {
		return c == (uint8_t)MARKER_HEAD[matched];
	}
	return matched < MARKER_TOKEN_END ? marker_is_token(c) : c == ')';
}

/*
 * How many characters of MARKER_HEAD the text ends with once c has come. `matched`: how many it
 * ended with before, < MARKER_HEAD_CHARS.
 */
static inline uint8_t
marker_head_after(uint8_t matched, uint8_t c)
{
	if (c == (uint8_t)MARKER_HEAD[matched]) {
		return (uint8_t)(matched + 1);
	}
	if (c != '(') {
		return 0;
	}
	return matched == 2 ? 2 : 1;
}

#endif
