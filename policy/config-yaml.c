/* config-yaml.c - see config-yaml.h */
#include "policy/config-yaml.h"
#include "policy/limits.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
config_yaml_not_yaml(const char *file, const yaml_parser_t *parser, char *error)
{
	snprintf(error, CONFIG_ERROR_MAX, "%s:%zu:%zu: expected YAML: %s", file,
	    parser->problem_mark.line + 1, parser->problem_mark.column + 1,
	    parser->problem != NULL ? parser->problem : "unreadable");
}

static int
event_deeper(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		return 1;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return -1;
	default:
		return 0;
	}
}

static bool
event_has_anchor(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return event->data.scalar.anchor != NULL;
	case YAML_SEQUENCE_START_EVENT:
		return event->data.sequence_start.anchor != NULL;
	case YAML_MAPPING_START_EVENT:
		return event->data.mapping_start.anchor != NULL;
	default:
		return false;
	}
}

bool
config_yaml_is_bounded(const char *file, const char *bytes, size_t len, char *error)
{
	int depth = 0, anchors = 0;
	yaml_parser_t parser;
	bool more = true;

	if (!yaml_parser_initialize(&parser)) {
		snprintf(error, CONFIG_ERROR_MAX, "%s: out of memory", file);
		return false;
	}
	yaml_parser_set_input_string(&parser, (const unsigned char *)bytes, len);
	error[0] = 0;
	while (more) {
		yaml_event_t event;

		if (!yaml_parser_parse(&parser, &event)) {
			config_yaml_not_yaml(file, &parser, error);
			break;
		}
		depth += event_deeper(&event);
		anchors += event_has_anchor(&event);
		if (depth > CONFIG_DEPTH_MAX || anchors > CONFIG_ANCHORS_MAX) {
			snprintf(error, CONFIG_ERROR_MAX, "%s:%zu:%zu: expected at most %d %s",
			    file, event.start_mark.line + 1, event.start_mark.column + 1,
			    depth > CONFIG_DEPTH_MAX ? CONFIG_DEPTH_MAX : CONFIG_ANCHORS_MAX,
			    depth > CONFIG_DEPTH_MAX ? "levels" : "anchors");
		}
		more = event.type != YAML_STREAM_END_EVENT && error[0] == 0;
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return error[0] == 0;
}

bool
config_yaml_expected(struct config_yaml *y, const yaml_node_t *node, const char *format, ...)
{
	va_list args;
	int n;

	if (y->error[0] != 0) {
		return false;
	}
	n = snprintf(y->error, CONFIG_ERROR_MAX, "%s:%zu:%zu: expected ", y->file,
	    node != NULL ? node->start_mark.line + 1 : 1,
	    node != NULL ? node->start_mark.column + 1 : 1);
	if (n > 0 && n < CONFIG_ERROR_MAX) {
		va_start(args, format);
		vsnprintf(y->error + n, (size_t)(CONFIG_ERROR_MAX - n), format, args);
		va_end(args);
	}
	return false;
}

bool
config_yaml_no_memory(struct config_yaml *y, const yaml_node_t *node)
{
	if (y->error[0] == 0) {
		snprintf(y->error, CONFIG_ERROR_MAX, "%s:%zu:%zu: out of memory", y->file,
		    node->start_mark.line + 1, node->start_mark.column + 1);
	}
	return false;
}

static void
list_keys(const struct config_key *keys, char *text, size_t cap)
{
	size_t at = 0;

	text[0] = 0;
	for (; keys->name != NULL; keys++) {
		int n = snprintf(text + at, cap - at, "%s%s", at > 0 ? ", " : "", keys->name);

		if (n < 0 || (size_t)n >= cap - at) {
			return;
		}
		at += (size_t)n;
	}
}

static bool
scalar_is(const yaml_node_t *node, const char *text)
{
	return node->type == YAML_SCALAR_NODE && node->data.scalar.length == strlen(text) &&
	    memcmp(node->data.scalar.value, text, strlen(text)) == 0;
}

bool
config_yaml_mapping(
    struct config_yaml *y, yaml_node_t *node, const struct config_key *keys, void *target)
{
	char names[CONFIG_ERROR_MAX / 2];
	uint64_t seen = 0;

	list_keys(keys, names, sizeof(names));
	if (node->type != YAML_MAPPING_NODE) {
		return config_yaml_expected(y, node, "a mapping with: %s", names);
	}
	for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top;
	     p++) {
		yaml_node_t *key = yaml_document_get_node(y->document, p->key);
		yaml_node_t *value = yaml_document_get_node(y->document, p->value);
		unsigned i = 0;

		while (keys[i].name != NULL && !scalar_is(key, keys[i].name)) {
			i++;
		}
		if (keys[i].name == NULL) {
			return config_yaml_expected(y, key, "one of: %s", names);
		}
		if (seen & (uint64_t)1 << i) {
			return config_yaml_expected(y, key, "'%s' only once", keys[i].name);
		}
		seen |= (uint64_t)1 << i;
		if (!keys[i].read(y, value, target)) {
			return false;
		}
	}
	return true;
}

