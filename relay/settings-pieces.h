/*
 * settings-pieces.h - values that several keys of relay.yaml share: addresses, paths, hosts, rates
 */
#ifndef RELAY_SETTINGS_PIECES_H
#define RELAY_SETTINGS_PIECES_H

#include "relay/settings-yaml.h"
#include "relay/settings.h"

/* "ADDRESS:PORT" or "[ADDRESS]:PORT". */
bool settings_read_address(struct settings_yaml *y, yaml_node_t *node, struct settings_address *to);

/* An absolute path. */
bool settings_read_path(struct settings_yaml *y, yaml_node_t *node, char to[SETTINGS_TEXT_MAX]);

/* A name or an address: no blanks, nothing that could end a line. */
bool settings_read_host(
    struct settings_yaml *y, yaml_node_t *node, char to[HOST_NAME_MAX_BYTES + 1]);

/* "10/s" */
bool settings_read_rate(struct settings_yaml *y, yaml_node_t *node, struct settings_rate *to);

#endif
