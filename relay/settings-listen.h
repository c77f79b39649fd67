/*
 * settings-listen.h - listeners and next hops in relay.yaml
 */
#ifndef RELAY_SETTINGS_LISTEN_H
#define RELAY_SETTINGS_LISTEN_H

#include "relay/settings-yaml.h"
#include "relay/settings.h"

/* Each adds one to the settings. A listener names a next hop that has been read. */
bool settings_read_listener(struct settings_yaml *y, yaml_node_t *node, void *settings);
bool settings_read_hop(
    struct settings_yaml *y, yaml_node_t *key, yaml_node_t *value, void *settings);

#endif
