/*
 * rules.h - what is dangerous or missing in an Exim's configuration
 *
 * Each group of rules looks at a struct exim_config and reports findings. Apart
 * from that they read only the user and group database and stat() some paths.
 *
 * Not here: reading the configuration (config.h)
 */
#ifndef EXIM_RULES_H
#define EXIM_RULES_H

#include "exim/finding.h"

/* Whether a transport runs mailgraft-filter. */
bool check_is_filtered(const struct section *transport);

/* Whether a condition asks for Graft fields by def: alone, which sees no name with a blank before
 * its colon. */
bool check_misses_spellings(const char *text);

void check_main(const struct check *k);
void check_routers(const struct check *k);
void check_transports(const struct check *k);

#endif
