/*
 * fields.c - see fields.h
 */
#include "filter/fields.h"

#include <string.h>

#include "mime/header.h"
#include "mime/marker-text.h"
#include "mime/words.h"

_Static_assert((int)TOKEN_CHARS == (int)MARKER_TOKEN_CHARS, "one token");
_Static_assert((int)MENTION_FIELD_MAX >= (int)ATTACH_FIELD_MAX + 2, "gc reads what we read");

static const char *const ours[] = {
    "graft",
    "graft-attach",
    "graft-id",
    "graft-recipient",
    "graft-size",
};

bool
fields_is_ours(const struct field *f)
{
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		if (header_is(f, ours[i])) {
			return true;
		}
	}
	return false;
}

/* A line that is no field, but that a laxer reader takes for one of ours: Exim lets even line ends
 * stand before a colon. */
static bool
is_nearly(const uint8_t *line, const uint8_t *end, const char *name)
{
	size_t len = strlen(name);

	return (size_t)(end - line) > len && bytes_are(line, len, name) && line[len] <= ' ';
}

bool
fields_opt_in(const uint8_t *header, size_t len)
{
	enum header_next next;
	struct field f;
	size_t at = 0;

	while ((next = header_next(header, len, &at, &f)) != HEADER_END) {
		if (next == HEADER_BAD) {
			/* Over the line: an opted-in message that is malformed must be refused, not
			 * sent raw. */
			const uint8_t *lf = memchr(header + at, '\n', len - at);

			if (is_nearly(header + at, header + len, "graft") ||
			    is_nearly(header + at, header + len, "graft-attach")) {
				return true;
			}
			at = lf == NULL ? len : (size_t)(lf - header) + 1;
		} else if (header_is(&f, "graft") || header_is(&f, "graft-attach")) {
			return true;
		}
	}
	return false;
}

static bool
is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* `Graft: N`: digits alone. */
static int
read_count(const struct field *f, unsigned *count, struct refusal *why)
{
	const uint8_t *p = f->body, *end = f->body + f->body_len;
	unsigned n = 0;

	while (p < end && is_space(*p)) {
		p++;
	}
	while (end > p && is_space(end[-1])) {
		end--;
	}
	if (p == end || end - p > 3) {
		return refuse(why, REFUSED_GRAFT_NUMBER);
	}
	for (; p < end; p++) {
		if (*p < '0' || *p > '9') {
			return refuse(why, REFUSED_GRAFT_NUMBER);
		}
		n = n * 10 + (unsigned)(*p - '0');
	}
	if (n < 1 || n > GRAFTS_MAX) {
		return refuse(why, REFUSED_GRAFT_NUMBER);
	}
	*count = n;
	return 0;
}

/* `Graft-Attach: TOKEN TOKEN, TOKEN`. */
static int
read_tokens(const struct field *field, struct graft_fields *f, struct refusal *why)
{
	uint8_t text[ATTACH_FIELD_MAX];
	long len = words_decode(field->body, field->body_len, text, sizeof(text));
	size_t before = f->tokens;

	if (len < 0) {
		return refuse(why, REFUSED_ATTACH_FIELD);
	}
	for (long i = 0; i < len;) {
		long from = i;

		if (text[i] == ' ' || text[i] == ',') {
			i++;
			continue;
		}
		while (i < len && text[i] != ' ' && text[i] != ',') {
			i++;
		}
		if (f->tokens == GRAFTS_MAX) {
			return refuse(why, REFUSED_TOO_MANY_MARKERS);
		}
		why->token = (unsigned)f->tokens + 1;
		if (i - from != TOKEN_CHARS) {
			return refuse(why, REFUSED_ATTACH_FIELD);
		}
		why->token = 0;
		memcpy(f->token[f->tokens++], text + from, TOKEN_CHARS);
	}
	return f->tokens > before ? 0 : refuse(why, REFUSED_ATTACH_FIELD);
}

int
fields_read(const uint8_t *header, size_t len, struct graft_fields *f, struct refusal *why)
{
	bool counted = false, recipient = false;
	struct field field;
	size_t at = 0;

	f->count = 0;
	f->tokens = 0;
	f->recipient.len = 0;
	f->recipient_unreadable = false;
	while (header_next(header, len, &at, &field) == HEADER_FIELD) {
		if (header_is(&field, "graft")) {
			if (counted) {
				return refuse(why, REFUSED_GRAFT_TWICE);
			}
			counted = true;
			if (read_count(&field, &f->count, why) < 0) {
				return -1;
			}
		} else if (header_is(&field, "graft-attach")) {
			if (read_tokens(&field, f, why) < 0) {
				return -1;
			}
		} else if (header_is(&field, "graft-recipient")) {
			if (recipient) {
				return refuse(why, REFUSED_RECIPIENT_TWICE);
			}
			recipient = true;
			if (recipient_canonical(field.body, field.body_len, &f->recipient) < 0) {
				f->recipient.len = 0;
				f->recipient_unreadable = true;
			}
		}
	}
	if (!counted) {
		f->count = (unsigned)f->tokens;
	}
	return 0;
}

bool
fields_is_vetoed(const struct field_veto *veto, const struct field *f)
{
	return veto->drop != NULL && veto->drop(veto->state, f);
}
