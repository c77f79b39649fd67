/*
 * json.c - writes JSON; what is no UTF-8 becomes U+FFFD
 *
 * Strings are jansson's. The members go straight to the stream: an object in memory for each line
 * costs more and gives nothing.
 */
#include "cli/json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "mime/utf8.h"

static void
write_string(FILE *out, const char *text, size_t len)
{
	char *valid = utf8_repaired(text, len);
	json_t *string = json_stringn_nocheck(valid, strlen(valid));

	if (string == NULL) {
		abort(); /* out of memory, as GLib does */
	}
	(void)json_dumpf(string, out, JSON_ENCODE_ANY); /* the stream keeps its error */
	json_decref(string);
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
json_flag(FILE *out, int *first, const char *name, bool value)
{
	write_name(out, first, name);
	fputs(value ? "true" : "false", out);
}
