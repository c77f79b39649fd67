/*
 * findings.c - see findings.h
 */
#include "cli/findings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "cli/arguments.h"
#include "cli/complaint.h"
#include "cli/json.h"
#include "cli/limits.h"

enum { DANGEROUS = 1 };

struct found {
	bool dangerous;
	char *word, *reason, *cure;
	char where[FOUND_WHERE_BYTES]; /* ", " between the places, "…" where there are too many */
};

static const char more[] = ", ...";

/* A place more. */
static void
add_place(struct found *f, const char *where)
{
	size_t len = strlen(f->where), want = strlen(where) + 2;

	if (len + want + sizeof(more) <= sizeof(f->where)) {
		snprintf(
		    f->where + len, sizeof(f->where) - len, "%s%s", len == 0 ? "" : ", ", where);
	} else if (len < sizeof(more) || strcmp(f->where + len - (sizeof(more) - 1), more) != 0) {
		snprintf(f->where + len, sizeof(f->where) - len, "%s", more);
	}
}

static bool
is_same(
    const struct found *f, bool dangerous, const char *word, const char *reason, const char *cure)
{
	return f->dangerous == dangerous && strcmp(f->word, word) == 0 &&
	    strcmp(f->reason, reason) == 0 && strcmp(f->cure, cure) == 0;
}

static void __attribute__((noreturn)) no_memory(const struct findings_shown *s)
{
	struct complaint c;

	complain(&c, EX_TEMPFAIL, "out of memory");
	exit(complain_aloud(s->command, &c));
}

void
findings_add(struct findings_shown *s, bool dangerous, const char *word, const char *where,
    const char *reason, const char *cure)
{
	struct found *f;

	for (size_t i = 0; i < s->count; i++) {
		if (is_same(&s->found[i], dangerous, word, reason, cure)) {
			add_place(&s->found[i], where);
			return;
		}
	}
	f = realloc(s->found, (s->count + 1) * sizeof(*f));
	if (f == NULL) {
		no_memory(s);
	}
	s->found = f;
	f = &s->found[s->count++];
	*f = (struct found){dangerous, strdup(word), strdup(reason), strdup(cure), ""};
	if (f->word == NULL || f->reason == NULL || f->cure == NULL) {
		no_memory(s);
	}
	add_place(f, where);
	s->dangerous += dangerous;
	s->advice += !dangerous;
}

static void
show(const struct findings_shown *s, const struct found *f)
{
	const char *level = f->dangerous ? "dangerous" : "advice";
	struct complaint line; /* leaves no control character in what it holds */
	int first = 1;

	if (!s->json) {
		complain(&line, EX_OK, "%s: %s", level, f->where);
		printf("%s", line.text);
		complain(&line, EX_OK, "%s", f->reason);
		printf(": %s\n    cure: %s\n", line.text, f->cure);
		return;
	}
	json_text(stdout, &first, "level", level, strlen(level));
	json_text(stdout, &first, "word", f->word, strlen(f->word));
	json_text(stdout, &first, "where", f->where, strlen(f->where));
	json_text(stdout, &first, "reason", f->reason, strlen(f->reason));
	json_text(stdout, &first, "cure", f->cure, strlen(f->cure));
	puts("}");
}

int
findings_end(struct findings_shown *s)
{
	for (size_t i = 0; i < s->count; i++) {
		show(s, &s->found[i]);
		free(s->found[i].word);
		free(s->found[i].reason);
		free(s->found[i].cure);
	}
	free(s->found);
	s->found = NULL;
	s->count = 0;
	if (!s->json && s->dangerous + s->advice == 0) {
		puts("nothing dangerous, nothing missing");
	}
	if (finish_output(s->command) != EX_OK) {
		return EX_IOERR;
	}
	return s->dangerous > 0 ? DANGEROUS : EX_OK;
}
