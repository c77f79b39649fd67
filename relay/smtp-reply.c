/*
 * smtp-reply.c - see smtp-reply.h
 */
#include "relay/smtp-reply.h"

#include <string.h>

void
smtp_reply_begin(struct smtp_reply *r)
{
	r->code = r->lines = 0;
	r->line_len = r->len = 0;
	r->last = false;
}

static void
keep(struct smtp_reply *r, uint8_t c)
{
	if (r->len < sizeof(r->text)) {
		r->text[r->len++] = (char)(c < ' ' || c == 0x7f ? '?' : c);
	}
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* The first four bytes of a line are there, or the line ended before. */
static bool
take_code(struct smtp_reply *r, size_t len)
{
	const uint8_t *b = r->begun;
	unsigned code;

	if (len < 3 || b[0] < '2' || b[0] > '5' || !is_digit(b[1]) || !is_digit(b[2])) {
		return false;
	}
	code = (unsigned)(b[0] - '0') * 100 + (unsigned)(b[1] - '0') * 10 + (unsigned)(b[2] - '0');
	if ((r->lines > 0 && code != r->code) || (len == 4 && b[3] != ' ' && b[3] != '-')) {
		return false;
	}
	r->code = code;
	r->last = len < 4 || b[3] == ' ';
	if (r->lines > 0 && r->len < sizeof(r->text)) {
		r->text[r->len++] = '\n';
	}
	return true;
}

/* A line has ended; its LF is taken. */
static enum smtp_reply_status
end_line(struct smtp_reply *r)
{
	size_t len = r->line_len;

	r->line_len = 0;
	if (len < 4) {
		/* "250" alone, perhaps with the CR where the blank would be */
		size_t digits = len > 0 && r->begun[len - 1] == '\r' ? len - 1 : len;

		if (!take_code(r, digits)) {
			return SMTP_REPLY_BROKEN;
		}
	} else if (r->len > 0 && r->text[r->len - 1] == '\r') {
		r->len--;
	}
	if (++r->lines > REPLY_LINES_MAX) {
		return SMTP_REPLY_BROKEN;
	}
	return r->last ? SMTP_REPLY_DONE : SMTP_REPLY_MORE;
}

/* One byte of a line that is not its LF. A CR is kept until it is known to end the line. */
static bool
take_byte(struct smtp_reply *r, uint8_t c)
{
	if (r->line_len == REPLY_LINE_MAX) {
		return false;
	}
	if (r->line_len < 4) {
		r->begun[r->line_len++] = c;
		if (r->line_len == 4 && c == '\r') {
			return take_code(r, 3); /* "250" CR; the LF must follow */
		}
		return r->line_len < 4 || take_code(r, 4);
	}
	if (r->line_len == 4 && r->begun[3] == '\r') {
		return false;
	}
	r->line_len++;
	if (r->len > 0 && r->text[r->len - 1] == '\r') {
		r->text[r->len - 1] = '?';
	}
	if (c == '\r' && r->len < sizeof(r->text)) {
		r->text[r->len++] = '\r';
	} else {
		keep(r, c);
	}
	return true;
}

enum smtp_reply_status
smtp_reply_feed(struct smtp_reply *r, const uint8_t *in, size_t len, size_t *used_r)
{
	for (size_t at = 0; at < len; at++) {
		enum smtp_reply_status status = SMTP_REPLY_MORE;

		if (in[at] == '\n') {
			status = end_line(r);
		} else if (!take_byte(r, in[at])) {
			status = SMTP_REPLY_BROKEN;
		}
		if (status != SMTP_REPLY_MORE) {
			*used_r = at + 1;
			return status;
		}
	}
	*used_r = len;
	return SMTP_REPLY_MORE;
}

void
smtp_reply_set(struct smtp_reply *r, unsigned code, const char *text)
{
	size_t len = strlen(text);

	smtp_reply_begin(r);
	r->code = code;
	r->lines = 1;
	for (size_t i = 0; i < len; i++) {
		keep(r, (uint8_t)text[i]);
	}
}

unsigned
smtp_reply_class(const struct smtp_reply *r)
{
	return r->code / 100;
}

bool
smtp_reply_enhanced(const struct smtp_reply *r, const char *begins)
{
	size_t n = strlen(begins);

	return r->len >= n && memcmp(r->text, begins, n) == 0;
}
