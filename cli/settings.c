/*
 * settings.c - reads mailgraft.yaml (libyaml)
 */
#include "cli/settings.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <yaml.h>

#include "cli/duration.h"
#include "cli/size.h"
#include "spool/limits.h"

static struct settings in_force = {
    .spool = "/var/spool/mailgraft",
    .expires = EXPIRES_DEFAULT,
    .grace = GRACE_DEFAULT,
    .largest_file = INT64_MAX,
    .total = INT64_MAX,
};

const struct settings *
settings(void)
{
	return &in_force;
}

const char *
settings_file(void)
{
	const char *named = getenv("MAILGRAFT_CONFIG");

	return named != NULL && named[0] != '\0' ? named : "/etc/mailgraft/mailgraft.yaml";
}

static int
parse_count(const char *text, uint64_t *count_r)
{
	return text[strspn(text, "0123456789")] == '\0' && size_parse(text, count_r) == 0 &&
	        *count_r <= FORMAT_ATTACHMENTS_MAX
	    ? 0
	    : -1;
}

static const char names[] = "spool, expires, grace, largest-file, total, attachments or expanded";

/* NULL, or what was expected: `names` if there is no such key. */
static const char *
set(const char *key, const char *value)
{
	static const char bytes[] = "bytes, such as 5000000, or with K, M or G";

	if (strcmp(key, "spool") == 0) {
		if (value[0] != '/' || strlen(value) >= sizeof(in_force.spool)) {
			return "an absolute path";
		}
		memcpy(in_force.spool, value, strlen(value) + 1);
		return NULL;
	}
	if (strcmp(key, "expires") == 0) {
		return duration_parse(value, &in_force.expires) == 0 && in_force.expires > 0
		    ? NULL
		    : "a number and m, h, d or w, such as 30d";
	}
	if (strcmp(key, "grace") == 0) {
		return duration_parse(value, &in_force.grace) == 0 && in_force.grace >= GRACE_MIN
		    ? NULL
		    : "a number and m, h, d or w, at least 1h";
	}
	if (strcmp(key, "largest-file") == 0) {
		return size_parse(value, &in_force.largest_file) == 0 ? NULL : bytes;
	}
	if (strcmp(key, "total") == 0) {
		return size_parse(value, &in_force.total) == 0 ? NULL : bytes;
	}
	if (strcmp(key, "attachments") == 0) {
		return parse_count(value, &in_force.messages.attachments) == 0
		    ? NULL
		    : "a number from 1 to 100";
	}
	if (strcmp(key, "expanded") == 0) {
		return size_parse(value, &in_force.messages.expanded) == 0 ? NULL : bytes;
	}
	return names;
}

static int
wrong(struct complaint *c, yaml_mark_t mark, const char *expected, const char *found)
{
	return complain(c, EX_CONFIG, "%s:%zu:%zu: expected %s%s%s%s", settings_file(),
	    mark.line + 1, mark.column + 1, expected, found == NULL ? "" : ", and not '",
	    found == NULL ? "" : found, found == NULL ? "" : "'");
}

/* A mapping's next scalar into `text`. 0: there is one; 1: the mapping ends. */
static int
next_scalar(
    yaml_parser_t *parser, char text[CONFIG_PATH_MAX], yaml_mark_t *mark_r, struct complaint *c)
{
	yaml_event_t event;
	int ret = 0;

	if (yaml_parser_parse(parser, &event) == 0) {
		return wrong(c, parser->problem_mark, parser->problem != NULL ? "YAML: " : "YAML",
		    parser->problem);
	}
	*mark_r = event.start_mark;
	if (event.type == YAML_MAPPING_END_EVENT) {
		ret = 1;
	} else if (event.type != YAML_SCALAR_EVENT || event.data.scalar.length >= CONFIG_PATH_MAX ||
	    memchr(event.data.scalar.value, '\0', event.data.scalar.length) != NULL) {
		ret = wrong(c, event.start_mark, "a name and a plain value", NULL);
	} else {
		memcpy(text, event.data.scalar.value, event.data.scalar.length + 1);
	}
	yaml_event_delete(&event);
	return ret;
}

static int
read_mapping(yaml_parser_t *parser, struct complaint *c)
{
	char key[CONFIG_PATH_MAX] = "", value[CONFIG_PATH_MAX] = "";
	const char *expected;
	yaml_mark_t key_mark, value_mark;
	int ret;

	while ((ret = next_scalar(parser, key, &key_mark, c)) == 0) {
		ret = next_scalar(parser, value, &value_mark, c);
		if (ret != 0) {
			return ret < 0 ? ret : wrong(c, value_mark, "a value", NULL);
		}
		expected = set(key, value);
		if (expected != NULL) {
			bool unknown = expected == names;
			return wrong(
			    c, unknown ? key_mark : value_mark, expected, unknown ? key : value);
		}
	}
	return ret < 0 ? ret : 0;
}

static int
read_document(yaml_parser_t *parser, struct complaint *c)
{
	yaml_event_t event;
	yaml_event_type_t type;
	yaml_mark_t mark;

	do {
		if (yaml_parser_parse(parser, &event) == 0) {
			return wrong(c, parser->problem_mark, "YAML", parser->problem);
		}
		type = event.type;
		mark = event.start_mark;
		/* In an empty file there is no document, or one with an empty scalar. */
		if (type == YAML_SCALAR_EVENT && event.data.scalar.length > 0) {
			type = YAML_SEQUENCE_START_EVENT;
		}
		yaml_event_delete(&event);
		if (type == YAML_MAPPING_START_EVENT) {
			int ret = read_mapping(parser, c);
			if (ret != 0) {
				return ret;
			}
		} else if (type == YAML_SEQUENCE_START_EVENT || type == YAML_ALIAS_EVENT) {
			return wrong(c, mark, "names with values", NULL);
		}
	} while (type != YAML_STREAM_END_EVENT);
	return 0;
}

int
settings_load(struct complaint *c)
{
	yaml_parser_t parser;
	int ret;
	FILE *file = fopen(settings_file(), "re");

	if (file == NULL) {
		/* A file that was named must exist. */
		return errno == ENOENT && getenv("MAILGRAFT_CONFIG") == NULL
		    ? 0
		    : complain(
		          c, EX_CONFIG, "cannot read '%s': %s", settings_file(), reason(errno));
	}
	if (yaml_parser_initialize(&parser) == 0) {
		fclose(file);
		return complain(c, EX_TEMPFAIL, "out of memory");
	}
	yaml_parser_set_input_file(&parser, file);
	ret = read_document(&parser, c);
	yaml_parser_delete(&parser);
	fclose(file);
	return ret;
}
