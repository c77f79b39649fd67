/*
 * settings-read.h - what each key of relay.yaml means
 *
 * Not here: opening the file, defaults (settings-load.c)
 */
#ifndef RELAY_SETTINGS_READ_H
#define RELAY_SETTINGS_READ_H

#include "relay/settings-yaml.h"
#include "relay/settings.h"

/* Reads a whole document into settings that hold the defaults. */
bool settings_read(struct settings_yaml *y, yaml_node_t *root, struct relay_settings *s);

#endif
