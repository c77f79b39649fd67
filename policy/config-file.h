/*
 * config-file.h - a configuration file becomes a struct config
 *
 * Gives a complete and consistent configuration, with every default filled in, or an error that
 * names file, line, column and what was expected.
 *
 * Not here: the keys (config-read.h), walking YAML (config-yaml.h)
 */
#ifndef POLICY_CONFIG_FILE_H
#define POLICY_CONFIG_FILE_H

#include "policy/config.h"

/* NULL, and the reason in error (CONFIG_ERROR_MAX bytes). */
struct config *config_from_file(const char *path, char *error);

/* The same from memory; name stands for the file in errors. */
struct config *config_from_text(const char *name, const char *bytes, size_t len, char *error);

#endif
