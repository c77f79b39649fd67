/*
 * settings-yaml.c - see settings-yaml.h
 */
#include "relay/settings-yaml.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "relay/limits.h"

static void
not_yaml(struct settings_yaml *y, const yaml_parser_t *parser)
{
	snprintf(y->error, SETTINGS_ERROR_MAX, "%s:%zu:%zu: expected YAML: %s", y->file,
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

static bool
is_bounded(struct settings_yaml *y, yaml_parser_t *parser)
{
	int depth = 0, anchors = 0;
	bool more = true;

	while (more) {
		yaml_event_t event;

		if (!yaml_parser_parse(parser, &event)) {
			not_yaml(y, parser);
			return false;
		}
		depth += event_deeper(&event);
		anchors += event_has_anchor(&event);
		more = event.type != YAML_STREAM_END_EVENT;
		if (depth > SETTINGS_DEPTH_MAX || anchors > SETTINGS_ANCHORS_MAX) {
			snprintf(y->error, SETTINGS_ERROR_MAX, "%s:%zu:%zu: expected at most %d %s",
			    y->file, event.start_mark.line + 1, event.start_mark.column + 1,
			    depth > SETTINGS_DEPTH_MAX ? SETTINGS_DEPTH_MAX : SETTINGS_ANCHORS_MAX,
			    depth > SETTINGS_DEPTH_MAX ? "levels" : "anchors");
			more = false;
		}
		yaml_event_delete(&event);
	}
	return y->error[0] == '\0';
}

bool
settings_yaml_load(
    struct settings_yaml *y, const char *bytes, size_t len, yaml_document_t *document)
{
	for (int pass = 0; pass < 2; pass++) {
		yaml_parser_t parser;
		bool fine;

		if (!yaml_parser_initialize(&parser)) {
			return settings_yaml_expected(y, NULL, "more memory");
		}
		yaml_parser_set_input_string(&parser, (const unsigned char *)bytes, len);
		fine = pass == 0 ? is_bounded(y, &parser) : yaml_parser_load(&parser, document);
		if (!fine && pass == 1) {
			not_yaml(y, &parser);
		}
		yaml_parser_delete(&parser);
		if (!fine) {
			return false;
		}
	}
	y->document = document;
	return true;
}

bool
settings_yaml_expected(struct settings_yaml *y, const yaml_node_t *node, const char *format, ...)
{
	va_list args;
	int n;

	if (y->error[0] != '\0') {
		return false;
	}
	n = snprintf(y->error, SETTINGS_ERROR_MAX, "%s:%zu:%zu: expected ", y->file,
	    node != NULL ? node->start_mark.line + 1 : 1,
	    node != NULL ? node->start_mark.column + 1 : 1);
	if (n > 0 && n < SETTINGS_ERROR_MAX) {
		va_start(args, format);
		vsnprintf(y->error + n, (size_t)(SETTINGS_ERROR_MAX - n), format, args);
		va_end(args);
	}
	return false;
}

static void
list_keys(const struct settings_key *keys, char *text, size_t cap)
{
	size_t at = 0;

	text[0] = '\0';
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
settings_yaml_mapping(
    struct settings_yaml *y, yaml_node_t *node, const struct settings_key *keys, void *target)
{
	char names[SETTINGS_ERROR_MAX / 2];
	uint64_t seen = 0;

	list_keys(keys, names, sizeof(names));
	if (node->type != YAML_MAPPING_NODE) {
		return settings_yaml_expected(y, node, "a mapping with: %s", names);
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
			return settings_yaml_expected(y, key, "one of: %s", names);
		}
		if ((seen & (uint64_t)1 << i) != 0) {
			return settings_yaml_expected(y, key, "'%s' only once", keys[i].name);
		}
		seen |= (uint64_t)1 << i;
		if (!keys[i].read(y, value, target)) {
			return false;
		}
	}
	return true;
}

bool
settings_yaml_names(struct settings_yaml *y, yaml_node_t *node, const char *what,
    bool (*read)(struct settings_yaml *, yaml_node_t *key, yaml_node_t *value, void *),
    void *target)
{
	if (node->type != YAML_MAPPING_NODE) {
		return settings_yaml_expected(y, node, "a mapping of %s", what);
	}
	for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top;
	     p++) {
		if (!read(y, yaml_document_get_node(y->document, p->key),
		        yaml_document_get_node(y->document, p->value), target)) {
			return false;
		}
	}
	return true;
}

bool
settings_yaml_each(struct settings_yaml *y, yaml_node_t *node, const char *what,
    bool (*read)(struct settings_yaml *, yaml_node_t *, void *), void *target)
{
	if (node->type != YAML_SEQUENCE_NODE) {
		return read(y, node, target);
	}
	if (node->data.sequence.items.start == node->data.sequence.items.top) {
		return settings_yaml_expected(y, node, "at least one %s", what);
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
settings_yaml_text(struct settings_yaml *y, yaml_node_t *node, const char *what, size_t *len)
{
	if (node->type != YAML_SCALAR_NODE || node->data.scalar.length == 0 ||
	    memchr(node->data.scalar.value, '\0', node->data.scalar.length) != NULL) {
		settings_yaml_expected(y, node, "%s", what);
		return NULL;
	}
	*len = node->data.scalar.length;
	return (const char *)node->data.scalar.value;
}

bool
settings_yaml_copy(
    struct settings_yaml *y, yaml_node_t *node, const char *what, char *to, size_t cap)
{
	size_t len;
	const char *text = settings_yaml_text(y, node, what, &len);

	if (text == NULL) {
		return false;
	}
	if (len >= cap) {
		return settings_yaml_expected(y, node, "%s of at most %zu bytes", what, cap - 1);
	}
	memcpy(to, text, len + 1);
	return true;
}

/* Digits at the start of a text, at most 12 of them; -1: there are none. */
static int64_t
leading_number(const char *text, size_t len, size_t *digits)
{
	int64_t n = 0;
	size_t i = 0;

	for (; i < len && i < 13 && text[i] >= '0' && text[i] <= '9'; i++) {
		n = n * 10 + (text[i] - '0');
	}
	*digits = i;
	return i > 0 && i < 13 ? n : -1;
}

bool
settings_yaml_number(struct settings_yaml *y, yaml_node_t *node, unsigned min, unsigned max,
    const char *what, unsigned *value)
{
	size_t len, digits;
	const char *text = settings_yaml_text(y, node, what, &len);
	int64_t n;

	if (text == NULL) {
		return false;
	}
	n = leading_number(text, len, &digits);
	if (n < (int64_t)min || n > (int64_t)max || digits != len) {
		return settings_yaml_expected(y, node, "%s (%u to %u)", what, min, max);
	}
	*value = (unsigned)n;
	return true;
}

bool
settings_yaml_duration(
    struct settings_yaml *y, yaml_node_t *node, int64_t min, int64_t max, int64_t *ms)
{
	static const char what[] = "a duration such as 500ms, 10s, 50m or 4h";
	static const struct {
		const char *name;
		int64_t ms;
	} units[] = {{"ms", 1}, {"s", 1000}, {"m", 60 * 1000}, {"h", 3600 * 1000}};
	size_t len, digits;
	const char *text = settings_yaml_text(y, node, what, &len);
	int64_t n;

	if (text == NULL) {
		return false;
	}
	n = leading_number(text, len, &digits);
	for (size_t i = 0; n >= 0 && i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(text + digits, units[i].name) != 0) {
			continue;
		}
		*ms = n * units[i].ms;
		if (*ms < min || *ms > max) {
			return settings_yaml_expected(y, node, "a duration from %lldms to %llds",
			    (long long)min, (long long)(max / 1000));
		}
		return true;
	}
	return settings_yaml_expected(y, node, "%s", what);
}

bool
settings_yaml_size(
    struct settings_yaml *y, yaml_node_t *node, uint64_t min, uint64_t max, uint64_t *bytes)
{
	static const char what[] = "a size such as 500K, 64M or 1G";
	static const char units[] = "KMG";
	size_t len, digits;
	const char *text = settings_yaml_text(y, node, what, &len), *unit;
	int64_t n;

	if (text == NULL) {
		return false;
	}
	n = leading_number(text, len, &digits);
	unit = digits + 1 == len ? strchr(units, text[digits]) : NULL;
	if (n < 0 || n > 1 << 30 || (unit == NULL && digits != len)) {
		return settings_yaml_expected(y, node, "%s", what);
	}
	*bytes = (uint64_t)n << (unit != NULL ? 10 * (unit - units + 1) : 0);
	if (*bytes < min || *bytes > max) {
		return settings_yaml_expected(y, node, "a size from %lluK to %lluM",
		    (unsigned long long)(min >> 10), (unsigned long long)(max >> 20));
	}
	return true;
}

bool
settings_yaml_word(
    struct settings_yaml *y, yaml_node_t *node, const char *const *words, unsigned *choice)
{
	char list[SETTINGS_ERROR_MAX / 2] = "";
	size_t at = 0;

	for (unsigned i = 0; words[i] != NULL; i++) {
		if (scalar_is(node, words[i])) {
			*choice = i;
			return true;
		}
		at += (size_t)snprintf(
		    list + at, sizeof(list) - at, "%s%s", i > 0 ? ", " : "", words[i]);
	}
	return settings_yaml_expected(y, node, "one of: %s", list);
}
