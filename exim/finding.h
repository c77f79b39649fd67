/*
 * finding.h - what a rule of check-exim has to say
 *
 * Not here: the rules (rules.h), showing what they find (cli/check-exim.c)
 */
#ifndef EXIM_FINDING_H
#define EXIM_FINDING_H

#include <stdbool.h>

#include "exim/config.h"

struct finding {
	bool dangerous;    /* else advice */
	const char *word;  /* for programs */
	const char *where; /* "transport 'x'" */
	const char *reason, *cure;
};

/* What the rules look at, and who hears what they find. */
struct check {
	const struct exim_config *exim;
	const char *spool; /* where mailgraft stores, by its own configuration */
	void (*report)(void *arg, const struct finding *f);
	void *arg;
};

/* Dangerous is what loses or leaks mail, or keeps it from ever being delivered. */
void check_danger(const struct check *k, const char *word, const char *kind, const char *name,
    const char *reason, const char *cure);
void check_advice(const struct check *k, const char *word, const char *kind, const char *name,
    const char *reason, const char *cure);

#endif
