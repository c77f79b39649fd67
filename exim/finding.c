/*
 * finding.c - see finding.h
 */
#include "exim/finding.h"

#include <stdio.h>

#include "exim/limits.h"

static void
report(const struct check *k, bool dangerous, const char *word, const char *kind, const char *name,
    const char *reason, const char *cure)
{
	char where[FINDING_WHERE_BYTES];
	struct finding f = {dangerous, word, where, reason, cure};

	snprintf(where, sizeof(where), name == NULL ? "%s" : "%s '%s'", kind, name);
	k->report(k->arg, &f);
}

void
check_danger(const struct check *k, const char *word, const char *kind, const char *name,
    const char *reason, const char *cure)
{
	report(k, true, word, kind, name, reason, cure);
}

void
check_advice(const struct check *k, const char *word, const char *kind, const char *name,
    const char *reason, const char *cure)
{
	report(k, false, word, kind, name, reason, cure);
}
