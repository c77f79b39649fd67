/*
 * format.h - what SPOOL/format says: the layout's version, and the limits of messages
 *
 *	mailgraft spool 1
 *	attachments 20          of one finished message, at most
 *	expanded 52428800       bytes of one finished message, at most
 *
 * The filter reads this file anyway, so the limits cost it nothing.
 * A line that is left out is no limit.
 *
 * Pure: no file is opened here (spool.h reads it, apply.h replaces it).
 */
#ifndef SPOOL_FORMAT_H
#define SPOOL_FORMAT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct format_limits {
	uint64_t attachments; /* 1 to FORMAT_ATTACHMENTS_MAX; 0: no limit */
	uint64_t expanded;    /* bytes, 1 to INT64_MAX; 0: no limit */
};

enum format_verdict {
	FORMAT_OK,
	FORMAT_UNKNOWN, /* another version, or not this file at all */
	/* empty or less than our first line; or after it lines that are not limits */
	FORMAT_DAMAGED,
};

enum format_verdict format_parse(const void *text, size_t len, struct format_limits *limits_r);

/* Writes the file's text; FORMAT_FILE_MAX bytes are always enough. Returns its length. */
size_t format_print(const struct format_limits *limits, char text[]);

#endif
