/*
 * start-check.h - what would keep the daemon from starting with a configuration that parses
 *
 * Judges with the rights of its caller, as the daemon does. Takes nothing from a daemon that
 * already serves: a socket in use is no mistake, and nothing is listened on.
 *
 * Not here: the file's syntax (config-file.h), the recipient files (recipient-list.h)
 */
#ifndef POLICY_START_CHECK_H
#define POLICY_START_CHECK_H

#include "policy/config.h"

/*
 * 0; or an exit status and a sentence in error[CONFIG_ERROR_MAX]. EX_CONFIG: trying again is of no
 * use until somebody changes something. EX_OSERR: it may pass, such as an address that this host
 * does not have yet.
 */
int start_check(const struct config *c, char *error);

#endif
