/*
 * config-relay.h - the keys of relay, dnsbl and primary-health
 */
#ifndef POLICY_CONFIG_RELAY_H
#define POLICY_CONFIG_RELAY_H

#include "policy/config-yaml.h"
#include "policy/config.h"

bool config_read_relay(struct config_yaml *y, yaml_node_t *node, struct config *c);

bool config_check_relay(struct config_yaml *y, yaml_node_t *root, struct config *c);

bool config_read_dnsbl_zone(struct config_yaml *y, yaml_node_t *node, void *target);

bool config_read_health_mode(struct config_yaml *y, yaml_node_t *node, void *target);

bool config_read_while_up(struct config_yaml *y, yaml_node_t *node, void *target);

bool config_read_health_port(struct config_yaml *y, yaml_node_t *node, void *target);

bool config_read_health_interval(struct config_yaml *y, yaml_node_t *node, void *target);

#endif
