/*
 * json-object.h - reads one flat JSON object (RFC 8259), strictly
 *
 * Members are strings, whole numbers from 0, true, false or null; nothing is
 * nested. No name twice.
 */
#ifndef CLI_JSON_OBJECT_H
#define CLI_JSON_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/limits.h"

enum json_kind { JSON_STRING, JSON_NUMBER, JSON_BOOLEAN, JSON_NULL };

struct json_member {
	const char *name;
	enum json_kind kind;
	const char *text; /* of a string, NUL-terminated; no NUL in it */
	uint64_t number;  /* of a number; 0 or 1 of a boolean */
};

struct json_object {
	size_t count;
	struct json_member members[JSON_MEMBERS_MAX];
};

/*
 * Reads `text`, which is changed and must stay as long as the object. Returns
 * NULL, or what is wrong with it.
 */
const char *json_object_read(char *text, size_t len, struct json_object *object_r);

#endif
