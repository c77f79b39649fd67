/*
 * complaint.c - see complaint.h
 */
#include "cli/complaint.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mime/utf8.h"

const char *
reason(int error)
{
	static _Thread_local char text[128];

	snprintf(text, sizeof(text), "%s", strerror(error));
	/* "Input/output error", but also "RPC …" and the like. */
	if (text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a' && text[1] <= 'z') {
		text[0] = (char)(text[0] + ('a' - 'A'));
	}
	return text;
}

int
complain(struct complaint *c, int code, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	/* cppcheck-suppress ctuuninitvar  ; it is filled in here */
	vsnprintf(c->text, sizeof(c->text), format, ap);
	va_end(ap);
	utf8_tame(c->text);
	c->code = code;
	return -1;
}

int
complain_aloud(const char *command, const struct complaint *c)
{
	/* cppcheck-suppress ctuuninitvar  ; complain() has filled it in */
	fprintf(stderr, "mailgraft%s%s: %s\n", command[0] == '\0' ? "" : " ", command, c->text);
	return c->code;
}
