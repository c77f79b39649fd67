/*
 * settings-load.h - from relay.yaml to settings
 *
 * Gives complete and consistent settings, with every default filled in, or an error that names
 * file, line, column and what was expected.
 */
#ifndef RELAY_SETTINGS_LOAD_H
#define RELAY_SETTINGS_LOAD_H

#include <stddef.h>

#include "relay/settings.h"

/* NULL, and the reason in error (SETTINGS_ERROR_MAX bytes). Free with settings_free(). */
struct relay_settings *relay_settings_load(const char *path, char *error);

/* The same from memory; name stands for the file in errors. */
struct relay_settings *settings_parse(const char *name, const char *bytes, size_t len, char *error);

void settings_free(struct relay_settings *s);

#endif
