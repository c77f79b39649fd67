/*
 * rules.h - what is dangerous or missing in an Exim's configuration
 *
 * Each group of rules looks at a struct exim_config and reports findings. Apart
 * from that they read only the user and group database, stat() some paths, and look at the spools.
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

/* The spool that a transport's filter reads, and the filter's program, copied to `path`; they
 * return it. */
const char *check_spool(const struct section *transport, char path[RULE_PATH_BYTES]);
const char *check_program(const struct section *transport, char path[RULE_PATH_BYTES]);

/* Says by the configuration alone why a transport's filter cannot read its spool; false where it
 * should. */
bool check_group(const struct check *k, const struct section *transport);

void check_main(const struct check *k);
void check_routers(const struct check *k);
void check_transports(const struct check *k);

/* As root: runs each transport's filter with the rights that Exim would give it. */
void check_spools(const struct check *k);

#endif
