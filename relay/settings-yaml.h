/*
 * settings-yaml.h - walking a YAML document, with errors that say where and what was expected
 *
 * Every reader returns false once something is wrong; the first error stays.
 *
 * Not here: what the keys mean (settings-read.c)
 */
#ifndef RELAY_SETTINGS_YAML_H
#define RELAY_SETTINGS_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <yaml.h>

struct settings_yaml {
	yaml_document_t *document;
	const char *file;
	char *error; /* SETTINGS_ERROR_MAX bytes */
};

struct settings_key {
	const char *name;
	bool (*read)(struct settings_yaml *y, yaml_node_t *node, void *target);
};

/*
 * Loads a document, of few levels and anchors only, since libyaml's time grows with their square.
 * The caller deletes it. False after an error.
 */
bool settings_yaml_load(
    struct settings_yaml *y, const char *bytes, size_t len, yaml_document_t *document);

/* "FILE:LINE:COLUMN: expected ..."; always false. */
__attribute__((format(printf, 3, 4))) bool settings_yaml_expected(
    struct settings_yaml *y, const yaml_node_t *node, const char *format, ...);

/* A mapping with these keys only, each at most once. `keys` ends with a NULL name. */
bool settings_yaml_mapping(
    struct settings_yaml *y, yaml_node_t *node, const struct settings_key *keys, void *target);

/* A mapping whose keys are names of the administrator's. */
bool settings_yaml_names(struct settings_yaml *y, yaml_node_t *node, const char *what,
    bool (*read)(struct settings_yaml *, yaml_node_t *key, yaml_node_t *value, void *),
    void *target);

/* Every item of a sequence; a lone scalar or mapping counts as one item. */
bool settings_yaml_each(struct settings_yaml *y, yaml_node_t *node, const char *what,
    bool (*read)(struct settings_yaml *, yaml_node_t *, void *), void *target);

/* The text of a scalar, NUL-terminated, without NUL inside; NULL after an error. */
const char *settings_yaml_text(
    struct settings_yaml *y, yaml_node_t *node, const char *what, size_t *len);

/* The same, copied to `to`. */
bool settings_yaml_copy(
    struct settings_yaml *y, yaml_node_t *node, const char *what, char *to, size_t cap);

bool settings_yaml_number(struct settings_yaml *y, yaml_node_t *node, unsigned min, unsigned max,
    const char *what, unsigned *value);

/* "500ms", "10s", "50m", "4h" */
bool settings_yaml_duration(
    struct settings_yaml *y, yaml_node_t *node, int64_t min, int64_t max, int64_t *ms);

/* "64M": K, M and G are powers of 1024. */
bool settings_yaml_size(
    struct settings_yaml *y, yaml_node_t *node, uint64_t min, uint64_t max, uint64_t *bytes);

/* One of the words; the list ends with NULL. */
bool settings_yaml_word(
    struct settings_yaml *y, yaml_node_t *node, const char *const *words, unsigned *choice);

#endif
