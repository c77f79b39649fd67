/* smtp-dialogue.c - see smtp-dialogue.h */
#include "policy/smtp-dialogue.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *
smtp_finding_name(enum smtp_finding finding)
{
	static const char *const names[] = {
	    [SMTP_NOTHING] = "nothing",
	    [SMTP_KNOWN] = "known",
	    [SMTP_NO_USER] = "no-user",
	    [SMTP_TAKES_ALL] = "takes-all",
	};

	return names[finding];
}

void
smtp_dialogue_begin(struct smtp_dialogue *d, const char *name)
{
	memset(d, 0, sizeof(*d));
	d->stage = SMTP_GREETING;
	snprintf(d->name, sizeof(d->name), "%s", name);
	d->report.words = "closed the connection";
}

/* Of an address without quotes, RFC 5321 4.1.2: an atom's characters, and UTF-8. */
static bool
is_atom(unsigned char c)
{
	return c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || (c != 0 && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static bool
needs_quotes(const char *local, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		bool dot = local[i] == '.' && i > 0 && i + 1 < len && local[i - 1] != '.';

		if (!dot && !is_atom((unsigned char)local[i])) {
			return true;
		}
	}
	return len == 0;
}

bool
smtp_dialogue_ask(struct smtp_dialogue *d, const struct mailbox *recipient, uint64_t random)
{
	bool quotes = needs_quotes(recipient->local, recipient->local_len);
	size_t n = 0;

	if (recipient->kind != MAILBOX_PLAIN ||
	    2 * recipient->local_len + recipient->domain.len + 4 > sizeof(d->recipient)) {
		return false;
	}
	if (quotes) {
		d->recipient[n++] = '"';
	}
	for (size_t i = 0; i < recipient->local_len; i++) {
		unsigned char c = (unsigned char)recipient->local[i];

		if (c < ' ' || c == 0x7f) {
			return false;
		}
		d->needs_utf8 = d->needs_utf8 || c >= 0x80;
		if (c == '"' || c == '\\') {
			d->recipient[n++] = '\\';
		}
		d->recipient[n++] = (char)c;
	}
	if (quotes) {
		d->recipient[n++] = '"';
	}
	d->recipient[n++] = '@';
	memcpy(d->recipient + n, recipient->domain.text, recipient->domain.len + 1u);
	/* no character in it that might begin an address extension */
	snprintf(d->nobody, sizeof(d->nobody), "nosuchuser%016" PRIx64 "@%s", random,
	    recipient->domain.text);
	return true;
}

static bool
dialogue_end(struct smtp_dialogue *d, const char *words)
{
	d->stage = SMTP_OVER;
	d->report.words = words;
	snprintf(d->command, sizeof(d->command), "QUIT\r\n");
	return false;
}

/* Not even goodbye. */
static bool
dialogue_break(struct smtp_dialogue *d, const char *words)
{
	d->stage = SMTP_OVER;
	d->report.words = words;
	d->command[0] = 0;
	return false;
}

/* The enhanced code at the start of a reply's text, RFC 2034; "" where there is none. */
static void
read_enhanced(const char *text, size_t len, char *enhanced)
{
	size_t n = 0, dots = 0;

	while (n < len && n < SMTP_STATUS_MAX - 1 &&
	    ((text[n] >= '0' && text[n] <= '9') || text[n] == '.')) {
		dots += text[n] == '.';
		enhanced[n] = text[n];
		n++;
	}
	if (dots != 2 || enhanced[1] != '.' || (n < len && text[n] != ' ')) {
		n = 0;
	}
	enhanced[n] = 0;
}

static bool
text_has(const char *text, size_t len, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= len; i++) {
		size_t k = 0;

		while (k < n && (text[i + k] | 0x20) == word[k]) {
			k++;
		}
		if (k == n) {
			return true;
		}
	}
	return false;
}

/*
 * Does this refusal say that there is no such user? 5.1.0, 5.1.7 and 5.1.8 may be about the null
 * sender, and 5.1.2 is about the domain. Exim says "550 relay not permitted" for a domain that it
 * does not know.
 */
static bool
says_no_user(const struct smtp_report *r, const char *text, size_t len)
{
	static const char *const about_mailbox[] = {"5.1.1", "5.1.3", "5.1.6"};

	if (r->code != 550 && r->code != 551 && r->code != 553) {
		return false;
	}
	if (r->enhanced[0] == 0) {
		return !text_has(text, len, "relay");
	}
	for (size_t i = 0; i < sizeof(about_mailbox) / sizeof(about_mailbox[0]); i++) {
		if (strcmp(r->enhanced, about_mailbox[i]) == 0) {
			return true;
		}
	}
	return false;
}

