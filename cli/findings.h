/*
 * findings.h - shows what check-exim and check-postfix have found
 *
 * Not here: finding it (exim/rules.h, postfix/rules.h)
 */
#ifndef CLI_FINDINGS_H
#define CLI_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

struct found; /* one, and the places where it was found */

struct findings_shown {
	const char *command; /* the caller's name, for complaints */
	bool json;           /* one object a line; else text */
	size_t dangerous, advice;
	struct found *found; /* `count` of them; freed by findings_end() */
	size_t count;
};

/*
 * Keeps one, to be shown by findings_end(): what is the same in several places is said once.
 * `word` is for programs; `where` ("transport 'x'"), `reason` and `cure` are for people.
 */
void findings_add(struct findings_shown *s, bool dangerous, const char *word, const char *where,
    const char *reason, const char *cure);

/* Shows them. Returns the exit code: 1 where something was dangerous. */
int findings_end(struct findings_shown *s);

#endif
