/*
 * extension.c - see extension.h
 *
 * A line is a type, blanks, and its extensions; `#` begins a comment. The list is looked through
 * anew for each extension but the last one: names that come together often have the same.
 */
#include "spool/extension.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct extensions {
	size_t len;
	size_t last_len; /* the extension that was looked up last, in lower case */
	char last[EXTENSION_MAX];
	char type[SNIFF_TYPE_MAX]; /* its type; empty: none */
	char text[EXTENSIONS_MAX];
};

struct extensions *
extensions_load(const char *path)
{
	struct extensions *x = malloc(sizeof(*x));
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = 1;

	if (x != NULL) {
		x->len = x->last_len = 0;
	}
	while (x != NULL && fd >= 0 && n > 0 && x->len < sizeof(x->text)) {
		n = read(fd, x->text + x->len, sizeof(x->text) - x->len);
		x->len += n > 0 ? (size_t)n : 0;
	}
	if (fd >= 0) {
		close(fd);
	}
	return x;
}

void
extensions_free(struct extensions **x)
{
	free(*x);
	*x = NULL;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The next word of a line, from *at on. Its length, 0 at the end. */
static size_t
next_word(const char *line, size_t len, size_t *at)
{
	size_t from;

	while (*at < len && is_blank(line[*at])) {
		++*at;
	}
	from = *at;
	while (*at < len && !is_blank(line[*at]) && line[*at] != '#') {
		++*at;
	}
	return *at - from;
}

/* Whether a line has the extension; sets the type then. */
static bool
read_line(struct extensions *x, const char *line, size_t len)
{
	size_t at = 0, type_at, type_len, n;

	type_len = next_word(line, len, &at);
	type_at = at - type_len;
	if (type_len == 0 || type_len >= sizeof(x->type)) {
		return false;
	}
	while ((n = next_word(line, len, &at)) > 0) {
		if (n == x->last_len && memcmp(line + at - n, x->last, n) == 0) {
			memcpy(x->type, line + type_at, type_len);
			x->type[type_len] = '\0';
			return true;
		}
	}
	return false;
}

static void
look_up(struct extensions *x)
{
	const char *at = x->text, *end = x->text + x->len;
	bool found = false;

	x->type[0] = '\0';
	while (at < end && !found) {
		const char *lf = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((lf == NULL ? end : lf) - at);

		found = read_line(x, at, len);
		at += len + 1;
	}
}

bool
extensions_find(struct extensions *x, const char *name, size_t len, char type[SNIFF_TYPE_MAX])
{
	const char *dot = memrchr(name, '.', len);
	size_t n = dot == NULL ? 0 : (size_t)(name + len - dot) - 1;
	char lower[EXTENSION_MAX];

	if (n == 0 || n > sizeof(lower)) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		char c = dot[1 + i];

		if (c >= 'A' && c <= 'Z') {
			c = (char)(c | 0x20);
		}
		lower[i] = c;
	}
	if (n != x->last_len || memcmp(lower, x->last, n) != 0) {
		x->last_len = n;
		memcpy(x->last, lower, n);
		look_up(x);
	}
	memcpy(type, x->type, sizeof(x->type));
	return type[0] != '\0';
}
