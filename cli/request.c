/*
 * request.c - reads a request of `put --batch`
 */
#include "cli/request.h"

#include <string.h>

#include "cli/duration.h"
#include "cli/json-object.h"

static const char bad_expires[] = "bad expires: a number and m, h, d or w, such as \"14d\"";

static const char *
set_text(struct request *r, const char *name, const char *text)
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
		return "a member that is unknown, or no string";
	}
	return NULL;
}

static const char *
set_member(struct request_line *r, const struct json_member *m)
{
	if (m->kind == JSON_NULL) {
		return NULL;
	}
	if (strcmp(m->name, "inline") == 0) {
		r->request.is_inline = m->number != 0;
		return m->kind == JSON_BOOLEAN ? NULL : "bad inline: true or false";
	}
	if (strcmp(m->name, "keep") == 0) {
		r->request.keep = m->number != 0;
		return m->kind == JSON_BOOLEAN ? NULL : "bad keep: true or false";
	}
	if (strcmp(m->name, "bytes") == 0) {
		r->has_bytes = m->kind == JSON_NUMBER;
		r->request.bytes = m->number;
		return r->has_bytes ? NULL : "bad bytes: a whole number";
	}
	if (m->kind != JSON_STRING) {
		return "a member that is unknown, or should be a string";
	}
	return set_text(&r->request, m->name, m->text);
}

static const char *
read_json(char *line, size_t len, struct request_line *r)
{
	struct json_object object;
	const char *wrong = json_object_read(line, len, &object);

	/* Also of an object that breaks off: the bytes behind it are no requests. */
	for (size_t i = 0; i < object.count; i++) {
		const char *bad = NULL;
		if (wrong == NULL || strcmp(object.members[i].name, "bytes") == 0) {
			bad = set_member(r, &object.members[i]);
		}
		if (wrong == NULL) {
			wrong = bad;
		}
	}
	return wrong;
}

/* A flag among fields parted by tabs: its own name. */
static const char *
set_flag(struct request *r, const char *name, const char *text)
{
	if (strcmp(text, name) != 0) {
		return strcmp(name, "keep") == 0 ? "bad keep: nothing, or 'keep'"
		                                 : "bad inline: nothing, or 'inline'";
	}
	*(strcmp(name, "keep") == 0 ? &r->keep : &r->is_inline) = true;
	return NULL;
}

static const char *
read_fields(char *line, struct request_line *r)
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

void
request_read(char *line, size_t len, const struct request *defaults, struct request_line *r)
{
	*r = (struct request_line){.request = *defaults, .json = len > 0 && line[0] == '{'};
	if (r->json) {
		r->wrong = read_json(line, len, r);
	} else if (memchr(line, '\0', len) != NULL) {
		r->wrong = "a NUL in a request";
	} else {
		r->wrong = read_fields(line, r);
	}
	if (r->wrong == NULL && r->has_bytes && r->request.file != NULL) {
		r->wrong = "either file or bytes";
	}
	if (r->wrong == NULL && !r->has_bytes && r->request.file == NULL) {
		r->wrong = "no file";
	}
	if (r->wrong == NULL && r->request.file != NULL && strcmp(r->request.file, "-") == 0) {
		r->wrong = "standard input brings the requests; content goes behind \"bytes\"";
	}
}
