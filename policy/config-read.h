/*
 * config-read.h - the keys of the configuration file, each read into struct config
 *
 * Between config.c (files, defaults, consistency) and config-yaml.c (walking a document).
 */
#ifndef POLICY_CONFIG_READ_H
#define POLICY_CONFIG_READ_H

#include "policy/config-yaml.h"
#include "policy/config.h"

bool config_read(struct config_yaml *y, yaml_node_t *root, struct config *c);

/* In config-socket.c. */
bool config_read_listen(struct config_yaml *y, yaml_node_t *node, void *target);

bool config_read_control(struct config_yaml *y, yaml_node_t *node, void *target);

bool config_read_metrics(struct config_yaml *y, yaml_node_t *node, void *target);

/* In config-relay.c. */
bool config_read_relay(struct config_yaml *y, yaml_node_t *node, struct config *c);

bool config_check_relay(struct config_yaml *y, yaml_node_t *root, struct config *c);

bool config_read_dnsbl_zone(struct config_yaml *y, yaml_node_t *node, void *target);

bool config_read_health_mode(struct config_yaml *y, yaml_node_t *node, void *target);

bool config_read_health_port(struct config_yaml *y, yaml_node_t *node, void *target);

bool config_read_health_interval(struct config_yaml *y, yaml_node_t *node, void *target);

#endif
