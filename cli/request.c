/*
 * request.c - see request.h (jansson)
 */
#include "cli/request.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "cli/duration.h"

static const char bad_expires[] = "bad expires: a number and m, h, d or w, such as \"14d\"";

/* NULL, or what is wrong with it. */
static const char *
set_text(struct put_request *r, const char *name, const char *text)
{
	if (strcmp(name, "file") == 0) {
		r->file = text;
	} else if (strcmp(name, "name") == 0) {
		r->name = text;
	} else if (strcmp(name, "type") == 0) {
		r->type = text;
	} else if (strcmp(name, "to") == 0) {
		r->to = text;
	} else if (strcmp(name, "cid") == 0) {
		r->cid = text;
	} else if (strcmp(name, "expires") == 0) {
		return duration_parse(text, &r->expires) == 0 ? NULL : bad_expires;
	} else {
		return "a member that is unknown, or should not be a string";
	}
	return NULL;
}

static const char *
set_bytes(struct request_line *r, const json_t *value)
{
	r->has_bytes = json_is_integer(value) && json_integer_value(value) >= 0;
	r->ends_batch = !r->has_bytes;
	r->request.bytes = r->has_bytes ? (uint64_t)json_integer_value(value) : 0;
	return r->has_bytes ? NULL : "bad bytes: a whole number";
}

static const char *
set_member(struct request_line *r, const char *name, const json_t *value)
{
	if (json_is_null(value)) {
		return NULL;
	}
	if (strcmp(name, "inline") == 0) {
		r->request.is_inline = json_is_true(value);
		return json_is_boolean(value) ? NULL : "bad inline: true or false";
	}
	if (strcmp(name, "keep") == 0) {
		r->request.keep = json_is_true(value);
		return json_is_boolean(value) ? NULL : "bad keep: true or false";
	}
	if (strcmp(name, "bytes") == 0) {
		return set_bytes(r, value);
	}
	if (!json_is_string(value)) {
		return "a member that is unknown, or should be a string";
	}
	return set_text(&r->request, name, json_string_value(value));
}

/* If a line is no JSON, or says "bytes" without a valid number, content may follow. It must not be
 * taken for requests. */
static const char *
read_json(const char *line, size_t len, struct request_line *r)
{
	static const char bytes[] = "\"bytes\"";
	const char *wrong = NULL, *name;
	json_error_t error;
	json_t *value;

	r->object = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
	if (r->object == NULL) {
		r->ends_batch = memmem(line, len, bytes, sizeof(bytes) - 1) != NULL;
		snprintf(r->reason, sizeof(r->reason), "no JSON object: %s", error.text);
		return r->reason;
	}
	json_object_foreach(r->object, name, value)
	{
		const char *bad = set_member(r, name, value);

		wrong = wrong == NULL ? bad : wrong;
	}
	return wrong;
}

/* A flag in a field of its own: its name, or nothing. */
static const char *
set_flag(struct put_request *r, const char *name, const char *text)
{
	if (strcmp(text, name) != 0) {
		return strcmp(name, "keep") == 0 ? "bad keep: nothing, or 'keep'"
		                                 : "bad inline: nothing, or 'inline'";
	}
	*(strcmp(name, "keep") == 0 ? &r->keep : &r->is_inline) = true;
	return NULL;
}

static const char *
read_fields(char *line, size_t len, struct request_line *r)
{
	static const char *const names[] = {
	    "file",
	    "name",
	    "type",
	    "to",
	    "expires",
	    "inline",
	    "cid",
	    "keep",
	};
	char *rest = line;
	const char *wrong = NULL;

	if (memchr(line, '\0', len) != NULL) {
		return "a NUL in a request";
	}
	for (size_t i = 0; rest != NULL && wrong == NULL; i++) {
		const char *field = strsep(&rest, "\t");

		if (i == sizeof(names) / sizeof(names[0])) {
			return "more fields than file, name, type, to, expires, inline, cid, keep";
		}
		if (field[0] == '\0') {
			continue;
		}
		if (strcmp(names[i], "inline") == 0 || strcmp(names[i], "keep") == 0) {
			wrong = set_flag(&r->request, names[i], field);
		} else {
			wrong = set_text(&r->request, names[i], field);
		}
	}
	return wrong;
}

/* Each part of a request may be right, and the whole still be wrong. */
static const char *
check_whole(const struct request_line *r)
{
	const char *file = r->request.file;

	if (r->has_bytes && file != NULL) {
		return "either file or bytes";
	}
	if (!r->has_bytes && file == NULL) {
		return "no file";
	}
	if (file != NULL && strcmp(file, "-") == 0) {
		return "standard input brings the requests; content follows a line with \"bytes\"";
	}
	return NULL;
}

void
request_read(char *line, size_t len, const struct put_request *defaults, struct request_line *r)
{
	const char *wrong;

	*r = (struct request_line){.request = *defaults, .json = len > 0 && line[0] == '{'};
	wrong = r->json ? read_json(line, len, r) : read_fields(line, len, r);
	if (wrong == NULL) {
		wrong = check_whole(r);
	}
	if (wrong != NULL) {
		r->wrong = true;
		if (wrong != r->reason) {
			snprintf(r->reason, sizeof(r->reason), "%s", wrong);
		}
	}
}

void
request_free(struct request_line *r)
{
	json_decref(r->object);
	r->object = NULL;
}
