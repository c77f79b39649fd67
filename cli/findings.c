/*
 * findings.c - see findings.h
 */
#include "cli/findings.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "cli/arguments.h"
#include "cli/complaint.h"
#include "cli/json.h"

enum { DANGEROUS = 1 };

void
findings_show(struct findings_shown *s, bool dangerous, const char *word, const char *where,
    const char *reason, const char *cure)
{
	const char *level = dangerous ? "dangerous" : "advice";
	struct complaint line; /* complain() removes control characters */
	int first = 1;

	s->dangerous += dangerous;
	s->advice += !dangerous;
	if (!s->json) {
		complain(&line, EX_OK, "%s: %s: %s", level, where, reason);
		printf("%s\n    cure: %s\n", line.text, cure);
		return;
	}
	json_text(stdout, &first, "level", level, strlen(level));
	json_text(stdout, &first, "word", word, strlen(word));
	json_text(stdout, &first, "where", where, strlen(where));
	json_text(stdout, &first, "reason", reason, strlen(reason));
	json_text(stdout, &first, "cure", cure, strlen(cure));
	puts("}");
}

int
findings_end(const struct findings_shown *s)
{
	if (!s->json && s->dangerous + s->advice == 0) {
		puts("nothing dangerous, nothing missing");
	}
	if (finish_output(s->command) != EX_OK) {
		return EX_IOERR;
	}
	return s->dangerous > 0 ? DANGEROUS : EX_OK;
}
