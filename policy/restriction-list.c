/* restriction-list.c - see restriction-list.h */
#include "policy/restriction-list.h"

#include <stdio.h>
#include <string.h>

static const char separators[] = " \t\r\n,";

/* The next word, or all between braces. Returns what follows it; NULL at the end. */
static const char *
next_word(const char *p, char *word, size_t cap)
{
	size_t len, blanks;

	p += strspn(p, separators);
	if (*p == 0) {
		return NULL;
	}
	if (*p == '{') {
		int depth = 0;

		for (len = 0; p[len] != 0; len++) {
			depth += p[len] == '{';
			depth -= p[len] == '}';
			if (depth == 0) {
				break;
			}
		}
		blanks = 1 + strspn(p + 1, separators);
		(void)snprintf(
		    word, cap, "%.*s", len > blanks ? (int)(len - blanks) : 0, p + blanks);
		return p + len + (p[len] == '}');
	}
	len = strcspn(p, separators);
	(void)snprintf(word, cap, "%.*s", (int)len, p);
	return p + len;
}

static bool
is_in(const char *list, const char *wanted)
{
	char word[RESTRICTION_WORD_MAX];

	while ((list = next_word(list, word, sizeof(word))) != NULL) {
		if (strcmp(word, wanted) == 0) {
			return true;
		}
	}
	return false;
}

static void
add_value(struct restrictions *r, const struct postfix_settings *settings,
    const struct postfix_service *service, const char *value, unsigned depth)
{
	char word[RESTRICTION_WORD_MAX];

	while (value != NULL && (value = next_word(value, word, sizeof(word))) != NULL) {
		struct restriction *item = &r->item[r->count];

		if (depth < CLASS_DEPTH_MAX &&
		    is_in(postfix_settings_value(settings, service, "smtpd_restriction_classes"),
		        word)) {
			add_value(r, settings, service,
			    postfix_settings_value(settings, service, word), depth + 1);
			continue;
		}
		if (r->count == RESTRICTIONS_MAX) {
			return;
		}
		(void)snprintf(item->word, sizeof(item->word), "%.63s", word);
		item->argument[0] = 0;
		if (strcmp(item->word, "check_policy_service") == 0) {
			value = next_word(value, item->argument, sizeof(item->argument));
		}
		r->count++;
	}
}

void
restrictions_add(struct restrictions *r, const struct postfix_settings *settings,
    const struct postfix_service *service, const char *value)
{
	add_value(r, settings, service, value, 0);
}

unsigned
restrictions_find(const struct restrictions *r, unsigned from, const char *const *words)
{
	for (; from < r->count; from++) {
		for (const char *const *w = words; *w != NULL; w++) {
			if (strcmp(r->item[from].word, *w) == 0) {
				return from;
			}
		}
	}
	return r->count;
}
