/*
 * findings.h - shows what check-exim and check-postfix have found
 *
 * Not here: finding it (exim/rules.h, postfix/rules.h)
 */
#ifndef CLI_FINDINGS_H
#define CLI_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

struct findings_shown {
	const char *command; /* the caller's name, for complaints */
	bool json;           /* one object a line; else text */
	size_t dangerous, advice;
};

/* Shows one finding. `word` is for programs; `where`, `reason` and `cure` are for people. */
void findings_show(struct findings_shown *s, bool dangerous, const char *word, const char *where,
    const char *reason, const char *cure);

/* Ends the output. Returns the exit code: 1 if something was dangerous. */
int findings_end(const struct findings_shown *s);

#endif
