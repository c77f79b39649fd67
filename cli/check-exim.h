/*
 * check-exim.h - what is dangerous or missing in an Exim's configuration
 *
 * Pure but for the user and group database and stat(): the rules look at a
 * struct exim_config and report.
 *
 * Not here: reading it (exim-config.h), showing it (check-exim.c)
 */
#ifndef CLI_CHECK_EXIM_H
#define CLI_CHECK_EXIM_H

#include "cli/exim-config.h"

struct finding {
	bool dangerous;    /* else advice */
	const char *word;  /* for programs */
	const char *where; /* "transport 'x'" */
	const char *reason, *cure;
};

struct check {
	const struct exim_config *exim;
	void (*report)(void *arg, const struct finding *f);
	void *arg;
};

/* Dangerous is what loses or leaks mail, or keeps it from ever being delivered. */
void check_danger(const struct check *k, const char *word, const char *kind, const char *name,
    const char *reason, const char *cure);
void check_advice(const struct check *k, const char *word, const char *kind, const char *name,
    const char *reason, const char *cure);

/* Whether a transport runs mailgraft-filter. */
bool check_is_filtered(const struct section *transport);

void check_main(const struct check *k);
void check_routers(const struct check *k);
void check_transports(const struct check *k);

#endif
