/*
 * json.c - writes JSON; what is no UTF-8 becomes U+FFFD
 */
#include "cli/json.h"

#include <stdlib.h>

#include "mime/utf8.h"

static void
write_string(FILE *out, const char *text, size_t len)
{
	char *valid = utf8_repaired(text, len);

	putc('"', out);
	for (const unsigned char *at = (const unsigned char *)valid; *at != '\0'; at++) {
		if (*at == '"' || *at == '\\') {
			fprintf(out, "\\%c", *at);
		} else if (*at < 0x20 || *at == 0x7f) {
			fprintf(out, "\\u%04x", *at);
		} else {
			putc(*at, out);
		}
	}
	putc('"', out);
	free(valid);
}

static void
write_name(FILE *out, int *first, const char *name)
{
	fprintf(out, "%s\"%s\":", *first ? "{" : ",", name);
	*first = 0;
}

void
json_text(FILE *out, int *first, const char *name, const char *value, size_t len)
{
	write_name(out, first, name);
	write_string(out, value, len);
}

void
json_number(FILE *out, int *first, const char *name, uint64_t value)
{
	write_name(out, first, name);
	fprintf(out, "%llu", (unsigned long long)value);
}

void
json_boolean(FILE *out, int *first, const char *name, bool value)
{
	write_name(out, first, name);
	fputs(value ? "true" : "false", out);
}
