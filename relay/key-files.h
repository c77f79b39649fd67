/*
 * key-files.h - the files of the DKIM keys that relay.yaml names
 *
 * Opened by the master, which keeps no key: it passes them on to the keeper as open files.
 */
#ifndef RELAY_KEY_FILES_H
#define RELAY_KEY_FILES_H

#include <stdbool.h>

#include "relay/settings.h"

/* Opens one key's file and sees that a key is in it. -1 with a sentence in
 * error[SETTINGS_ERROR_MAX]. */
int key_file_open(const struct settings_dkim *d, char *error);

/* Whether every key can be had; else a sentence in error[SETTINGS_ERROR_MAX]. */
bool key_files_check(const struct relay_settings *s, char *error);

/*
 * The command `dkim-key`: makes a key in a new file, or reads the one that is there, and prints the
 * record for the domain's zone. An exit status.
 */
int key_file_show(const char *domain, const char *selector, const char *path, bool ed25519);

#endif
