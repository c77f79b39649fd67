/*
 * config.h - Exim's configuration as `exim -bP` prints it
 *
 * Owns:    the text of every answer, until exim_config_free()
 * Errors:  -1 with *why filled in
 * Not here: what is good or bad about it (rules.h)
 */
#ifndef EXIM_CONFIG_H
#define EXIM_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exim/fail.h"

/* A router, a transport, or the main section: a line an option. */
struct section {
	char *name;
	const char *lines;
};

struct sections {
	struct section *section; /* in their order */
	size_t count;
	char *text;
};

struct exim_config {
	char *version; /* what -bV says */
	char *file;    /* the whole file, or "" where Exim does not show it to this user */
	struct sections main, routers, transports;
};

int exim_config_read(
    const char *program, const char *file, struct exim_config *x, struct exim_fail *why);
void exim_config_free(struct exim_config *x);

/* The value of an option, copied to `out` ("" where unset or unknown); returns `out`. */
const char *option_value(const struct section *s, const char *name, char *out, size_t cap);

/* Whether a yes-or-no option is on. */
bool option_on(const struct section *s, const char *name);

/* "5m", "1h30m" to seconds; 0 where it is no time. */
uint64_t exim_time(const char *text);

#endif
