/*
 * check-mta.h - what in an MTA's configuration would bite
 *
 * Reads, never changes. One finding a line: "error:" for what makes the setup fail or unsafe,
 * "warning:" for what will surprise. Returns EX_OK without findings, EX_DATAERR with errors, 1
 * with warnings only, EX_UNAVAILABLE when the MTA's configuration cannot be read.
 */
#ifndef POLICY_CHECK_MTA_H
#define POLICY_CHECK_MTA_H

/* directory: where main.cf and master.cf are, or NULL for Postfix's own default. */
int check_mta_postfix(const char *config_path, const char *directory);

/* exim_config: a whole configuration, or NULL for Exim's own. */
int check_mta_exim(const char *config_path, const char *exim_config);

#endif