static void
say_rcpt(struct smtp_dialogue *d, enum smtp_stage stage, const char *path)
{
	d->stage = stage;
	snprintf(d->command, sizeof(d->command), "RCPT TO:<%s>\r\n", path);
}

/* The end of a reply. False: the dialogue is over. */
static bool
dialogue_reply(struct smtp_dialogue *d, unsigned code, const char *text, size_t len)
{
	switch (d->stage) {
	case SMTP_GREETING:
		if (code != 220) {
			return dialogue_break(d, "greets with an error");
		}
		d->stage = SMTP_EHLO;
		snprintf(d->command, sizeof(d->command), "EHLO %s\r\n", d->name);
		return true;
	case SMTP_EHLO:
		if (code != 250) {
			return dialogue_break(d, "refuses EHLO");
		}
		d->report.up = true;
		if (d->recipient[0] == 0) {
			return dialogue_end(d, "answers");
		}
		if (d->needs_utf8 && !d->has_utf8) {
			return dialogue_end(d, "does not know SMTPUTF8");
		}
		d->stage = SMTP_MAIL;
		snprintf(d->command, sizeof(d->command), "MAIL FROM:<>%s\r\n",
		    d->needs_utf8 ? " SMTPUTF8" : "");
		return true;
	case SMTP_MAIL:
		if (code != 250) {
			return dialogue_end(d, "refuses the null sender");
		}
		say_rcpt(d, SMTP_RCPT_NOBODY, d->nobody);
		return true;
	case SMTP_RCPT_NOBODY:
		if (code / 100 == 2) {
			d->report.finding = SMTP_TAKES_ALL;
			return dialogue_end(d, "takes every recipient");
		}
		if (code == 421) {
			return dialogue_end(d, "has no time");
		}
		say_rcpt(d, SMTP_RCPT, d->recipient);
		return true;
	case SMTP_RCPT:
		d->report.code = code;
		read_enhanced(text, len, d->report.enhanced);
		if (code / 100 == 2) {
			d->report.finding = SMTP_KNOWN;
			return dialogue_end(d, "knows the recipient");
		}
		if (says_no_user(&d->report, text, len)) {
			d->report.finding = SMTP_NO_USER;
			return dialogue_end(d, "does not know the recipient");
		}
		return dialogue_end(d, "does not say whether it knows the recipient");
	case SMTP_OVER:
		break;
	}
	return dialogue_break(d, "does not speak SMTP");
}

/* One line, without its CR and LF. False: the dialogue is over. */
static bool
dialogue_line(struct smtp_dialogue *d, const char *line, size_t len, bool more)
{
	unsigned code = 0;

	if (len < 3 || ++d->lines > SMTP_LINES_MAX) {
		return dialogue_break(d, "does not speak SMTP");
	}
	for (size_t i = 0; i < 3; i++) {
		if (line[i] < '0' || line[i] > '9') {
			return dialogue_break(d, "does not speak SMTP");
		}
		code = code * 10 + (unsigned)(line[i] - '0');
	}
	if (d->stage == SMTP_EHLO && len == 12 && text_has(line + 4, len - 4, "smtputf8")) {
		d->has_utf8 = true;
	}
	if (len > 3 && line[3] == '-') {
		return true;
	}
	/* An answer that was not asked for would be taken for the next one's. */
	if (more) {
		return dialogue_break(d, "speaks out of turn");
	}
	return dialogue_reply(d, code, len > 4 ? line + 4 : "", len > 4 ? len - 4 : 0);
}

bool
smtp_dialogue_take(struct smtp_dialogue *d, const char *bytes, size_t len)
{
	d->command[0] = 0;
	for (size_t i = 0; i < len; i++) {
		size_t n = d->len;

		if (bytes[i] != '\n') {
			if (n == sizeof(d->line)) {
				return dialogue_break(d, "does not speak SMTP");
			}
			d->line[d->len++] = bytes[i];
			continue;
		}
		n -= n > 0 && d->line[n - 1] == '\r';
		d->len = 0;
		if (!dialogue_line(d, d->line, n, i + 1 < len)) {
			return false;
		}
	}
	return true;
}