bool
config_yaml_each(struct config_yaml *y, yaml_node_t *node, const char *what,
    bool (*read)(struct config_yaml *, yaml_node_t *, void *), void *target)
{
	if (node->type != YAML_SEQUENCE_NODE) {
		return read(y, node, target);
	}
	if (node->data.sequence.items.start == node->data.sequence.items.top) {
		return config_yaml_expected(y, node, "at least one %s", what);
	}
	for (yaml_node_item_t *i = node->data.sequence.items.start;
	     i < node->data.sequence.items.top; i++) {
		if (!read(y, yaml_document_get_node(y->document, *i), target)) {
			return false;
		}
	}
	return true;
}

const char *
config_yaml_text(struct config_yaml *y, yaml_node_t *node, const char *what, size_t *len)
{
	if (node->type != YAML_SCALAR_NODE || node->data.scalar.length == 0 ||
	    memchr(node->data.scalar.value, 0, node->data.scalar.length) != NULL) {
		config_yaml_expected(y, node, "%s", what);
		return NULL;
	}
	*len = node->data.scalar.length;
	return (const char *)node->data.scalar.value;
}

bool
config_yaml_number(
    struct config_yaml *y, yaml_node_t *node, long min, long max, const char *what, long *value)
{
	size_t len;
	const char *text = config_yaml_text(y, node, what, &len);
	char *end;

	if (text == NULL) {
		return false;
	}
	errno = 0;
	*value = strtol(text, &end, 10);
	if (errno != 0 || *end != 0 || end == text || *value < min || *value > max) {
		return config_yaml_expected(y, node, "%s (%ld to %ld)", what, min, max);
	}
	return true;
}

static double
duration_unit(const char *unit)
{
	static const struct {
		const char *name;
		double ms;
	} units[] = {{"ms", 1}, {"s", 1e3}, {"m", 60e3}, {"h", 3600e3}, {"d", 86400e3}};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(unit, units[i].name) == 0) {
			return units[i].ms;
		}
	}
	return 0;
}

bool
config_yaml_duration(
    struct config_yaml *y, yaml_node_t *node, int64_t min, int64_t max, int64_t *ms)
{
	static const char what[] = "a duration such as 500ms, 1.5s, 10m, 4h or 7d";
	size_t len;
	const char *text = config_yaml_text(y, node, what, &len);
	double value, unit;
	char *end = NULL;

	if (text == NULL) {
		return false;
	}
	value = text[0] >= '0' && text[0] <= '9' ? strtod(text, &end) : -1;
	unit = end != NULL ? duration_unit(end) : 0;
	if (unit <= 0 || value > 1e9) {
		return config_yaml_expected(y, node, "%s", what);
	}
	if (value * unit < (double)min || value * unit > (double)max) {
		return config_yaml_expected(y, node, "a duration from %lldms to %llds",
		    (long long)min, (long long)(max / 1000));
	}
	*ms = (int64_t)(value * unit);
	return true;
}

bool
config_yaml_word(
    struct config_yaml *y, yaml_node_t *node, const char *const *words, unsigned *choice)
{
	char list[CONFIG_ERROR_MAX / 2] = "";
	size_t at = 0;

	for (unsigned i = 0; words[i] != NULL; i++) {
		if (scalar_is(node, words[i])) {
			*choice = i;
			return true;
		}
		at += (size_t)snprintf(
		    list + at, sizeof(list) - at, "%s%s", i > 0 ? ", " : "", words[i]);
	}
	return config_yaml_expected(y, node, "one of: %s", list);
}

bool
config_yaml_bool(struct config_yaml *y, yaml_node_t *node, bool *value)
{
	static const char *const words[] = {"false", "true", NULL};
	unsigned choice = 0;

	if (!config_yaml_word(y, node, words, &choice)) {
		return false;
	}
	*value = choice == 1;
	return true;
}
