/*
 * config-yaml.h - walking a YAML document with errors that say where and what was expected
 *
 * Every reader returns false once something is wrong; the first error stays.
 *
 * Not here: what the keys mean (config-read.c)
 */
#ifndef POLICY_CONFIG_YAML_H
#define POLICY_CONFIG_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <yaml.h>

struct config_yaml {
	yaml_document_t *document;
	const char *file;
	char *error; /* CONFIG_ERROR_MAX bytes */
};

struct config_key {
	const char *name;
	bool (*read)(struct config_yaml *y, yaml_node_t *node, void *target);
};

/*
 * Whether the text is YAML of few levels and anchors, which bounds the time that loading it
 * takes. False after an error of the same form as below; error: CONFIG_ERROR_MAX bytes.
 */
bool config_yaml_is_bounded(const char *file, const char *bytes, size_t len, char *error);

/* The same for what the parser says. */
void config_yaml_not_yaml(const char *file, const yaml_parser_t *parser, char *error);

/* "FILE:LINE:COLUMN: expected ..."; always false. */
__attribute__((format(printf, 3, 4))) bool config_yaml_expected(
    struct config_yaml *y, const yaml_node_t *node, const char *format, ...);

/* "FILE:LINE:COLUMN: out of memory"; always false. */
bool config_yaml_no_memory(struct config_yaml *y, const yaml_node_t *node);

/* A mapping with these keys only, each at most once. keys ends with a NULL name. */
bool config_yaml_mapping(
    struct config_yaml *y, yaml_node_t *node, const struct config_key *keys, void *target);

/* Every item of a sequence; a lone scalar or mapping counts as one item. */
bool config_yaml_each(struct config_yaml *y, yaml_node_t *node, const char *what,
    bool (*read)(struct config_yaml *, yaml_node_t *, void *), void *target);

/* The text of a scalar, NUL-terminated, without NUL inside; NULL after an error. */
const char *config_yaml_text(
    struct config_yaml *y, yaml_node_t *node, const char *what, size_t *len);

bool config_yaml_number(
    struct config_yaml *y, yaml_node_t *node, long min, long max, const char *what, long *value);

/* "1.5s", "500ms", "10m", "4h", "7d" */
bool config_yaml_duration(
    struct config_yaml *y, yaml_node_t *node, int64_t min, int64_t max, int64_t *ms);

/* One of the words; the list ends with NULL. */
bool config_yaml_word(
    struct config_yaml *y, yaml_node_t *node, const char *const *words, unsigned *choice);

bool config_yaml_bool(struct config_yaml *y, yaml_node_t *node, bool *value);

#endif
