/*
 * format.c - reads and writes the text of SPOOL/format
 */
#include "spool/format.h"

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "spool/field.h"
#include "spool/limits.h"

/* A missing line means no limit; 0 is not allowed. */
static bool
take_limit(struct field_lines *f, const char *name, uint64_t max, uint64_t *limit_r)
{
	*limit_r = 0;
	return !field_number(f, name, max, limit_r) || *limit_r > 0;
}

/* After a power cut a disk may hold only the beginning of our first line, or nothing. */
static bool
is_cut_off(const void *text, size_t len)
{
	static const char first[] = "mailgraft spool 1";

	return len < sizeof(first) && memcmp(text, first, len) == 0;
}

enum format_verdict
format_parse(const void *text, size_t len, struct format_limits *l)
{
	struct field_lines f = {text, (const uint8_t *)text + len};

	_Static_assert(SPOOL_FORMAT_VERSION == 1, "the texts below");
	*l = (struct format_limits){0};
	if (!field_is(&f, "mailgraft spool", "1")) {
		return is_cut_off(text, len) ? FORMAT_DAMAGED : FORMAT_UNKNOWN;
	}
	if (!take_limit(&f, "attachments", FORMAT_ATTACHMENTS_MAX, &l->attachments) ||
	    !take_limit(&f, "expanded", INT64_MAX, &l->expanded) || f.at != f.end) {
		return FORMAT_DAMAGED;
	}
	return FORMAT_OK;
}

size_t
format_print(const struct format_limits *l, char text[])
{
	int n = snprintf(text, FORMAT_FILE_MAX, "mailgraft spool %d\n", SPOOL_FORMAT_VERSION);

	if (l->attachments > 0) {
		n += snprintf(text + n, FORMAT_FILE_MAX - (size_t)n, "attachments %" PRIu64 "\n",
		    l->attachments);
	}
	if (l->expanded > 0) {
		n += snprintf(
		    text + n, FORMAT_FILE_MAX - (size_t)n, "expanded %" PRIu64 "\n", l->expanded);
	}
	assert(n > 0 && n < FORMAT_FILE_MAX);
	return (size_t)n;
}
