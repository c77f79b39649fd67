/*
 * settings-read.h - what each key of relay.yaml means
 *
 * Not here: opening the file, defaults (settings.c)
 */
#ifndef RELAY_SETTINGS_READ_H
#define RELAY_SETTINGS_READ_H

#include "relay/settings-yaml.h"
#include "relay/settings.h"

/* Reads a whole document into settings that hold the defaults. */
bool settings_read(struct settings_yaml *y, yaml_node_t *root, struct settings *s);

/* One listener and one next hop; settings-listen.c. */
bool settings_read_listener(struct settings_yaml *y, yaml_node_t *node, void *settings);
bool settings_read_hop(
    struct settings_yaml *y, yaml_node_t *key, yaml_node_t *value, void *settings);

/* Pieces that several keys share. */
bool settings_read_address(struct settings_yaml *y, yaml_node_t *node, struct settings_address *to);
bool settings_read_path(struct settings_yaml *y, yaml_node_t *node, char to[SETTINGS_TEXT_MAX]);
bool settings_read_host(
    struct settings_yaml *y, yaml_node_t *node, char to[HOST_NAME_MAX_BYTES + 1]);
bool settings_read_rate(struct settings_yaml *y, yaml_node_t *node, struct settings_rate *to);

#endif
