/* findings.c - see findings.h */
#include "policy/findings.h"
#include "policy/limits.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static void
say(const char *kind, const char *format, va_list args)
{
	printf("%s: ", kind);
	vprintf(format, args);
	printf("\n");
}

void
findings_error(struct findings *f, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("error", format, args);
	va_end(args);
	f->errors++;
}

void
findings_warning(struct findings *f, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("warning", format, args);
	va_end(args);
	f->warnings++;
}

int
findings_status(const struct findings *f)
{
	if (f->errors == 0 && f->warnings == 0) {
		printf("nothing found\n");
	}
	return f->errors > 0 ? EX_DATAERR : f->warnings > 0 ? 1 : EX_OK;
}

char *
findings_read_file(const char *path)
{
	char *bytes = malloc(CONFIG_SIZE_MAX + 1);
	FILE *f = fopen(path, "re");
	size_t len = 0;

	if (f == NULL || bytes == NULL) {
		(void)fprintf(
		    stderr, "mailgraft-policyd: cannot read '%s': %s\n", path, strerror(errno));
		free(bytes);
		bytes = NULL;
		goto out;
	}
	len = fread(bytes, 1, CONFIG_SIZE_MAX, f);
	bytes[len] = 0;
out:
	if (f != NULL) {
		fclose(f);
	}
	return bytes;
}
