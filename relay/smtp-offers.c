/*
 * smtp-offers.c - see smtp-offers.h
 */
#include "relay/smtp-offers.h"

#include <string.h>
#include <strings.h>

#include "relay/smtp-reply.h"

struct word {
	const char *p;
	size_t len;
};

static bool
word_is(const struct word *w, const char *name)
{
	return w->len == strlen(name) && strncasecmp(w->p, name, w->len) == 0;
}

/* The next word of a line; false where there is none. "AUTH=LOGIN" of old servers is two words. */
static bool
next_word(struct word *line, struct word *w)
{
	while (line->len > 0 && (*line->p == ' ' || *line->p == '\t' || *line->p == '=')) {
		line->p++;
		line->len--;
	}
	w->p = line->p;
	w->len = 0;
	while (line->len > 0 && *line->p != ' ' && *line->p != '\t' && *line->p != '=') {
		line->p++;
		line->len--;
		w->len++;
	}
	return w->len > 0;
}

static void
read_number(struct word *line, struct smtp_offers *o)
{
	struct word w;
	uint64_t n = 0;

	o->has_size = true;
	o->size = 0;
	if (!next_word(line, &w) || w.len > 19) {
		return;
	}
	for (size_t i = 0; i < w.len; i++) {
		if (w.p[i] < '0' || w.p[i] > '9') {
			return;
		}
		n = n * 10 + (uint64_t)(w.p[i] - '0');
	}
	o->size = n;
}

static void
read_mechanisms(struct word *line, struct smtp_offers *o)
{
	struct word w;

	while (next_word(line, &w)) {
		o->auth_plain = o->auth_plain || word_is(&w, "PLAIN");
		o->auth_login = o->auth_login || word_is(&w, "LOGIN");
	}
}

static void
read_line(struct word line, struct smtp_offers *o)
{
	struct word keyword;

	if (!next_word(&line, &keyword)) {
		return;
	}
	if (word_is(&keyword, "SIZE")) {
		read_number(&line, o);
	} else if (word_is(&keyword, "AUTH")) {
		read_mechanisms(&line, o);
	}
	o->pipelining = o->pipelining || word_is(&keyword, "PIPELINING");
	o->eight_bit = o->eight_bit || word_is(&keyword, "8BITMIME");
	o->utf8 = o->utf8 || word_is(&keyword, "SMTPUTF8");
	o->dsn = o->dsn || word_is(&keyword, "DSN");
	o->starttls = o->starttls || word_is(&keyword, "STARTTLS");
}

void
smtp_offers_read(const struct smtp_reply *ehlo, struct smtp_offers *o)
{
	const char *p = ehlo->text, *end = ehlo->text + ehlo->len;

	*o = (struct smtp_offers){.pipelining = false};
	for (bool first = true; p < end; first = false) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		const char *stop = lf != NULL ? lf : end;

		if (!first) { /* the first line is the server's name */
			read_line((struct word){.p = p, .len = (size_t)(stop - p)}, o);
		}
		p = lf != NULL ? lf + 1 : end;
	}
}
