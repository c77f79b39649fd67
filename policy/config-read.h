/*
 * config-read.h - the keys of the configuration file, each read into struct config
 *
 * Between config-file.c (files, consistency) and config-yaml.c (walking a document).
 */
#ifndef POLICY_CONFIG_READ_H
#define POLICY_CONFIG_READ_H

#include "policy/config-yaml.h"
#include "policy/config.h"

bool config_read(struct config_yaml *y, yaml_node_t *root, struct config *c);

#endif
