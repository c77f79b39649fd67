/*
 * config.c - see config.h
 */
#include "exim/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exim/program.h"

/* What Exim says to `-bP WHAT` (or `-bV`), with the file where one is given. */
static int
ask(const char *program, const char *file, const char *how, const char *what, char **said_r,
    struct exim_fail *why)
{
	const char *arguments[5] = {"-C", file};
	size_t n = file == NULL ? 0 : 2;

	/* -C first: what follows -bP are names of options. */
	arguments[n++] = how;
	arguments[n++] = what;
	arguments[n] = NULL;
	return exim_ask(program, arguments, said_r, why);
}

/* Cuts "\nNAME KIND:\n" sections apart, in place. */
static int
cut(struct sections *s, const char *kind)
{
	size_t kind_len = strlen(kind), room = 0;
	char *line = s->text, *next;

	for (; line != NULL && *line != '\0'; line = next) {
		char *end = strchr(line, '\n');
		size_t len = end == NULL ? strlen(line) : (size_t)(end - line);

		next = end == NULL ? NULL : end + 1;
		if (len <= kind_len || memcmp(line + len - kind_len, kind, kind_len) != 0 ||
		    memchr(line, '=', len) != NULL) {
			continue;
		}
		if (s->count == room) {
			struct section *more = realloc(s->section, (room + 32) * sizeof(*more));

			if (more == NULL) {
				return -1;
			}
			s->section = more;
			room += 32;
		}
		/* What stood before ends here. */
		if (line > s->text) {
			line[-1] = '\0';
		}
		line[len - kind_len] = '\0';
		s->section[s->count].name = line;
		s->section[s->count].lines = next == NULL ? "" : next;
		s->count++;
	}
	return 0;
}

static int
read_sections(const char *program, const char *file, const char *what, const char *kind,
    struct sections *s, struct exim_fail *why)
{
	char command[EXIM_OBJECT_BYTES];
	int code = ask(program, file, "-bP", what, &s->text, why);

	if (code < 0) {
		return -1;
	}
	if (code != 0) {
		snprintf(command, sizeof(command), "%s -bP %s", program, what);
		return exim_fail(why, EXIM_ANSWER_FAILED, 0, command, s->text);
	}
	return cut(s, kind) == 0 ? 0 : exim_fail(why, EXIM_NO_MEMORY, 0, NULL, NULL);
}

int
exim_config_read(
    const char *program, const char *file, struct exim_config *x, struct exim_fail *why)
{
	int code;

	memset(x, 0, sizeof(*x));
	code = ask(program, file, "-bV", NULL, &x->version, why);
	if (code < 0) {
		return -1;
	}
	if (code != 0 || strncmp(x->version, "Exim version ", 13) != 0) {
		/* "… error in line N of FILE:\n  REASON\n" */
		char *error = strstr(x->version, "configuration error");
		size_t len;

		error = error == NULL ? x->version : error;
		len = strcspn(error, "\n");
		len += error[len] == '\0' ? 0 : 1 + strcspn(error + len + 1, "\n");
		error[len] = '\0';
		return exim_fail(why, EXIM_REFUSES_CONFIG, 0, NULL, error);
	}
	code = ask(program, file, "-bP", NULL, &x->main.text, why);
	x->main.section = code < 0 ? NULL : calloc(1, sizeof(*x->main.section));
	if (code < 0 || x->main.section == NULL) {
		return code < 0 ? -1 : exim_fail(why, EXIM_NO_MEMORY, 0, NULL, NULL);
	}
	x->main.count = 1;
	x->main.section[0].lines = x->main.text;
	if (read_sections(program, file, "routers", " router:", &x->routers, why) < 0 ||
	    read_sections(program, file, "transports", " transport:", &x->transports, why) < 0) {
		return -1;
	}
	return ask(program, file, "-bP", "config", &x->file, why) < 0 ? -1 : 0;
}

static void
free_sections(struct sections *s)
{
	free(s->section);
	free(s->text);
}

void
exim_config_free(struct exim_config *x)
{
	free(x->version);
	free(x->file);
	free_sections(&x->main);
	free_sections(&x->routers);
	free_sections(&x->transports);
	memset(x, 0, sizeof(*x));
}

/* The line of an option: at the start of a line, `name` and then `after`. */
static const char *
find(const struct section *s, const char *name, const char *after)
{
	size_t len = strlen(name), after_len = strlen(after);
	const char *line = s->lines;

	while (line != NULL && *line != '\0') {
		if (strncmp(line, name, len) == 0 && strncmp(line + len, after, after_len) == 0) {
			return line + len + after_len;
		}
		line = strchr(line, '\n');
		line = line == NULL ? NULL : line + 1;
	}
	return NULL;
}

const char *
option_value(const struct section *s, const char *name, char *out, size_t cap)
{
	const char *at = find(s, name, " =");
	size_t len;

	out[0] = '\0';
	if (at != NULL) {
		at += *at == ' ';
		len = strcspn(at, "\n");
		len = len < cap - 1 ? len : cap - 1;
		memcpy(out, at, len);
		out[len] = '\0';
	}
	return out;
}

bool
option_on(const struct section *s, const char *name)
{
	return find(s, name, "\n") != NULL;
}

uint64_t
exim_time(const char *text)
{
	static const struct {
		char letter;
		uint32_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
	uint64_t total = 0;

	while (*text != '\0') {
		char *end;
		unsigned long value = strtoul(text, &end, 10);
		size_t u = 0;

		while (u < sizeof(units) / sizeof(units[0]) && units[u].letter != *end) {
			u++;
		}
		if (end == text || u == sizeof(units) / sizeof(units[0]) || value > UINT32_MAX) {
			return 0;
		}
		total += value * units[u].seconds;
		text = end + 1;
	}
	return total;
}
