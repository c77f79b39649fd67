/*
 * config-socket.h - the keys listen, control and metrics
 *
 * A socket is a mapping, or a string "unix:PATH" or "inet:HOST:PORT". The target is a struct
 * config.
 */
#ifndef POLICY_CONFIG_SOCKET_H
#define POLICY_CONFIG_SOCKET_H

#include "policy/config-yaml.h"
#include "policy/config.h"

bool config_read_listen(struct config_yaml *y, yaml_node_t *node, void *target);

bool config_read_control(struct config_yaml *y, yaml_node_t *node, void *target);

bool config_read_metrics(struct config_yaml *y, yaml_node_t *node, void *target);

#endif
