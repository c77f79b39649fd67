/* learned-state.c - see learned-state.h */
#include "policy/learned-state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void
write_address(FILE *f, const struct learned_entry *e)
{
	for (size_t i = 0; i < e->len; i++) {
		unsigned char c = (unsigned char)e->text[i];

		if (c < '!' || c > '~' || c == '+' || c == '=') {
			fprintf(f, "+%02X", c);
		} else {
			fputc(c, f);
		}
	}
}

static void
learned_state_write(void *context, FILE *f, uint64_t since, int64_t offset)
{
	const struct learned *l = context;

	for (const struct learned_entry *e = learned_next(l, NULL); e != NULL;
	     e = learned_next(l, e)) {
		if (e->change <= since || e->word == LEARNED_NOTHING) {
			continue;
		}
		fprintf(f, "%s ", learned_word_name((enum learned_word)e->word));
		write_address(f, e);
		fprintf(f, " %" PRId64 "\n", e->when + offset);
	}
}

static uint64_t
learned_state_changes(void *context)
{
	return learned_changes(context);
}

static size_t
learned_state_size(void *context)
{
	return learned_bytes(context);
}

static bool
read_word(const char *text, enum learned_word *word)
{
	for (unsigned w = LEARNED_KNOWN; w < LEARNED_WORDS; w++) {
		if (strcmp(text, learned_word_name((enum learned_word)w)) == 0) {
			*word = (enum learned_word)w;
			return true;
		}
	}
	return false;
}

static int
hex(char c)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *at = c != 0 ? strchr(digits, c) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

/* xtext in place; the length of what it stands for, or 0. */
static size_t
decode(char *text)
{
	size_t n = 0;

	for (const char *p = text; *p != 0; p++) {
		if (*p == '+') {
			int high = hex(p[1]), low = high >= 0 ? hex(p[2]) : -1;

			if (low < 0) {
				return 0;
			}
			text[n++] = (char)(high * 16 + low);
			p += 2;
		} else {
			text[n++] = *p;
		}
	}
	return n;
}

/* An address, or "@domain". */
static bool
read_key(char *text, enum learned_word word, struct recipient_key *key)
{
	struct mailbox m;
	size_t len = decode(text);

	if (len > 0 && word == LEARNED_TAKES_ALL) {
		m = (struct mailbox){.kind = MAILBOX_PLAIN, .local = text};
		return text[0] == '@' &&
		    domain_name_parse(&m.domain, text + 1, len - 1) == DOMAIN_NAME_OK &&
		    recipient_key_make(key, &m);
	}
	mailbox_parse(&m, text, len);
	return recipient_key_make(key, &m);
}

static bool
read_when(const char *text, const struct state_clock *clock, int64_t *when)
{
	long long value;
	char *end;

	errno = 0;
	value = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != 0 || value <= 0) {
		return false;
	}
	/* Nothing was said later than now. */
	*when = value < clock->wall ? value - (clock->wall - clock->now) : clock->now;
	return true;
}

static enum state_line
learned_state_read(void *context, char *line, const struct state_clock *clock)
{
	char *save, *word_text = strtok_r(line, " ", &save);
	char *address = strtok_r(NULL, " ", &save), *time = strtok_r(NULL, " ", &save);
	struct recipient_key key;
	enum learned_word word;
	int64_t when;

	if (word_text == NULL || address == NULL || time == NULL || !read_word(word_text, &word) ||
	    !read_when(time, clock, &when) || !read_key(address, word, &key)) {
		return STATE_LINE_BAD;
	}
	/* Others are taken even when they no longer count: the word before them must not return. */
	if (clock->now - when >= learned_lasts_ms(LEARNED_KNOWN)) {
		return STATE_LINE_OLD;
	}
	return learned_set(context, &key, word, when, clock->now) ? STATE_LINE_TAKEN
	                                                          : STATE_LINE_OLD;
}

struct state_part
learned_state_part(struct learned *learned)
{
	return (struct state_part){
	    .name = "learned",
	    .header = "mailgraft-policyd learned 1\n",
	    .changes = learned_state_changes,
	    .size = learned_state_size,
	    .write = learned_state_write,
	    .read = learned_state_read,
	    .context = learned,
	};
}
