/*
 * rules.h - what is dangerous for mailgraft in a configuration of Postfix
 *
 * Asks postconf what the configuration is, with all parameters expanded, and postmap what the
 * tables answer to each spelling of a Graft field. So a rule judges what Postfix will do.
 *
 * Not here: showing the findings (cli/check-postfix.c)
 */
#ifndef POSTFIX_RULES_H
#define POSTFIX_RULES_H

#include <stdbool.h>

#include "postfix/ask.h"
#include "postfix/limits.h"

/* All texts are valid during the call only. */
struct postfix_finding {
	bool dangerous;    /* what loses or leaks mail; else advice */
	const char *word;  /* for programs */
	const char *where; /* "header_checks", "service 'smtp' in master.cf" */
	const char *reason, *cure;
};

typedef void postfix_report(void *arg, const struct postfix_finding *f);

/*
 * Reports all findings. `relay_ms`: how long the relay may take for a message (its limit
 * recipient-within), in milliseconds. -errno: object_r names the command that could not be run.
 * -EBADMSG: object_r is what a command complained of.
 */
int postfix_check(const struct postfix_place_names *where, long relay_ms, postfix_report *report,
    void *arg, char object_r[POSTFIX_OBJECT_MAX]);

#endif
